"""Settings in, everything that a page shows out; the stages are cached on what they read."""

from dataclasses import dataclass

from lively.data import Parts, split_sample
from lively.diagnostics import DegreeCurve, degree_curve
from lively.models import Fit, fit_model
from lively.settings import ModelSettings, RegressionSettings
from lively.truths import TRUTHS, Truth

_DEFAULT = ModelSettings()


@dataclass(frozen=True)
class RegressionResult:
    """All that the regression page shows for one value of its settings."""

    settings: RegressionSettings
    truth: Truth
    parts: Parts
    fit: Fit
    curve: DegreeCurve


def compute_regression(settings: RegressionSettings) -> RegressionResult:
    """Sample, split, fit and diagnose; only the stages whose settings changed are run."""
    data, split, model = settings.data, settings.split, settings.model
    fit = fit_model(data, split, model)
    # The curve runs over all degrees at the alpha in force, so neither the present degree nor how
    # alpha came about may be part of what it is cached on.
    family = model.replace(
        degree=_DEFAULT.degree, alpha=_DEFAULT.alpha, choose_alpha=_DEFAULT.choose_alpha
    )
    return RegressionResult(
        settings=settings,
        truth=TRUTHS[data.function],
        parts=split_sample(data, split),
        fit=fit,
        curve=degree_curve(data, split, family, fit.alpha),
    )
