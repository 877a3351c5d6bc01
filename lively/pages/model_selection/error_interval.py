"""An interval for the expected error from test points, and whether they can give one."""

import numpy as np
from scipy.stats import chi2

from lively.arrays import Array
from lively.learning.data_settings import DataSettings
from lively.pages.model_selection.generalization_error import mean_over_x

#: Confidence level.
CONFIDENCE = 0.95
#: Test points represent new points only if the expected error over all x is at most this many times
#: that at the test points, and if the inputs with the largest errors, among which they have one
#: point on average, contribute at most this share. Measured in `docs/numbers/model_selection.md`.
MAX_RATIO, MAX_TAIL_SHARE = 1.1, 0.25


def error_interval(squares: Array) -> tuple[float, float]:
    """Return an interval for the mean squared error, given the squared errors of test points.

    A mean of squared normal errors is a scaled chi-square variable with as many degrees of freedom
    as points; with unequal variances it has fewer, which are matched to the observed spread
    (Satterthwaite, *Biometrics Bulletin* 2, 1946), less one, since that spread is itself uncertain.
    Squared errors are skewed: mean ± 2 standard errors covers far less than 95 %, and nearly always
    lies too low.
    """
    count, mean = len(squares), float(squares.mean())
    if mean == 0:
        return 0.0, 0.0
    spread = float(squares.var(ddof=1)) / count / mean**2
    freedom = (min(2 / spread, count) if spread > 0 else count) - 1
    high, low = chi2.ppf([(1 + CONFIDENCE) / 2, (1 - CONFIDENCE) / 2], freedom)
    return mean * freedom / float(high), mean * freedom / float(low)


def is_representative(data: DataSettings, at_test: Array, over_x: Array) -> bool:
    """Return whether test points can bound a model's error on new points.

    They cannot if much of that error comes from inputs where they have hardly a point: no method
    gives an interval for the mean of a distribution without bounds (Bahadur and Savage, *Annals of
    Mathematical Statistics* 27, 1956).

    Parameters
    ----------
    data : DataSettings
    at_test : ndarray of shape (test points,)
        Variance of the predictions at the test points, in units of the noise variance.
    over_x : ndarray of shape (m,)
        The same at `quadrature_inputs`.
    """
    expected = 1 + over_x
    mean = float(mean_over_x(data, expected))
    # Shares of x, the inputs of largest variance first.
    order = np.argsort(-expected)
    shares = mean_over_x(data, np.eye(len(expected)))[order]
    worst = np.cumsum(shares) <= 1 / len(at_test)
    tail = float(np.sum((shares * expected[order])[worst])) / mean
    return mean <= MAX_RATIO * float(np.mean(1 + at_test)) and tail <= MAX_TAIL_SHARE
