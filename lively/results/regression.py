"""Settings in, everything that a page shows out; each stage is run when it is first looked at."""

from dataclasses import dataclass
from functools import cached_property

from lively.data.regression import Parts, split_sample
from lively.diagnostics import DegreeCurve, degree_curve
from lively.models.regression import Fit, fit_model
from lively.settings.regression import DataSettings, ModelSettings, RegressionSettings
from lively.settings.shared import SplitSettings
from lively.truths import TRUTHS, Truth

_DEFAULT = ModelSettings()


@dataclass(frozen=True)
class RegressionResult:
    """All that the regression page shows for one value of its settings.

    A stage that nobody looks at costs nothing, and what is looked at first is there first. The
    stages are cached on the groups of settings that they read.
    """

    settings: RegressionSettings

    @cached_property
    def truth(self) -> Truth:
        """The true function."""
        return TRUTHS[self.settings.data.function]

    @cached_property
    def parts(self) -> Parts:
        """The sample, parted."""
        return split_sample(self.settings.data, self.settings.split)

    @cached_property
    def fit(self) -> Fit:
        """The model, fitted."""
        return fit_model(self.settings.data, self.settings.split, self.settings.model)

    @cached_property
    def curve_key(self) -> tuple[DataSettings, SplitSettings, ModelSettings, float | None]:
        """What the curve depends on: results with equal keys have the same one.

        It runs over all degrees at the alpha in force, so neither the present degree nor how alpha
        came about may have a part in it.
        """
        data, split, model = self.settings.data, self.settings.split, self.settings.model
        family = model.replace(
            degree=_DEFAULT.degree, alpha=_DEFAULT.alpha, choose_alpha=_DEFAULT.choose_alpha
        )
        return data, split, family, self.fit.alpha

    @cached_property
    def curve(self) -> DegreeCurve:
        """The errors at every degree: the one stage that may take longer than a frame."""
        return degree_curve(*self.curve_key)
