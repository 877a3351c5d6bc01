"""Evaluations on the test set: what has been seen of it, and what choosing by it does."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lively.arrays import Array
from lively.learning.data_settings import DataSettings
from lively.learning.fast_fits import fast_fitting
from lively.learning.noisy_sample import Sample, split_sample
from lively.learning.polynomial_settings import PolynomialSettings
from lively.learning.split import SplitSettings
from lively.pages.model_selection.batched_fits import fit_candidates
from lively.pages.model_selection.candidates import CandidateFamily
from lively.pages.model_selection.data import SIMULATED_TESTS, simulate_sample
from lively.pages.model_selection.degrees_of_freedom import prediction_variance
from lively.pages.model_selection.error_interval import error_interval, is_representative
from lively.pages.model_selection.generalization_error import expected_error, quadrature_inputs

#: Points in all simulated test sets, and the most of these sets.
TEST_POINTS, TEST_SETS = 40_000, 2_000


@dataclass(frozen=True)
class HeldOutEvaluation:
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
    def at(
        cls, data: DataSettings, split: SplitSettings, model: PolynomialSettings
    ) -> "HeldOutEvaluation":
        """Return the look at what these settings describe."""
        default = type(model)()
        without = {"alpha": default.alpha} if model.penalty == "none" else {}
        if model.penalty != "elastic":
            without["l1_ratio"] = default.l1_ratio
        return cls(data, split, model.replace(**without))


@dataclass(frozen=True)
class EvaluationResult:
    """How a model of the page's training points does on test points, in the square of y's unit.

    Attributes
    ----------
    shown : float
        Mean squared error on the page's own test points.
    interval : tuple of float, or None
        95 % interval for `true`, from the test points alone; None where they cannot give one.
    true : float
        Expected squared error on new points.
    anew : ndarray of shape (sets,)
        Mean squared errors on simulated test sets of as many points: the same sets for every model.
    converged : bool
        Whether the fit met its optimality conditions.
    """

    shown: float
    interval: tuple[float, float] | None
    true: float
    anew: Array
    converged: bool

    @property
    def roots(self) -> tuple[float, float]:
        """Roots of `shown` and `true`."""
        return float(np.sqrt(self.shown)), float(np.sqrt(self.true))

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The interval for the root of `true`, or None."""
        if self.interval is None:
            return None
        return float(np.sqrt(self.interval[0])), float(np.sqrt(self.interval[1]))


@lru_cache(maxsize=4)
def simulate_test_sets(data: DataSettings, count: int) -> Sample:
    """Simulate test sets of `count` points each, one behind the other."""
    return simulate_sample(data, count * min(TEST_SETS, TEST_POINTS // count), SIMULATED_TESTS)


@lru_cache(maxsize=512)
def evaluate(look: HeldOutEvaluation) -> EvaluationResult:
    """Judge a model by the page's test points, by the true error, and by simulated test sets."""
    parts = split_sample(look.data, look.split)
    train, test = parts.train, parts.test
    anew = simulate_test_sets(look.data, len(test.x))
    family, place = CandidateFamily.at(look.model)
    everything = np.ones((1, len(train.x)), dtype=bool)
    nodes = quadrature_inputs(look.data)
    first, last = len(test.x), len(test.x) + len(nodes)
    at = np.concatenate([test.x, nodes, anew.x])
    with fast_fitting():
        fitted = fit_candidates(family, train.x, train.y, everything, at)
        freely = prediction_variance(family, place, train.x, train.y, at[:last])
    found = fitted.predictions[0, place]
    squares = (found[:first] - test.y) ** 2
    held = is_representative(look.data, freely[:first], freely[first:])
    return EvaluationResult(
        shown=float(squares.mean()),
        interval=error_interval(squares) if held else None,
        true=float(expected_error(look.data, found[first:last])),
        anew=((found[last:] - anew.y) ** 2).reshape(-1, first).mean(axis=1),
        converged=bool(fitted.converged[0, place]),
    )


@dataclass(frozen=True)
class SelectionBias:
    """What it does to keep the model with the lowest test error among those evaluated.

    Attributes
    ----------
    hidden : float
        How much less than its true root mean squared error the kept model's test error is: the
        median over the simulated test sets. A mean would be dominated by one model that errs
        greatly in rare places, and is kept when these hold no test point.
    share : float
        How much that is of the true one, likewise.
    sets, points : int
        Test sets, and points in each.
    """

    hidden: float
    share: float
    sets: int
    points: int


def selection_bias(looks: Iterable[HeldOutEvaluation]) -> SelectionBias:
    """Let the lowest test error choose among models, on many simulated test sets.

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
    judged = [evaluate(look) for look in looks]
    anew = np.array([found.anew for found in judged])
    chosen, sets = anew.argmin(axis=0), anew.shape[1]
    shown = np.sqrt(anew[chosen, np.arange(sets)])
    true = np.sqrt([found.true for found in judged])[chosen]
    share = np.divide(true - shown, true, out=np.zeros(sets), where=true > 0)
    return SelectionBias(
        hidden=float(np.median(true - shown)),
        share=float(np.median(share)),
        sets=sets,
        points=len(split_sample(looks[0].data, looks[0].split).test.x),
    )
