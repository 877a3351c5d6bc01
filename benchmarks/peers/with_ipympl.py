"""Stock ipympl: pyplot figures, `set_data` and `draw_idle`, an ipywidgets slider."""

from typing import Any

import ipywidgets as widgets
from axes import LOOKS, figures, legends
from same import HIGHEST, LOWEST, SIGMA, START, STEP, show

fit, fit_ax, errors, errors_ax = figures()
shown = show(START)
fit_lines = {name: fit_ax.plot(*data, **LOOKS[name])[0] for name, data in shown.fit.items()}
error_lines = {name: errors_ax.plot(*data, **LOOKS[name])[0] for name, data in shown.errors.items()}
legends(fit_ax, errors_ax)
texts = [widgets.Label(), widgets.Label()]
slider = widgets.FloatSlider(
    value=START, min=LOWEST, max=HIGHEST, step=STEP, description=SIGMA, continuous_update=True
)


def update(change: Any = None) -> None:
    """Move the lines to where the slider has them."""
    shown = show(slider.value)
    for name, line in fit_lines.items():
        line.set_data(*shown.fit[name])
    fit_ax.set_ylim(shown.fit_limits)
    fit.canvas.draw_idle()
    for name, line in error_lines.items():
        line.set_data(*shown.errors[name])
    errors_ax.set_ylim(shown.error_limits)
    errors.canvas.draw_idle()
    for label, text in zip(texts, shown.texts, strict=True):
        label.value = text


update()
slider.observe(update, "value")
widgets.VBox([slider, widgets.HBox(texts), fit.canvas, errors.canvas])
