"""How often each method chooses each candidate, and the error that this adds."""

from dataclasses import dataclass, field
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from lively.arrays import Array
from lively.engine.incremental import IncrementalTask, Progress, subtask
from lively.engine.parallel import map_incremental
from lively.learning.data_settings import DataSettings
from lively.pages.model_selection.candidates import CandidateFamily
from lively.pages.model_selection.criteria import Criteria
from lively.pages.model_selection.data import SIMULATED, simulate_sample
from lively.pages.model_selection.settings import SHORT

#: Number of simulated data sets.
DATA_SETS = 200
#: Selection methods in the order in which they are shown; keys of `Criteria.choices`.
METHODS = (
    "five",
    "five+",
    "ten",
    "ten+",
    "one",
    "one+",
    "repeated",
    "repeated+",
    "aic",
    "aicc",
    "bic",
    "truth",
)


#: The return value of `simulate_selection`.
Choices = tuple[NDArray[np.int_], Array, bool]


def method_name(method: str) -> str:
    """Return the label of a method: a criterion's minimum, or the one-standard-error rule."""
    return f"{SHORT[method.removesuffix('+')]}{', 1 SE' if method.endswith('+') else ''}"


def simulate_selection(
    data: DataSettings, count: int, family: CandidateFamily, fold_seed: int, number: int
) -> Progress[Choices]:
    """Simulate a data set of `count` training points, and choose by each method.

    Returns
    -------
    ndarray of int, shape (len(METHODS),)
        Indices of the candidates.
    ndarray of shape (len(METHODS),)
        Their expected squared errors on new points.
    bool
        Whether all fits converged that these use.
    """
    criteria = Criteria(data, simulate_sample(data, count, SIMULATED, number), family, fold_seed)
    yield from criteria.steps()
    chosen = np.array([criteria.choices[method] for method in METHODS])
    converged = [
        criteria.converged("aic" if method == "truth" else method.removesuffix("+"))[place]
        for method, place in zip(METHODS, chosen, strict=True)
    ]
    return chosen, criteria.truth[chosen], bool(all(converged))


@dataclass(eq=False)
class SelectionFrequency(IncrementalTask[None]):
    """Choices of each method over simulated data sets.

    Attributes
    ----------
    counts : ndarray of int, shape (len(METHODS), candidates)
    errors : list of ndarray of shape (len(METHODS),)
        For each data set, the expected squared errors of the chosen candidates.
    unconverged : int
        Data sets on which a chosen fit did not converge.
    """

    data: DataSettings
    count: int
    family: CandidateFamily
    fold_seed: int
    counts: NDArray[np.int_] = field(init=False)
    errors: list[Array] = field(default_factory=list)
    unconverged: int = 0

    def __post_init__(self) -> None:
        super().__init__(self._simulate, resumes=True)
        self.counts = np.zeros((len(METHODS), len(self.family.values)), dtype=int)

    @property
    def sets(self) -> int:
        """Number of data sets so far."""
        return len(self.errors)

    def _simulate(self) -> Progress[None]:
        steps = partial(simulate_selection, self.data, self.count, self.family, self.fold_seed)
        numbers = range(self.sets, DATA_SETS)
        yield from subtask(map_incremental(steps, numbers, self._collect), self.sets / DATA_SETS, 1)

    def _collect(self, choices: Choices) -> None:
        chosen, errors, converged = choices
        self.unconverged += not converged
        self.counts[np.arange(len(METHODS)), chosen] += 1
        self.errors.append(errors)

    @property
    def ratios(self) -> Array:
        """True RMSE of the choices over that of the best candidate; shape (sets, len(METHODS))."""
        errors = np.array(self.errors).reshape(-1, len(METHODS))
        best = errors[:, [METHODS.index("truth")]]
        ratio = np.divide(errors, best, out=np.ones_like(errors), where=best > 0)
        return np.asarray(np.sqrt(ratio))

    @property
    def median_cost(self) -> Array:
        """Median of the ratios over data sets, minus 1; shape (len(METHODS),)."""
        return np.median(self.ratios, axis=0) - 1 if self.errors else np.full(len(METHODS), np.nan)

    @property
    def mean_cost(self) -> Array:
        """Mean of the ratios minus 1, dominated by a few data sets with a very bad choice."""
        return self.ratios.mean(axis=0) - 1 if self.errors else np.full(len(METHODS), np.nan)


@lru_cache(maxsize=16)
def selection_frequency(
    data: DataSettings, count: int, family: CandidateFamily, fold_seed: int
) -> SelectionFrequency:
    """Return the task; equal settings share one."""
    return SelectionFrequency(data, count, family, fold_seed)
