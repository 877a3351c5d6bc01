"""One data set in; out comes what each criterion makes of every candidate, and which it chooses."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import ClassVar

import numpy as np

from lively.data.model_selection import REPEATS, folds, kept
from lively.data.regression import Sample, split_sample
from lively.models.candidates import Family
from lively.models.shared import fast
from lively.models.stacked import bits, follow, predictions, scaled
from lively.models.unseen import places, true_error
from lively.models.validation import Validated
from lively.settings.regression import DataSettings
from lively.settings.shared import SplitSettings
from lively.truths import Array

#: Share of the variance of y below which a mean squared residual is a rounding error.
ROUNDING = 1e-20


def freedom(family: Family, x: Array, y: Array) -> Array:
    """Return the candidates' effective numbers of slopes; shape (candidates,).

    Without a penalty, the degree. Of ridge, the trace of the matrix that makes predictions of
    observations (Hastie, Tibshirani and Friedman, 2009, section 3.4.1). Of the LASSO, the number of
    coefficients that are not zero (Zou, Hastie and Tibshirani, "On the degrees of freedom of the
    lasso", *Annals of Statistics* 35, 2007); of an elastic net, ridge's trace over those
    (Tibshirani and Taylor, "Degrees of freedom in lasso problems", *Annals of Statistics* 40,
    2012).
    """
    if family.penalty == "none":
        return family.values
    Z = scaled(x, np.ones((1, len(x)), dtype=bool), family.degree, x)[0][0]
    if family.penalty == "ridge":
        sizes = np.maximum(np.linalg.eigvalsh(Z.T @ Z), 0)
        return np.asarray((sizes[:, None] / (sizes[:, None] + family.values)).sum(axis=0))
    slopes = follow(family, Z, y - y.mean())
    found = []
    for weight, column in zip(family.values, slopes.T, strict=True):
        active = Z[:, column != 0]
        if family.l1_ratio == 1 or not active.size:
            found.append(float(active.shape[1]))
            continue
        sizes = np.maximum(np.linalg.eigvalsh(active.T @ active), 0)
        found.append(float(np.sum(sizes / (sizes + weight * (1 - family.l1_ratio) * len(y)))))
    return np.array(found)


@dataclass(eq=False)
class Criteria:
    """What every criterion says of every candidate, on one set of training points.

    Parameters
    ----------
    data : DataSettings
        How the points were made; nothing but `truth` looks at it.
    train : Sample
    family : Family
    fold_seed : int
    """

    size: ClassVar[int] = 1

    data: DataSettings
    train: Sample
    family: Family
    fold_seed: int
    _errors: Array = field(init=False)
    _done: int = 0

    def __post_init__(self) -> None:
        count, seed = len(self.train.x), self.fold_seed
        parted = {
            "repeated": [f for r in range(REPEATS) for f in folds(count, 5, seed, r)],
            "ten": folds(count, 10, seed),
            "one": folds(count, count, seed),
        }
        held_out = [fold for some in parted.values() for fold in some]
        self.counts = {name: len(some) for name, some in parted.items()}
        self._kept = kept(count, held_out)
        self._errors = np.empty((len(held_out), len(self.family.values)))

    def steps(self) -> Iterator[float]:
        """Cross-validate bit by bit; give the share that is done."""
        x, y = self.train.x, self.train.y
        for part in bits(self.family, self._kept):
            if part.start < self._done:
                continue
            some = self._kept[part]
            with fast():
                found = predictions(self.family, x, y, some, x)
            left = ~some / np.sum(~some, axis=1, keepdims=True)
            self._errors[part] = ((found - y) ** 2 @ left[:, :, None])[:, :, 0]
            self._done = part.start + len(some)
            yield self._done / len(self._kept)

    @property
    def finished(self) -> bool:
        """Whether all folds have been held out."""
        return self._done >= len(self._kept)

    @cached_property
    def validated(self) -> dict[str, Validated]:
        """The cross-validated curves, by the criterion's name."""
        for _ in self.steps():
            pass
        found, start = {}, 0
        for name, count in self.counts.items():
            found[name] = self._errors[start : start + count]
            start += count
        five = found["repeated"][: self.counts["repeated"] // REPEATS]
        return {
            "five": Validated.of(five),
            "ten": Validated.of(found["ten"]),
            "one": Validated.of(found["one"]),
            "repeated": Validated.of(found["repeated"], REPEATS),
        }

    @cached_property
    def _fitted(self) -> tuple[Array, Array]:
        """Mean squared errors of all training points' fits: on these points, and the true ones."""
        x, y = self.train.x, self.train.y
        everything = np.ones((1, len(x)), dtype=bool)
        with fast():
            at = np.concatenate([x, places(self.data)])
            found = predictions(self.family, x, y, everything, at)[0]
        own = np.mean((found[:, : len(x)] - y) ** 2, axis=1)
        return own, true_error(self.data, found[:, len(x) :])

    @property
    def training(self) -> Array:
        """Mean squared error on the training points; shape (candidates,)."""
        return self._fitted[0]

    @property
    def truth(self) -> Array:
        """Mean squared error on new points without end; shape (candidates,)."""
        return self._fitted[1]

    @cached_property
    def parameters(self) -> Array:
        """Effective numbers of parameters: slopes, the intercept and the noise's variance."""
        with fast():
            return freedom(self.family, self.train.x, self.train.y) + 2

    def penalized(self, price: float) -> Array:
        """Return −2 log likelihood and a price for each parameter; shape (candidates,).

        The likelihood is that of normal noise, at the variance that makes it largest: the mean
        squared residual. Infinite where a candidate has no fewer slopes than can meet all points,
        since the likelihood then has no end.
        """
        count = len(self.train.x)
        least = max(ROUNDING * float(np.var(self.train.y)), float(np.finfo(np.float64).tiny))
        variance = np.maximum(self.training, least)
        said = count * (np.log(2 * np.pi * variance) + 1) + price * self.parameters
        return np.where(self.parameters < count, said, np.inf)

    @property
    def aic(self) -> Array:
        """Akaike's criterion ("A new look at the statistical model identification", 1974)."""
        return self.penalized(2.0)

    @property
    def bic(self) -> Array:
        """Schwarz's criterion ("Estimating the dimension of a model", 1978)."""
        return self.penalized(float(np.log(len(self.train.x))))

    def as_error(self, penalized: Array) -> Array:
        """Return AIC or BIC as a mean squared error; shape (candidates,).

        exp(criterion / n), but for a constant: the mean squared residual times the exponential of
        what a parameter costs. It grows with the criterion, so that it chooses the same, and can be
        drawn beside the other errors.
        """
        count = len(self.train.x)
        return np.asarray(np.exp(penalized / count - 1) / (2 * np.pi))

    def curve(self, criterion: str) -> Array:
        """Return what a criterion takes for the mean squared error; shape (candidates,)."""
        if criterion in ("aic", "bic"):
            return self.as_error(getattr(self, criterion))
        return self.validated[criterion].mean

    @cached_property
    def choices(self) -> dict[str, int]:
        """The place that each way of choosing chooses.

        By the criterion's name; with ``+`` behind it, by the one-standard-error rule; by ``truth``,
        which nobody has.
        """
        found = {}
        for name, curve in self.validated.items():
            found[name], found[name + "+"] = curve.best, curve.simplest
        found["aic"], found["bic"] = int(np.argmin(self.aic)), int(np.argmin(self.bic))
        found["truth"] = int(np.argmin(self.truth))
        return found


@lru_cache(maxsize=16)
def criteria(data: DataSettings, split: SplitSettings, family: Family, fold_seed: int) -> Criteria:
    """Return the criteria for the page's training points; the same settings share one."""
    return Criteria(data, split_sample(data, split).train, family, fold_seed)
