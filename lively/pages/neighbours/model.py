"""k-nearest-neighbour regression for all k at once, its errors, and which k is better."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import stdtrit
from sklearn.neighbors import NearestNeighbors

from lively.arrays import Array
from lively.learning.cross_validation import CrossValidationCurve
from lively.learning.data_settings import DataSettings
from lively.learning.noisy_sample import Sample, split_sample
from lively.learning.sampled_result import GRID_POINTS
from lively.learning.split import SplitSettings
from lively.learning.target_functions import TARGET_FUNCTIONS
from lively.pages.neighbours.settings import MOST_NEIGHBOURS

#: Confidence with which one k must be better than another, and share by which its error is lower.
CONFIDENCE, GAIN = 0.975, 0.02


def predictions_by_k(train: Sample, x: Array | None, most: int, weights: str) -> Array:
    """Return the mean of the outputs of the k nearest training points, for k from 1 on.

    Parameters
    ----------
    train : Sample
        Of n training points.
    x : ndarray of shape (m,) or None
        Where to predict; None predicts each training point from the others.
    most : int
        The largest k, at most n, or n - 1 if `x` is None.
    weights : str
        "uniform", or "distance" for weights of one over the distance. Points at the very same x
        then take all the weight.

    Returns
    -------
    ndarray of shape (m, most)
        Column k - 1 is what scikit-learn's ``KNeighborsRegressor(k, weights=weights)`` predicts.
    """
    search = NearestNeighbors(algorithm="kd_tree").fit(train.x[:, None])
    distances, nearest = search.kneighbors(None if x is None else x[:, None], most)
    outputs = train.y[nearest]
    if weights == "uniform":
        return np.cumsum(outputs, axis=1) / np.arange(1, most + 1)
    with np.errstate(divide="ignore"):
        weight = 1 / distances
    same = np.isinf(weight)
    weight = np.where(same.any(axis=1, keepdims=True), same, weight)
    found: Array = np.cumsum(weight * outputs, axis=1) / np.cumsum(weight, axis=1)
    return found


@dataclass(frozen=True, eq=False)
class NeighbourFits:
    """The fits for k = 1, 2, … K, where K is at most the number of training points.

    Attributes
    ----------
    grid : ndarray of shape (GRID_POINTS,)
        Inputs over the range of x.
    curves : ndarray of shape (GRID_POINTS, K)
        Predictions there, a column for each k.
    train_predicted, test_predicted : ndarray of shape (n, K)
        Predictions for the training and the test points.
    train, test, true : ndarray of shape (K,)
        RMSE on the training points, on the test points, and against the true function over the
        range of x, noise mean included. The last is known only because the data are simulated.
    held_out : ndarray of shape (n, K)
        Squared error of each training point, predicted from the others. Of these there are only
        n - 1, so that the last two columns are equal if K is n.
    validated : CrossValidationCurve
        Leave-one-out cross-validation: the means of `held_out`.
    """

    grid: Array
    curves: Array
    train_predicted: Array
    test_predicted: Array
    train: Array
    test: Array
    true: Array
    held_out: Array
    validated: CrossValidationCurve

    @property
    def k(self) -> Array:
        """The numbers of neighbours, from 1 to K."""
        return np.linspace(1, len(self.train), len(self.train))

    def better_than(self, k: int) -> int | None:
        """Return the k with the lowest cross-validated error if it is clearly better, else None.

        Clearly is beyond a one-sided t-limit of the paired differences of the squared errors, and
        only where the true error is lower as well by more than `GAIN`: the lowest of many estimates
        is partly so by chance.
        """
        best = self.validated.best
        gains = self.held_out[:, k - 1] - self.held_out[:, best]
        error = gains.std(ddof=1) / np.sqrt(len(gains))
        clear = gains.mean() > stdtrit(len(gains) - 1, CONFIDENCE) * error
        useful = self.true[best] < (1 - GAIN) * self.true[k - 1]
        return best + 1 if clear and useful else None


def _rmse(y: Array, predicted: Array) -> Array:
    found: Array = np.sqrt(np.mean((y[:, None] - predicted) ** 2, axis=0))
    return found


@lru_cache(maxsize=16)
def neighbour_fits(data: DataSettings, split: SplitSettings, weights: str) -> NeighbourFits:
    """Fit for every k; the setting k itself has no part in it."""
    parts = split_sample(data, split)
    train, test = parts.train, parts.test
    most = min(MOST_NEIGHBOURS, len(train.x))
    grid = np.linspace(*data.x_range, GRID_POINTS)
    curves, own, other = (
        predictions_by_k(train, x, most, weights) for x in (grid, train.x, test.x)
    )
    left_out = predictions_by_k(train, None, min(most, len(train.x) - 1), weights)
    # With all training points as neighbours, the others are one less.
    columns = np.minimum(np.arange(most), left_out.shape[1] - 1)
    held_out = (train.y[:, None] - left_out[:, columns]) ** 2
    truth = TARGET_FUNCTIONS[data.function](grid) + data.noise_mean
    return NeighbourFits(
        grid=grid,
        curves=curves,
        train_predicted=own,
        test_predicted=other,
        train=_rmse(train.y, own),
        test=_rmse(test.y, other),
        true=_rmse(truth, curves),
        held_out=held_out,
        validated=CrossValidationCurve.of(held_out),
    )
