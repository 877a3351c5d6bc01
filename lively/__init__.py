"""Interactive machine-learning pages that teach by letting people move things.

The names below are what a page of one's own is made of. They are imported when they are first used,
so that ``import lively`` itself costs nothing.
"""

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

#: The public names, by the modules that define them.
_MODULES = {
    "lively.engine.fields": ("Choices", "Grid", "Interval", "Seed"),
    "lively.engine.settings": ("PageSettings", "Settings", "SettingsError"),
    "lively.learning.cross_validation": ("CrossValidationCurve",),
    "lively.learning.data_settings": ("DataSettings",),
    "lively.learning.sampled_result": ("SampledResult",),
    "lively.learning.scores": ("Score", "score"),
    "lively.learning.split": ("SplitSettings",),
    "lively.plotting.fit": ("FitData", "FitFigure"),
    "lively.plotting.live_figure": ("ResultFigure",),
    "lively.plotting.predicted_actual": ("PredictedData", "PredictedTab"),
    "lively.plotting.residuals": ("ResidualData", "ResidualTab"),
    "lively.plotting.tabs": ("Tab", "TabbedFigure"),
    "lively.plotting.validation_curve": (
        "ErrorCurves",
        "ValidationCurveFigure",
        "ValidationCurveTab",
    ),
    "lively.ui.page": ("Page",),
    "lively.ui.page_parts": ("PageResult", "make_button"),
    "lively.ui.sentences": ("errors_text", "sample_text", "scores_text"),
    "lively.ui.verdict": ("Verdict",),
    "lively.ui.views": ("FigureView", "TextView", "View", "styled_box"),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "Choices",
    "CrossValidationCurve",
    "DataSettings",
    "ErrorCurves",
    "FigureView",
    "FitData",
    "FitFigure",
    "Grid",
    "Interval",
    "Page",
    "PageResult",
    "PageSettings",
    "PredictedData",
    "PredictedTab",
    "ResidualData",
    "ResidualTab",
    "ResultFigure",
    "SampledResult",
    "Score",
    "Seed",
    "Settings",
    "SettingsError",
    "SplitSettings",
    "Tab",
    "TabbedFigure",
    "TextView",
    "ValidationCurveFigure",
    "ValidationCurveTab",
    "Verdict",
    "View",
    "errors_text",
    "make_button",
    "sample_text",
    "score",
    "scores_text",
    "styled_box",
]

if TYPE_CHECKING:
    from lively.engine.fields import Choices, Grid, Interval, Seed
    from lively.engine.settings import PageSettings, Settings, SettingsError
    from lively.learning.cross_validation import CrossValidationCurve
    from lively.learning.data_settings import DataSettings
    from lively.learning.sampled_result import SampledResult
    from lively.learning.scores import Score, score
    from lively.learning.split import SplitSettings
    from lively.plotting.fit import FitData, FitFigure
    from lively.plotting.live_figure import ResultFigure
    from lively.plotting.predicted_actual import PredictedData, PredictedTab
    from lively.plotting.residuals import ResidualData, ResidualTab
    from lively.plotting.tabs import Tab, TabbedFigure
    from lively.plotting.validation_curve import (
        ErrorCurves,
        ValidationCurveFigure,
        ValidationCurveTab,
    )
    from lively.ui.page import Page
    from lively.ui.page_parts import PageResult, make_button
    from lively.ui.sentences import errors_text, sample_text, scores_text
    from lively.ui.verdict import Verdict
    from lively.ui.views import FigureView, TextView, View, styled_box


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'lively' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
