"""How often each way of choosing picks which candidate, and what that costs."""

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

#: Simulated data sets.
DATA_SETS = 200
#: Ways of choosing, in the order in which they are shown: names in `Criteria.choices`.
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


#: Places of the candidates that each method chooses, their expected errors, and whether all fits
#: converged that these rest on.
Choices = tuple[NDArray[np.int_], Array, bool]


def method_name(way: str) -> str:
    """Return the name of a way to choose: by a criterion's lowest value, or one s.e. from it."""
    return f"{SHORT[way.removesuffix('+')]}{', 1 SE' if way.endswith('+') else ''}"


def simulate_selection(
    data: DataSettings, count: int, family: CandidateFamily, fold_seed: int, number: int
) -> Progress[Choices]:
    """Simulate a data set of `count` training points; return what each way chooses, and its cost.

    Returns
    -------
    ndarray of int, shape (len(WAYS),)
        Places of the candidates.
    ndarray of shape (len(WAYS),)
        Their expected squared errors on new points.
    bool
        Whether all fits converged that these rest on.
    """
    found = Criteria(data, simulate_sample(data, count, SIMULATED, number), family, fold_seed)
    yield from found.steps()
    chosen = np.array([found.choices[way] for way in METHODS])
    converged = [
        found.converged("aic" if way == "truth" else way.removesuffix("+"))[place]
        for way, place in zip(METHODS, chosen, strict=True)
    ]
    return chosen, found.truth[chosen], bool(all(converged))


@dataclass(eq=False)
class SelectionFrequency(IncrementalTask[None]):
    """What has been picked, over simulated data sets.

    Attributes
    ----------
    counts : ndarray of int, shape (len(WAYS), candidates)
    errors : list of ndarray of shape (len(WAYS),)
        For each data set, the expected squared errors of what was picked.
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
        """Data sets so far."""
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
        """How many times the best candidate's true RMSE a pick's is; shape (sets, len(WAYS))."""
        errors = np.array(self.errors).reshape(-1, len(METHODS))
        best = errors[:, [METHODS.index("truth")]]
        ratio = np.divide(errors, best, out=np.ones_like(errors), where=best > 0)
        return np.asarray(np.sqrt(ratio))

    @property
    def median_cost(self) -> Array:
        """The median over the data sets of the ratios, less 1: a usual data set; (len(WAYS),)."""
        return np.median(self.ratios, axis=0) - 1 if self.errors else np.full(len(METHODS), np.nan)

    @property
    def mean_cost(self) -> Array:
        """Their mean, less 1, in which a few data sets with a disastrous pick weigh most."""
        return self.ratios.mean(axis=0) - 1 if self.errors else np.full(len(METHODS), np.nan)


@lru_cache(maxsize=16)
def selection_frequency(
    data: DataSettings, count: int, family: CandidateFamily, fold_seed: int
) -> SelectionFrequency:
    """Return the picks, made or not; the same settings share one."""
    return SelectionFrequency(data, count, family, fold_seed)
