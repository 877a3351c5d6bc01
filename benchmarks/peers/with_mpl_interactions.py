"""mpl-interactions: functions of the slider given to `iplt.plot`, which updates their lines."""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

import ipywidgets as widgets
import mpl_interactions.ipyplot as iplt
from axes import LOOKS, figures, legends
from mpl_interactions.controller import Controls
from same import HIGHEST, LOWEST, SIGMA, START, STEP, Shown, show

shown: Callable[[float], Shown] = lru_cache(maxsize=1)(show)
fit, fit_ax, errors, errors_ax = figures()
slider = widgets.FloatSlider(
    value=START, min=LOWEST, max=HIGHEST, step=STEP, description=SIGMA, continuous_update=True
)
controls = Controls(noise=slider)


def fit_y(name: str, x: Any, noise: float) -> Any:
    """Return the heights of a line of the first picture."""
    return shown(noise).fit[name][1]


def error_y(name: str, x: Any, noise: float) -> Any:
    """Return the heights of a line of the second picture."""
    return shown(noise).errors[name][1]


texts = [widgets.Label(), widgets.Label()]


def settle(noise: float) -> None:
    """Set the limits and the texts."""
    fit_ax.set_ylim(shown(noise).fit_limits)
    errors_ax.set_ylim(shown(noise).error_limits)
    for label, text in zip(texts, shown(noise).texts, strict=True):
        label.value = text


# Fixed limits spare the library its own search for them.
start = shown(START)
for ax, lines, heights, limits in (
    (fit_ax, start.fit, fit_y, start.fit_limits),
    (errors_ax, start.errors, error_y, start.error_limits),
):
    fixed = {"ax": ax, "controls": controls, "xlim": ax.get_xlim(), "ylim": limits}
    for name, (x, _) in lines.items():
        iplt.plot(x, partial(heights, name), **fixed, **LOOKS[name])
controls.register_callback(settle, "noise", eager=True)
legends(fit_ax, errors_ax)
widgets.VBox([controls.vbox, widgets.HBox(texts), fit.canvas, errors.canvas])
