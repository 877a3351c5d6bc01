"""What a model's errors say about its complexity: error against degree."""

import warnings
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from lively.data.regression import Sample, split_sample
from lively.fields import limits
from lively.models.regression import descent, folds, nested_least_squares
from lively.models.shared import fast
from lively.powers import ScaledPowers
from lively.settings.regression import DataSettings, ModelSettings
from lively.settings.shared import SplitSettings
from lively.truths import Array

LOWEST, HIGHEST = limits(ModelSettings.model_fields["degree"])
DEGREES = np.arange(LOWEST, HIGHEST + 1)


@dataclass(frozen=True)
class DegreeCurve:
    """Errors of the model at every degree, all of shape (len(DEGREES),) and in the unit of y.

    Attributes
    ----------
    train, test : ndarray
        RMSE on the points of either part.
    validation : ndarray
        Mean over the folds of the RMSE on the fold's held-out training points.
    spread : ndarray
        Standard error of that mean.
    fold_count : int
    alpha : float or None
        The penalty's weight, the same at every degree.
    """

    train: Array
    test: Array
    validation: Array
    spread: Array
    fold_count: int
    alpha: float | None

    @property
    def best(self) -> int:
        """The degree with the lowest cross-validated error; no test point has a part in it."""
        return int(DEGREES[np.argmin(self.validation)])

    @property
    def simplest(self) -> int:
        """The lowest degree within one standard error of the best.

        The one-standard-error rule of Breiman, Friedman, Olshen and Stone, *Classification and
        Regression Trees* (1984), section 3.4.3.
        """
        best = np.argmin(self.validation)
        near = self.validation <= self.validation[best] + self.spread[best]
        return int(DEGREES[np.argmax(near)])


def coefficients(Z: Array, y: Array, model: ModelSettings, alpha: float) -> Array:
    """Fit every degree at once.

    Parameters
    ----------
    Z : ndarray of shape (n, HIGHEST)
        Scaled powers of x. Those of a lower degree are its first columns.
    y : ndarray of shape (n,)
        Centred outputs.
    model : ModelSettings
        Its penalty and L1 ratio.
    alpha : float
        The penalty's weight.

    Returns
    -------
    ndarray of shape (HIGHEST, len(DEGREES))
        A column of coefficients for each degree, zero beyond it.
    """
    match model.penalty:
        case "none":
            return nested_least_squares(Z, y)
        case "ridge":
            return nested_least_squares(Z, y, alpha)
    found = np.zeros((HIGHEST, len(DEGREES)))
    for column, degree in enumerate(DEGREES):
        found[:degree, column] = descent(model, alpha).fit(Z[:, :degree], y).coef_
    return found


def errors(train: Sample, held_out: Sample, model: ModelSettings, alpha: float) -> Array:
    """Fit on `train` at every degree; return the RMSE there and on the points held out.

    Returns
    -------
    ndarray of shape (2, len(DEGREES))
    """
    powers, mean = ScaledPowers.of(train.x, HIGHEST), train.y.mean()
    Z = powers(train.x)
    slopes = coefficients(Z, train.y - mean, model, alpha)
    return np.array(
        [
            np.sqrt(np.mean((part.y[:, None] - mean - features @ slopes) ** 2, axis=0))
            for part, features in ((train, Z), (held_out, powers(held_out.x)))
        ]
    )


@lru_cache(maxsize=16)
def degree_curve(
    data: DataSettings, split: SplitSettings, model: ModelSettings, alpha: float | None
) -> DegreeCurve:
    """Return the errors at every degree; the degree in `model` itself has no part in it."""
    parts = split_sample(data, split)
    weight = model.alpha if alpha is None else alpha
    with fast(), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        train, test = errors(parts.train, parts.test, model, weight)
        validation = np.array(
            [
                errors(
                    Sample(parts.train.x[kept], parts.train.y[kept]),
                    Sample(parts.train.x[left], parts.train.y[left]),
                    model,
                    weight,
                )[1]
                for kept, left in folds(len(parts.train.x)).split(parts.train.x)
            ]
        )
    count = len(validation)
    return DegreeCurve(
        train=train,
        test=test,
        validation=validation.mean(axis=0),
        spread=validation.std(axis=0, ddof=1) / np.sqrt(count),
        fold_count=count,
        alpha=alpha,
    )
