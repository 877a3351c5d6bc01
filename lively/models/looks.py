"""Looking at test points: what has been seen of them, and what choosing by it does."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lively.data.model_selection import TESTS, draw
from lively.data.regression import Sample, split_sample
from lively.models.candidates import Family
from lively.models.shared import fast
from lively.models.stacked import predictions
from lively.models.unseen import places, true_error
from lively.settings.regression import DataSettings, PolynomialSettings
from lively.settings.shared import SplitSettings
from lively.truths import Array

#: Points in all test sets that are drawn anew, and the most of these sets.
TEST_POINTS, TEST_SETS = 40_000, 2_000


@dataclass(frozen=True)
class Look:
    """Somebody has seen how a model does on the test points.

    Attributes
    ----------
    data, split : settings
        What the test points are.
    model : PolynomialSettings
        What was judged by them, with nothing in it that has no effect.
    """

    data: DataSettings
    split: SplitSettings
    model: PolynomialSettings

    @classmethod
    def at(cls, data: DataSettings, split: SplitSettings, model: PolynomialSettings) -> "Look":
        """Return the look at what these settings describe."""
        default = type(model)()
        without = {"alpha": default.alpha} if model.penalty == "none" else {}
        if model.penalty != "elastic":
            without["l1_ratio"] = default.l1_ratio
        return cls(data, split, model.replace(**without))


@dataclass(frozen=True)
class Judged:
    """What a model of the page's training points makes of test points, in the square of y's unit.

    Attributes
    ----------
    shown : float
        Mean squared error on the page's own test points.
    error : float
        The same of its squared error: the standard error of `shown`.
    true : float
        Mean squared error on new points without end.
    anew : ndarray of shape (sets,)
        Mean squared errors on test sets drawn anew, of as many points: the same sets for every
        model.
    """

    shown: float
    error: float
    true: float
    anew: Array

    @property
    def roots(self) -> tuple[float, float, float]:
        """Roots of `shown` and `true`, and the standard error of the first.

        The delta method: of a root, it is that of the square over twice the root.
        """
        root = float(np.sqrt(self.shown))
        return root, float(np.sqrt(self.true)), self.error / (2 * root) if root else 0.0


@lru_cache(maxsize=4)
def tests_anew(data: DataSettings, count: int) -> Sample:
    """Draw test sets of `count` points each, one behind the other."""
    return draw(data, count * min(TEST_SETS, TEST_POINTS // count), TESTS)


@lru_cache(maxsize=512)
def judge(look: Look) -> Judged:
    """Judge a model by the page's test points, by the truth, and by test sets drawn anew."""
    parts = split_sample(look.data, look.split)
    train, test = parts.train, parts.test
    anew = tests_anew(look.data, len(test.x))
    family, place = Family.at(look.model)
    everything = np.ones((1, len(train.x)), dtype=bool)
    nodes = places(look.data)
    with fast():
        at = np.concatenate([test.x, nodes, anew.x])
        found = predictions(family, train.x, train.y, everything, at)[0, place]
    first, last = len(test.x), len(test.x) + len(nodes)
    squares = (found[:first] - test.y) ** 2
    return Judged(
        shown=float(squares.mean()),
        error=float(squares.std(ddof=1) / np.sqrt(first)),
        true=float(true_error(look.data, found[first:last])),
        anew=((found[last:] - anew.y) ** 2).reshape(-1, first).mean(axis=1),
    )


@dataclass(frozen=True)
class Optimism:
    """What it does to keep the model with the lowest test error among those looked at.

    Attributes
    ----------
    hidden : float
        How much less than its true root mean squared error the kept model's test error is: the
        median over the test sets drawn anew. One model that strays far in rare places, and is
        kept when they hold no test point, would have a mean for itself.
    share : float
        How much that is of the true one, likewise.
    sets, points : int
        Test sets, and points in each.
    """

    hidden: float
    share: float
    sets: int
    points: int


def optimism(looks: Iterable[Look]) -> Optimism:
    """Let the lowest test error choose among models, on many test sets drawn anew.

    The models stay as they are, fitted to the page's training points; so nothing but the choice
    makes the difference (Cawley and Talbot, "On over-fitting in model selection and subsequent
    selection bias in performance evaluation", *JMLR* 11, 2010). Of a single one, it is what is left
    without a choice: an error has more large values than small ones, and so its median lies below
    its mean.

    Parameters
    ----------
    looks : iterable of Look
        At least one, all at the same test points.
    """
    looks = list(looks)
    judged = [judge(look) for look in looks]
    anew = np.array([found.anew for found in judged])
    chosen, sets = anew.argmin(axis=0), anew.shape[1]
    shown = np.sqrt(anew[chosen, np.arange(sets)])
    true = np.sqrt([found.true for found in judged])[chosen]
    share = np.divide(true - shown, true, out=np.zeros(sets), where=true > 0)
    return Optimism(
        hidden=float(np.median(true - shown)),
        share=float(np.median(share)),
        sets=sets,
        points=len(split_sample(looks[0].data, looks[0].split).test.x),
    )
