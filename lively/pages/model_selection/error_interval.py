"""What a few test points tell about the error on new points, and when they cannot tell it."""

import numpy as np
from scipy.stats import chi2

from lively.arrays import Array
from lively.learning.data_settings import DataSettings
from lively.pages.model_selection.generalization_error import mean_over_x

#: How often an interval that is given holds the true error.
LEVEL = 0.95
#: Test points stand for new points only while the expected error over all x is at most so many
#: times that at the test points, and the worst places, of which they hold one point on average,
#: make up at most this share of it. Measured in `docs/numbers/model_selection.md`.
MOST_RATIO, MOST_TAIL = 1.1, 0.25


def error_interval(squares: Array) -> tuple[float, float]:
    """Return an interval for the mean squared error, given the squared errors of test points.

    A mean of squared normal errors is a scaled chi-square variable with as many degrees of freedom
    as points; with unequal variances it has fewer, which are matched to the observed spread
    (Satterthwaite, *Biometrics Bulletin* 2, 1946), less one, since that spread is itself uncertain.
    Squared errors are skewed: mean ± 2 standard errors misses the truth far more often than it
    says, nearly always from below.
    """
    count, mean = len(squares), float(squares.mean())
    if mean == 0:
        return 0.0, 0.0
    spread = float(squares.var(ddof=1)) / count / mean**2
    freedom = (min(2 / spread, count) if spread > 0 else count) - 1
    high, low = chi2.ppf([(1 + LEVEL) / 2, (1 - LEVEL) / 2], freedom)
    return mean * freedom / float(high), mean * freedom / float(low)


def is_representative(data: DataSettings, at_test: Array, over_x: Array) -> bool:
    """Say whether test points can bound a model's error on new points.

    They cannot where much of that error comes from places of which they hold hardly a point: no
    method gives an interval for the mean of what has not been seen (Bahadur and Savage, *Annals of
    Mathematical Statistics* 27, 1956).

    Parameters
    ----------
    data : DataSettings
    at_test : ndarray of shape (test points,)
        Leverage of the fit at the test points.
    over_x : ndarray of shape (m,)
        The same at the places of `lively.pages.model_selection.generalization_error`.
    """
    expected = 1 + over_x
    mean = float(mean_over_x(data, expected))
    # Shares of x, the places of highest leverage first.
    order = np.argsort(-expected)
    shares = mean_over_x(data, np.eye(len(expected)))[order]
    worst = np.cumsum(shares) <= 1 / len(at_test)
    tail = float(np.sum((shares * expected[order])[worst])) / mean
    return mean <= MOST_RATIO * float(np.mean(1 + at_test)) and tail <= MOST_TAIL
