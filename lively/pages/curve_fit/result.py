"""All that the curve-fitting page shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from lively.arrays import Array
from lively.pages.curve_fit.coverage import Coverage, coverage
from lively.pages.curve_fit.data import CurvePoints, make_points, true_values
from lively.pages.curve_fit.interval_checks import IntervalChecks, check_intervals
from lively.pages.curve_fit.model import CurveFit, best_known, fit_curve
from lively.pages.curve_fit.parametric_curves import PARAMETRIC_CURVES, ParametricCurve
from lively.pages.curve_fit.settings import CurvePageSettings


@dataclass(frozen=True)
class CurveFitResult:
    """All that the curve-fitting page shows for one value of its settings."""

    settings: CurvePageSettings

    @property
    def curve(self) -> ParametricCurve:
        """The curve."""
        return PARAMETRIC_CURVES[self.settings.data.curve]

    @cached_property
    def truth(self) -> Array:
        """The true parameters."""
        return true_values(self.settings.data)

    @cached_property
    def points(self) -> CurvePoints:
        """The points."""
        return make_points(self.settings.data)

    @cached_property
    def fit(self) -> CurveFit:
        """The fitted curve."""
        return fit_curve(self.settings.data, self.settings.fit)

    @cached_property
    def best(self) -> CurveFit:
        """The better of the fits from the true values and from the automatic start."""
        return best_known(self.settings.data, self.settings.fit)

    @property
    def trust(self) -> IntervalChecks:
        """Expected properties of the estimates and intervals."""
        return check_intervals(self.settings.data, self.settings.fit)

    @property
    def coverage_key(self) -> tuple[object, ...]:
        """What the coverage depends on."""
        return self.settings.data, self.settings.fit

    @property
    def coverage(self) -> Coverage:
        """The task of counting how often the intervals contain the true values."""
        return coverage(self.settings.data, self.settings.fit)

    def count_coverage(self) -> Iterator[float]:
        """Count the coverage in steps; yield the share that is done."""
        return self.coverage.steps()
