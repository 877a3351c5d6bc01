"""Settings of the curve-fitting page."""

from typing import Annotated, Any

from pydantic import Field

from lively.engine.fields import Choices, Grid, Seed
from lively.engine.settings import PageSettings, Settings
from lively.pages.curve_fit.parametric_curves import PARAMETRIC_CURVES

#: Bounds, step and label of each parameter, for its true and its starting value.
RANGES: dict[str, tuple[float, float, float, str]] = {
    "height": (0.5, 5.0, 0.1, "Height"),
    "centre": (-5.0, 5.0, 0.1, "Centre"),
    "width": (0.1, 2.0, 0.05, "Width"),
    "height2": (0.5, 5.0, 0.1, "Height 2"),
    "centre2": (-5.0, 5.0, 0.1, "Centre 2"),
    "lifetime": (0.2, 4.0, 0.1, "Lifetime"),
    "frequency": (0.2, 2.0, 0.05, "Frequency"),
}


def parameter(name: str, start: bool = False) -> Any:
    """Return the annotation of a parameter's field."""
    low, high, step, title = RANGES[name]
    help = "Where the optimizer starts." if start else "The true value, which the fit does not see."
    if name in ("width", "lifetime", "frequency"):
        help += " Never 0: the formula divides by it." if name != "frequency" else ""
    return Annotated[
        float,
        Field(ge=low, le=high, title=f"Start: {title.lower()}" if start else title,
              description=help),
        Grid(step, ".2f" if step < 0.1 else ".1f"),
    ]  # fmt: skip


class CurveDataSettings(Settings):
    """How the points are made."""

    curve: Annotated[
        str,
        Field(title="True curve", description="The curve that the points are drawn from."),
        Choices(tuple((name, curve.label) for name, curve in PARAMETRIC_CURVES.items())),
    ] = "peak"
    height: parameter("height") = 3.0  # type: ignore[valid-type]
    centre: parameter("centre") = -0.5  # type: ignore[valid-type]
    width: parameter("width") = 0.5  # type: ignore[valid-type]
    height2: parameter("height2") = 2.0  # type: ignore[valid-type]
    centre2: parameter("centre2") = 0.8  # type: ignore[valid-type]
    lifetime: parameter("lifetime") = 1.5  # type: ignore[valid-type]
    frequency: parameter("frequency") = 0.8  # type: ignore[valid-type]
    samples: Annotated[
        int,
        Field(ge=10, le=500, title="Samples", description="Number of points, evenly spaced in x."),
        Grid(0.05, "d", log=True),
    ] = 25
    noise: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            title="Noise σ",
            description="Standard deviation of the noise. It scales the same random draws.",
        ),
        Grid(0.05, ".2f"),
    ] = 0.3
    noise_mean: Annotated[
        float,
        Field(
            ge=-1,
            le=1,
            title="Noise mean",
            description="Mean of the noise: it shifts every point by this amount.",
        ),
        Grid(0.1, ".1f"),
    ] = 0.0
    outliers: Annotated[
        float,
        Field(
            ge=0,
            le=0.3,
            title="Outliers",
            description="Share of the points that lie far off the curve.",
        ),
        Grid(0.01, ".0%"),
    ] = 0.0
    seed: Seed = 6


class CurveFitSettings(Settings):
    """How the curve is fitted."""

    start: Annotated[
        str,
        Field(title="Starting values", description="Where the optimizer starts."),
        Choices((("automatic", "From the data"), ("own", "My own"))),
    ] = "automatic"
    start_height: parameter("height", True) = 1.0  # type: ignore[valid-type]
    start_centre: parameter("centre", True) = 0.0  # type: ignore[valid-type]
    start_width: parameter("width", True) = 1.0  # type: ignore[valid-type]
    start_height2: parameter("height2", True) = 1.0  # type: ignore[valid-type]
    start_centre2: parameter("centre2", True) = 1.0  # type: ignore[valid-type]
    start_lifetime: parameter("lifetime", True) = 1.0  # type: ignore[valid-type]
    start_frequency: parameter("frequency", True) = 1.0  # type: ignore[valid-type]
    bounds: Annotated[
        str,
        Field(title="Bounds", description="Whether all estimates but centres must be positive."),
        Choices((("none", "None"), ("positive", "Positive"))),
    ] = "none"
    loss: Annotated[
        str,
        Field(
            title="Loss",
            description="What is minimized. The robust losses, all but squares, give outliers less "
            "weight. Standard errors are scipy's for squares, sandwich estimates for the others.",
        ),
        Choices(
            (
                ("linear", "Squares"),
                ("soft_l1", "Soft L1"),
                ("huber", "Huber"),
                ("cauchy", "Cauchy"),
            )
        ),
    ] = "linear"
    f_scale: Annotated[
        float,
        Field(
            ge=0.05,
            le=2,
            title="Loss scale",
            description="Residuals beyond this count less than by their squares (scipy's f_scale).",
        ),
        Grid(0.05, ".2f"),
    ] = 0.3


class CurveView(Settings):
    """What of the result is shown."""

    panel: Annotated[
        str,
        Field(title="Second picture", description="What is shown below the fit."),
        Choices(
            (
                ("residuals", "Residuals"),
                ("coverage", "Coverage"),
                ("correlation", "Correlation"),
            )
        ),
    ] = "residuals"


class CurvePageSettings(PageSettings):
    """All settings of the curve-fitting page."""

    data: CurveDataSettings = CurveDataSettings()
    fit: CurveFitSettings = CurveFitSettings()
    view: CurveView = CurveView()

    def absent(self) -> frozenset[str]:
        """Return the settings of other curves and of other ways of fitting."""
        used = PARAMETRIC_CURVES[self.data.curve].parameters
        shown = {*used}
        if self.fit.start == "own":
            shown |= {f"start_{name}" for name in used}
        if self.fit.loss != "linear":
            shown.add("f_scale")
        every = {"f_scale", *RANGES, *(f"start_{name}" for name in RANGES)}
        return frozenset(every - shown)
