"""Panel and Bokeh: column data sources, whose data alone travel, and one batch for each change."""

from typing import Any

import panel as pn
from bokeh.models import ColumnDataSource, Range1d, Span
from bokeh.plotting import figure
from same import (
    DEGREE,
    ERROR_HEIGHT,
    ERRORS,
    FIT_HEIGHT,
    HIGHEST,
    LINES,
    LOWEST,
    POINTS,
    SIGMA,
    START,
    STEP,
    WIDTH,
    X_RANGE,
    show,
)

from lively.plotting.style import INK, SOFT, VALIDATION

pn.extension()
slider = pn.widgets.FloatSlider(name=SIGMA, start=LOWEST, end=HIGHEST, step=STEP, value=START)
texts = [pn.pane.Str("", width=200), pn.pane.Str("", width=200)]
shown = show(START)
sources = {
    name: ColumnDataSource({"x": x, "y": y}) for name, (x, y) in (shown.fit | shown.errors).items()
}
kept: dict[str, Any] = {"width": WIDTH, "toolbar_location": None, "tools": ""}
fit = figure(height=FIT_HEIGHT, x_range=X_RANGE, y_range=Range1d(*shown.fit_limits), **kept)
errors = figure(
    height=ERROR_HEIGHT, x_range=(0.4, 15.6), y_range=Range1d(*shown.error_limits), **kept
)
for name, (label, color) in LINES.items():
    dash = "dashed" if name == "truth" else "solid"
    line: dict[str, Any] = {"line_dash": dash, "color": color, "line_width": 3}
    fit.line("x", "y", source=sources[name], legend_label=label, **line)
errors.add_layout(Span(location=DEGREE, dimension="height", line_color=INK, line_alpha=0.6))
errors.line("x", "y", source=sources["noise"], color=SOFT, line_dash="dotted", line_width=2)
errors.line("x", "y", source=sources["bars"], color=VALIDATION)
for plot, group in ((fit, POINTS), (errors, ERRORS)):
    for name, (label, color) in group.items():
        hollow = name.startswith("test")
        if plot is errors:
            plot.line("x", "y", source=sources[name], color=color, line_width=2)
        plot.scatter(
            "x", "y", source=sources[name], legend_label=label, size=8, line_color=color,
            marker="diamond" if hollow else "circle", fill_color="white" if hollow else color,
        )  # fmt: skip
    plot.legend.orientation = "horizontal"


@pn.io.hold()  # type: ignore[untyped-decorator]
def update(noise: float) -> None:
    """Send the new data of every line."""
    shown = show(noise)
    for name, (x, y) in (shown.fit | shown.errors).items():
        sources[name].data = {"x": x, "y": y}
    fit.y_range.update(start=shown.fit_limits[0], end=shown.fit_limits[1])
    errors.y_range.update(start=shown.error_limits[0], end=shown.error_limits[1])
    for pane, text in zip(texts, shown.texts, strict=True):
        pane.object = text


update(START)
pn.bind(update, slider, watch=True)
pn.Column(slider, pn.Row(*texts), pn.pane.Bokeh(fit), pn.pane.Bokeh(errors)).servable()
