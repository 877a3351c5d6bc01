"""How often each way of choosing picks which candidate, and what that costs."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from lively.data.model_selection import ANEW, draw
from lively.models.candidates import Family
from lively.models.model_selection import Criteria
from lively.settings.model_selection import SHORT
from lively.settings.regression import DataSettings
from lively.sweep import sweep
from lively.truths import Array

#: Data sets drawn anew.
DATA_SETS = 200
#: Ways of choosing, in the order in which they are shown: names in `Criteria.choices`.
WAYS = (
    "five",
    "five+",
    "ten",
    "ten+",
    "one",
    "one+",
    "repeated",
    "repeated+",
    "aic",
    "bic",
    "truth",
)


def way_name(way: str) -> str:
    """Return the name of a way to choose: by a criterion's lowest value, or one s.e. from it."""
    return f"{SHORT[way.removesuffix('+')]}{', 1 SE' if way.endswith('+') else ''}"


def pick(
    data: DataSettings, count: int, family: Family, fold_seed: int, number: int
) -> Generator[float, None, tuple[NDArray[np.int_], Array]]:
    """Draw a data set of `count` training points; come to what each way chooses, and its cost.

    Returns
    -------
    ndarray of int, shape (len(WAYS),)
        Places of the candidates.
    ndarray of shape (len(WAYS),)
        Their mean squared errors on new points without end.
    """
    found = Criteria(data, draw(data, count, ANEW, number), family, fold_seed)
    yield from found.steps()
    chosen = np.array([found.choices[way] for way in WAYS])
    return chosen, found.truth[chosen]


@dataclass(eq=False)
class Picks:
    """What has been picked, over data sets drawn anew.

    Attributes
    ----------
    size : int
        How long it takes, beside the criteria of one data set.
    counts : ndarray of int, shape (len(WAYS), candidates)
    errors : list of ndarray of shape (len(WAYS),)
        For each data set, the mean squared errors of what was picked.
    """

    size: ClassVar[int] = DATA_SETS

    data: DataSettings
    count: int
    family: Family
    fold_seed: int
    counts: NDArray[np.int_] = field(init=False)
    errors: list[Array] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.counts = np.zeros((len(WAYS), len(self.family.values)), dtype=int)

    @property
    def sets(self) -> int:
        """Data sets so far."""
        return len(self.errors)

    def steps(self) -> Iterator[float]:
        """Choose on one data set after the other; give the share that is done."""
        task = partial(pick, self.data, self.count, self.family, self.fold_seed)
        for done in sweep(task, range(self.sets, DATA_SETS)):
            if done is not None:
                chosen, errors = done
                self.counts[np.arange(len(WAYS)), chosen] += 1
                self.errors.append(errors)
            yield self.sets / DATA_SETS

    @property
    def excess(self) -> Array:
        """How much larger each way's true error is than the best candidate's; (len(WAYS),).

        The median over the data sets of the ratio of root mean squared errors, less 1: a mean would
        be that of the few data sets in which a high degree strays far.
        """
        if not self.errors:
            return np.full(len(WAYS), np.nan)
        errors = np.array(self.errors)
        best = errors[:, [WAYS.index("truth")]]
        ratio = np.sqrt(np.divide(errors, best, out=np.ones_like(errors), where=best > 0))
        return np.asarray(np.median(ratio, axis=0) - 1)


@lru_cache(maxsize=16)
def picks(data: DataSettings, count: int, family: Family, fold_seed: int) -> Picks:
    """Return the picks, made or not; the same settings share one."""
    return Picks(data, count, family, fold_seed)
