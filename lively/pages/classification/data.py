"""Labelled points in the plane, and the Bayes classifier of their known distribution."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logsumexp, ndtr

from lively.arrays import Array, read_only
from lively.learning.random_streams import LABELS, NOISE, POSITIONS
from lively.learning.split import SplitSettings, is_test_point
from lively.pages.classification.class_shapes import CLASS_SHAPES, SQUARE, WEIGHTS
from lively.pages.classification.settings import ClassDataSettings

#: Points that represent the curve of a class at high noise, and cells of the grid in each
#: direction.
CURVE_POINTS, CELLS = 64, 72
#: Lower noise is too fine for the grid. The Bayes decision boundary is then computed for this
#: noise, which moves it by 0.03 at most, and the accuracy is 1: the curves of the two classes are
#: at least 0.74 apart, fifteen standard deviations of a noise of 0.05.
LEAST_NOISE = 0.1


@dataclass(frozen=True)
class LabelledPoints:
    """Points and their labels.

    Attributes
    ----------
    X : ndarray of shape (samples, 2)
    y : ndarray of bool, shape (samples,)
        Whether a point is of class 1.
    """

    X: Array
    y: NDArray[np.bool_]


@dataclass(frozen=True)
class SplitPoints:
    """Training and test points.

    Attributes
    ----------
    train, test : LabelledPoints
    """

    train: LabelledPoints
    test: LabelledPoints

    @cached_property
    def reach(self) -> float:
        """Half the side of the square that shows all points; a whole number."""
        farthest = max(np.abs(part.X).max() for part in (self.train, self.test))
        return float(max(3.0, np.ceil(farthest * 1.02 + 0.02)))


@dataclass(frozen=True)
class BayesOptimal:
    """The Bayes classifier, the best one for the known distribution of the data.

    Attributes
    ----------
    x1, x2 : ndarray of shape (CELLS,)
        Centres of the cells of a grid.
    score : ndarray of shape (CELLS, CELLS)
        Log-odds of class 1, or the linear score; above 0 where class 1 is more probable. Rows are
        x2.
    probability : ndarray of shape (CELLS, CELLS)
        Probability of class 1 given the inputs.
    accuracy : float
        The Bayes accuracy: the highest expected accuracy of any classifier.
    """

    x1: Array
    x2: Array
    score: Array
    probability: Array
    accuracy: float


@lru_cache(maxsize=8)
def make_points(data: ClassDataSettings) -> LabelledPoints:
    """Draw the labelled points that the settings describe.

    With the linear boundary, points are uniform on a square, and the label is the sign of
    ``w x + shift + mean + sigma z``, where the shift sets the class balance. With another shape,
    the class and a point on its curve are drawn, and ``sigma z`` is added. All draws are fixed by
    the seed and read from their start, so that a larger sample contains the smaller one.
    """
    count = data.samples
    places = np.random.default_rng((data.seed, POSITIONS)).random((count, 2))
    noise = np.random.default_rng((data.seed, NOISE)).standard_normal((count, 2))
    if data.shape == "straight":
        low, high = SQUARE
        X = low + (high - low) * places
        score = X @ WEIGHTS + linear_shift(data.balance) + data.noise_mean
        return LabelledPoints(read_only(X), read_only(score + data.noise * noise[:, 0] > 0))
    y = np.random.default_rng((data.seed, LABELS)).random(count) < data.balance
    centres = CLASS_SHAPES[data.shape].centres
    X = np.where(y[:, None], centres(places[:, 0], 1), centres(places[:, 0], 0))
    return LabelledPoints(read_only(X + data.noise * noise), read_only(y))


@lru_cache(maxsize=8)
def split_points(data: ClassDataSettings, split: SplitSettings) -> SplitPoints:
    """Split the points into training and test points."""
    points, held_out = make_points(data), is_test_point(split, data.samples)
    return SplitPoints(
        train=LabelledPoints(read_only(points.X[~held_out]), read_only(points.y[~held_out])),
        test=LabelledPoints(read_only(points.X[held_out]), read_only(points.y[held_out])),
    )


def cell_centres(reach: float, cells: int) -> Array:
    """Return the centres of `cells` equal cells of -reach..reach."""
    return reach * ((2 * np.arange(cells) + 1) / cells - 1)


@lru_cache(maxsize=8)
def grid_points(reach: float, cells: tuple[int, int]) -> Array:
    """Return the centres of (columns, rows) cells, row by row from the bottom left."""
    x1, x2 = (cell_centres(reach, count) for count in cells)
    return read_only(np.column_stack([np.tile(x1, len(x2)), np.repeat(x2, len(x1))]))


@lru_cache(maxsize=32)
def linear_shift(balance: float) -> float:
    """Return the shift of the linear score that gives class 1 its share."""
    low, high = SQUARE
    side = cell_centres((high - low) / 2, CELLS) + (high + low) / 2
    scores = WEIGHTS[0] * side[:, None] + WEIGHTS[1] * side
    return float(-np.quantile(scores, 1 - balance))


def _log_density(cells: Array, centres: Array, noise: float) -> Array:
    """Return the log-density, on a grid, of normal points around `centres`.

    The normal density is a product over the two directions, so each is computed once.

    Returns
    -------
    ndarray of shape (len(cells), len(cells))
        Rows are x2.
    """
    across, up = (((cells[:, None] - centres[:, i]) / noise) ** 2 / -2 for i in (0, 1))
    # The largest exponents of each direction are factored out, against underflow.
    tops = across.max(axis=1), up.max(axis=1)
    parts = np.exp(up - tops[1][:, None]) @ np.exp(across - tops[0][:, None]).T
    with np.errstate(divide="ignore"):
        logs = np.log(parts) + tops[1][:, None] + tops[0]
    lost = np.isneginf(logs)
    if lost.any():
        row, column = np.nonzero(lost)
        logs[lost] = logsumexp(up[row] + across[column], axis=1)
    result: Array = logs - np.log(2 * np.pi * noise**2 * len(centres))
    return result


@lru_cache(maxsize=8)
def bayes_optimal(shape: str, noise: float, noise_mean: float, balance: float) -> BayesOptimal:
    """Compute the probability of class 1 on a grid, and the Bayes accuracy."""
    if shape == "straight":
        low, high = SQUARE
        cells = cell_centres((high - low) / 2, CELLS) + (high + low) / 2
        score = WEIGHTS[0] * cells + WEIGHTS[1] * cells[:, None]
        score = score + linear_shift(balance) + noise_mean
        probability = ndtr(score / max(noise, 1e-9))
        sure = np.maximum(probability, 1 - probability).mean() if noise else 1.0
        return BayesOptimal(cells, cells, read_only(score), read_only(probability), float(sure))
    blur = max(noise, LEAST_NOISE)
    cells = cell_centres(3.5 + 3.5 * blur, CELLS)
    # Lower noise needs denser points to represent a curve without gaps.
    count = round(CURVE_POINTS * max(1.0, 0.4 / blur))
    along = (np.arange(count) + 0.5) / count
    logs = [
        _log_density(cells, CLASS_SHAPES[shape].centres(along, kind), blur) + np.log(share)
        for kind, share in ((0, 1 - balance), (1, balance))
    ]
    odds = logs[1] - logs[0]
    if noise < LEAST_NOISE:
        sure = 1.0
    else:
        sure = float(np.exp(np.maximum(*logs)).sum() / np.exp(np.logaddexp(*logs)).sum())
    return BayesOptimal(cells, cells, read_only(odds), read_only(expit(odds)), sure)
