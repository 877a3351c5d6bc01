"""Model selection criteria: their estimates for every candidate, and what they choose."""

from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from lively.arrays import Array
from lively.engine.incremental import IncrementalTask, Progress
from lively.learning.cross_validation import CrossValidationCurve, shuffled_folds, training_masks
from lively.learning.data_settings import DataSettings
from lively.learning.fast_fits import fast_fitting
from lively.learning.noisy_sample import Sample, split_sample
from lively.learning.split import SplitSettings
from lively.pages.model_selection.batched_fits import fit_candidates, fold_batches
from lively.pages.model_selection.candidates import CandidateFamily
from lively.pages.model_selection.data import REPEATS
from lively.pages.model_selection.degrees_of_freedom import candidate_degrees_of_freedom
from lively.pages.model_selection.generalization_error import expected_error, quadrature_inputs
from lively.pages.model_selection.settings import INFORMATION

#: Share of the variance of y below which a mean squared residual is a rounding error.
ROUNDING = 1e-20


@dataclass(eq=False)
class Criteria(IncrementalTask[None]):
    """The estimates of all criteria for every candidate, from one training set.

    The task is the cross-validation.

    Parameters
    ----------
    data : DataSettings
        How the points were simulated; only `truth` uses it.
    train : Sample
    family : CandidateFamily
    fold_seed : int
    """

    data: DataSettings
    train: Sample
    family: CandidateFamily
    fold_seed: int
    _errors: Array = field(init=False)

    def __post_init__(self) -> None:
        super().__init__(self._cross_validate)
        count, seed = len(self.train.x), self.fold_seed
        divided = {
            "repeated": [f for r in range(REPEATS) for f in shuffled_folds(count, 5, seed, r)],
            "ten": shuffled_folds(count, 10, seed),
            "one": shuffled_folds(count, count, seed),
        }
        held_out = [fold for folds in divided.values() for fold in folds]
        self.counts = {name: len(folds) for name, folds in divided.items()}
        self._masks = training_masks(count, held_out)
        self._errors = np.empty((len(held_out), len(self.family.values)))
        self._converged = np.ones(self._errors.shape, dtype=bool)
        # Smaller errors are rounding, and count as equal: none is chosen for being the smaller one.
        self._smallest = max(ROUNDING * float(np.var(self.train.y)), np.finfo(np.float64).tiny)

    def _cross_validate(self) -> Progress[None]:
        x, y = self.train.x, self.train.y
        for part in fold_batches(self.family, self._masks):
            masks = self._masks[part]
            with fast_fitting():
                found = fit_candidates(self.family, x, y, masks, x)
            held_out = ~masks / np.sum(~masks, axis=1, keepdims=True)
            errors = ((found.predictions - y) ** 2 @ held_out[:, :, None])[:, :, 0]
            self._errors[part] = np.maximum(errors, self._smallest)
            self._converged[part] = found.converged
            yield (part.start + len(masks)) / len(self._masks)

    @cached_property
    def validated(self) -> dict[str, CrossValidationCurve]:
        """The cross-validated curves, by the criterion's name."""
        self.finish()
        found, start = {}, 0
        for name, count in self.counts.items():
            found[name] = self._errors[start : start + count]
            start += count
        five = found["repeated"][: self.counts["repeated"] // REPEATS]
        return {
            "five": CrossValidationCurve.of(five),
            "ten": CrossValidationCurve.of(found["ten"]),
            "one": CrossValidationCurve.of(found["one"]),
            "repeated": CrossValidationCurve.of(found["repeated"], REPEATS),
        }

    @cached_property
    def _fitted(self) -> tuple[Array, Array, NDArray[np.bool_]]:
        """Fits to all training points: errors on these, true errors, and whether they converged."""
        x, y = self.train.x, self.train.y
        everything = np.ones((1, len(x)), dtype=bool)
        with fast_fitting():
            at = np.concatenate([x, quadrature_inputs(self.data)])
            fitted = fit_candidates(self.family, x, y, everything, at)
        found = fitted.predictions[0]
        own = np.mean((found[:, : len(x)] - y) ** 2, axis=1)
        true = expected_error(self.data, found[:, len(x) :])
        return own, np.maximum(true, self._smallest), fitted.converged[0]

    @property
    def training(self) -> Array:
        """Mean squared error on the training points; shape (candidates,)."""
        return self._fitted[0]

    @property
    def truth(self) -> Array:
        """Expected squared error on new points; shape (candidates,)."""
        return self._fitted[1]

    def converged(self, criterion: str) -> NDArray[np.bool_]:
        """Return for which candidates all fits converged that a criterion and its errors use."""
        own = self._fitted[2]
        if criterion in INFORMATION:
            return own
        _ = self.validated
        start = dict(zip(self.counts, np.cumsum([0, *self.counts.values()]), strict=False))
        start["five"] = start["repeated"]
        count = self.counts.get(criterion, self.counts["repeated"] // REPEATS)
        folds = self._converged[start[criterion] : start[criterion] + count]
        return np.asarray(own & folds.all(axis=0))

    @cached_property
    def parameters(self) -> Array:
        """Effective numbers of parameters: slopes, the intercept and the noise variance."""
        with fast_fitting():
            return candidate_degrees_of_freedom(self.family, self.train.x, self.train.y) + 2

    def penalized(self, weight: float) -> Array:
        """Return −2 log likelihood plus `weight` for each parameter; shape (candidates,).

        The likelihood is that of normal noise, at its maximum over the variance: the mean squared
        residual. Infinite where a candidate has enough slopes to interpolate the points,
        since the likelihood is then unbounded.
        """
        count = len(self.train.x)
        variance = np.maximum(self.training, self._smallest)
        fitted = count * (np.log(2 * np.pi * variance) + 1) + weight * self.parameters
        return np.where(self.parameters < count, fitted, np.inf)

    @property
    def aic(self) -> Array:
        """Akaike's criterion ("A new look at the statistical model identification", 1974)."""
        return self.penalized(2.0)

    @property
    def aicc(self) -> Array:
        """AIC corrected for few points; infinite where there are too few for the correction.

        Hurvich and Tsai, "Regression and time series model selection in small samples",
        *Biometrika* 76 (1989); with effective numbers of parameters where there is a penalty.
        """
        left = len(self.train.x) - self.parameters - 1
        more = 2 * self.parameters * (self.parameters + 1) / np.where(left > 0, left, np.nan)
        return np.where(left > 0, self.aic + more, np.inf)

    @property
    def bic(self) -> Array:
        """Schwarz's criterion ("Estimating the dimension of a model", 1978)."""
        return self.penalized(float(np.log(len(self.train.x))))

    def as_error(self, penalized: Array) -> Array:
        """Return AIC, AICc or BIC as a mean squared error; shape (candidates,).

        exp(criterion / n) up to a constant factor: the mean squared residual times the exponential
        of the penalty. It is monotonic in the criterion, so that it chooses the same candidate, and
        can be drawn beside the other errors.
        """
        count = len(self.train.x)
        return np.asarray(np.exp(penalized / count - 1) / (2 * np.pi))

    def curve(self, criterion: str) -> Array:
        """Return a criterion's estimate of the mean squared error; shape (candidates,)."""
        if criterion in INFORMATION:
            return self.as_error(getattr(self, criterion))
        return self.validated[criterion].mean

    @cached_property
    def choices(self) -> dict[str, int]:
        """Index of the candidate that each method chooses.

        The keys are names of criteria; with ``+`` appended, the one-standard-error rule; ``truth``
        is the lowest true error, known only in a simulation.
        """
        chosen = {}
        for name, curve in self.validated.items():
            chosen[name], chosen[name + "+"] = curve.best, curve.simplest
        for name in INFORMATION:
            chosen[name] = int(np.argmin(getattr(self, name)))
        chosen["truth"] = int(np.argmin(self.truth))
        return chosen


@lru_cache(maxsize=16)
def criteria(
    data: DataSettings, split: SplitSettings, family: CandidateFamily, fold_seed: int
) -> Criteria:
    """Return the criteria of the page's training points; equal settings share one object."""
    return Criteria(data, split_sample(data, split).train, family, fold_seed)
