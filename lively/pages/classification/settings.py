"""Settings of the classification page."""

from typing import Annotated

from pydantic import Field

from lively.engine.fields import INTEGERS, Choices, Grid, Seed
from lively.engine.settings import PageSettings, Settings
from lively.learning.split import SplitSettings
from lively.pages.classification.class_shapes import CLASS_SHAPES

#: The settings of each kind of model.
USES = {
    "logistic": ("polynomial", "penalty", "strength", "l1_ratio"),
    "neighbours": ("neighbours",),
    "svm": ("kernel", "strength", "polynomial", "gamma"),
    "tree": ("depth",),
    "forest": ("depth", "trees"),
    "network": ("units", "strength"),
}


class ClassDataSettings(Settings):
    """How the labelled points are made."""

    shape: Annotated[
        str,
        Field(title="Shape", description="How the two classes lie in the plane."),
        Choices(
            (
                ("straight", "Straight boundary"),
                *((name, cloud.label) for name, cloud in CLASS_SHAPES.items()),
            )
        ),
    ] = "moons"
    samples: Annotated[
        int,
        Field(ge=20, le=2000, title="Samples", description="More samples keep the old ones."),
        Grid(0.05, "d", log=True),
    ] = 200
    noise: Annotated[
        float,
        Field(
            ge=0,
            le=2,
            title="Noise σ",
            description="Scatters the points; with a straight boundary, the score behind a label.",
        ),
        Grid(0.05, ".2f"),
    ] = 0.5
    noise_mean: Annotated[
        float,
        Field(ge=-2, le=2, title="Noise mean", description="Shifts the score behind every label."),
        Grid(0.1, ".1f"),
    ] = 0.0
    balance: Annotated[
        float,
        Field(
            ge=0.1,
            le=0.9,
            title="Class balance",
            description="Share of class 1 without noise. Moving it relabels a few points.",
        ),
        Grid(0.05, ".0%"),
    ] = 0.5
    seed: Seed = 7


class ClassModelSettings(Settings):
    """Which model separates the classes."""

    kind: Annotated[
        str,
        Field(title="Model", description="What separates the classes."),
        Choices(
            (
                ("logistic", "Logistic regression"),
                ("neighbours", "k nearest neighbours"),
                ("svm", "Support vector machine"),
                ("tree", "Decision tree"),
                ("forest", "Random forest"),
                ("network", "Neural network"),
            )
        ),
    ] = "logistic"
    kernel: Annotated[
        str,
        Field(
            title="Kernel",
            description="How similarity is measured; probabilities are by Platt scaling.",
        ),
        Choices((("linear", "Linear"), ("rbf", "RBF"), ("poly", "Polynomial"))),
    ] = "rbf"
    polynomial: Annotated[
        int,
        Field(ge=1, le=6, title="Degree", description="Highest total power of x1 and x2."),
        INTEGERS,
    ] = 3
    penalty: Annotated[
        str,
        Field(title="Regularization", description="Which penalty large coefficients have."),
        Choices((("none", "None"), ("l1", "L1"), ("l2", "L2"), ("elastic", "Elastic net"))),
    ] = "l2"
    strength: Annotated[
        float,
        Field(
            ge=1e-3,
            le=1e3,
            title="Strength",
            description="Weight of the penalty: further right is stronger and smoother.",
        ),
        Grid(0.1, ".2g", log=True),
    ] = 1.0
    l1_ratio: Annotated[
        float,
        Field(
            ge=0.05,
            le=0.95,
            title="L1 ratio",
            description="Share of the L1 penalty in the elastic net; the rest is L2.",
        ),
        Grid(0.05, ".2f"),
    ] = 0.5
    gamma: Annotated[
        float,
        Field(
            ge=0.01,
            le=100,
            title="Kernel γ",
            description="How fast similarity falls with distance: further right is more local.",
        ),
        Grid(0.1, ".2g", log=True),
    ] = 1.0
    neighbours: Annotated[
        int,
        Field(
            ge=1,
            le=50,
            title="Neighbours k",
            description="How many of the nearest training points vote.",
        ),
        INTEGERS,
    ] = 10
    depth: Annotated[
        int,
        Field(
            ge=1, le=15, title="Depth", description="Largest number of splits from root to leaf."
        ),
        INTEGERS,
    ] = 5
    trees: Annotated[
        int,
        Field(ge=10, le=300, title="Trees", description="How many trees vote."),
        Grid(10, "d"),
    ] = 100
    units: Annotated[
        int,
        Field(ge=2, le=32, title="Hidden units", description="Neurons in each of two layers."),
        INTEGERS,
    ] = 8


class ClassView(Settings):
    """What of the result is shown, and at which threshold."""

    threshold: Annotated[
        float,
        Field(
            ge=0.05,
            le=0.95,
            title="Threshold",
            description="From this probability on, a point is predicted as class 1.",
        ),
        Grid(0.01, ".2f"),
    ] = 0.5
    panel: Annotated[
        str,
        Field(title="Second picture", description="How the predictions are judged."),
        Choices(
            (
                ("roc", "ROC"),
                ("recall", "Precision and recall"),
                ("confusion", "Confusion"),
                ("calibration", "Calibration"),
                ("importance", "Feature importance"),
            ),
            tabs=True,
        ),
    ] = "roc"


class ClassificationSettings(PageSettings):
    """All settings of the classification page."""

    data: ClassDataSettings = ClassDataSettings()
    split: SplitSettings = SplitSettings()
    model: ClassModelSettings = ClassModelSettings()
    view: ClassView = ClassView()

    def inactive(self) -> dict[str, str]:
        """Return the settings that have no effect at present, each with the reason."""
        found = {}
        if self.model.kind == "logistic" and self.model.penalty == "none":
            found["strength"] = "No penalty, so its strength has no effect."
        return found

    def absent(self) -> frozenset[str]:
        """Return the settings of models and shapes other than the chosen ones."""
        model = self.model
        shown = set(USES[model.kind])
        if model.kind == "logistic" and model.penalty != "elastic":
            shown.remove("l1_ratio")
        if model.kind == "svm":
            shown -= {"polynomial"} if model.kernel != "poly" else set()
            shown -= {"gamma"} if model.kernel == "linear" else set()
        if self.data.shape == "straight":
            shown.add("noise_mean")
        every = {"noise_mean"}.union(*USES.values())
        return frozenset(every - shown)
