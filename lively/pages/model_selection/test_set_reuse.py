"""Evaluations on the test set, and the selection bias of choosing by them."""

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

#: Points of all simulated test sets together, and the maximum number of sets.
TEST_POINTS, TEST_SETS = 40_000, 2_000


@dataclass(frozen=True)
class HeldOutEvaluation:
    """A model evaluated on the test points; equal ones show the same score.

    Attributes
    ----------
    data, split : settings
        How the test points are made.
    model : PolynomialSettings
        The model, with settings that have no effect at their defaults.
    """

    data: DataSettings
    split: SplitSettings
    model: PolynomialSettings

    @classmethod
    def at(
        cls, data: DataSettings, split: SplitSettings, model: PolynomialSettings
    ) -> "HeldOutEvaluation":
        """Return the evaluation that these settings describe."""
        default = type(model)()
        without = {"alpha": default.alpha} if model.penalty == "none" else {}
        if model.penalty != "elastic":
            without["l1_ratio"] = default.l1_ratio
        return cls(data, split, model.replace(**without))


@dataclass(frozen=True)
class EvaluationResult:
    """Errors of a model fitted to the page's training points, in the square of y's unit.

    Attributes
    ----------
    shown : float
        Mean squared error on the page's own test points.
    interval : tuple of float, or None
        95 % confidence interval for `true` from the test points; None where they cannot give one.
    true : float
        Expected squared error on new points.
    anew : ndarray of shape (sets,)
        Mean squared errors on simulated test sets of the same size, the same for every model.
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
    """Simulate test sets of `count` points each, one after the other."""
    return simulate_sample(data, count * min(TEST_SETS, TEST_POINTS // count), SIMULATED_TESTS)


@lru_cache(maxsize=512)
def evaluate(evaluation: HeldOutEvaluation) -> EvaluationResult:
    """Return a model's error on the test points, in truth, and on simulated test sets."""
    parts = split_sample(evaluation.data, evaluation.split)
    train, test = parts.train, parts.test
    anew = simulate_test_sets(evaluation.data, len(test.x))
    family, place = CandidateFamily.at(evaluation.model)
    everything = np.ones((1, len(train.x)), dtype=bool)
    nodes = quadrature_inputs(evaluation.data)
    first, last = len(test.x), len(test.x) + len(nodes)
    at = np.concatenate([test.x, nodes, anew.x])
    with fast_fitting():
        fitted = fit_candidates(family, train.x, train.y, everything, at)
        freely = prediction_variance(family, place, train.x, train.y, at[:last])
    found = fitted.predictions[0, place]
    squares = (found[:first] - test.y) ** 2
    held = is_representative(evaluation.data, freely[:first], freely[first:])
    return EvaluationResult(
        shown=float(squares.mean()),
        interval=error_interval(squares) if held else None,
        true=float(expected_error(evaluation.data, found[first:last])),
        anew=((found[last:] - anew.y) ** 2).reshape(-1, first).mean(axis=1),
        converged=bool(fitted.converged[0, place]),
    )


@dataclass(frozen=True)
class SelectionBias:
    """The bias of the lowest test error among the models that were evaluated.

    Attributes
    ----------
    hidden : float
        True RMSE of the chosen model minus its test RMSE: the median over the simulated test sets.
        A mean would be dominated by a model with a large error at rare inputs, which is chosen
        whenever these have no test point.
    share : float
        The same as a share of the true RMSE.
    sets, points : int
        Number of test sets, and of points in each.
    """

    hidden: float
    share: float
    sets: int
    points: int


def selection_bias(evaluations: Iterable[HeldOutEvaluation]) -> SelectionBias:
    """Choose among models by the lowest test error, on many simulated test sets.

    The models stay fitted to the page's training points, so that only the choice makes a difference
    (Cawley and Talbot, "On over-fitting in model selection and subsequent selection bias in
    performance evaluation", *JMLR* 11, 2010). A single model has a bias too: the distribution of a
    mean squared error is skewed, and its median lies below its mean.

    Parameters
    ----------
    evaluations : iterable of HeldOutEvaluation
        At least one, all on the same test points.
    """
    evaluations = list(evaluations)
    results = [evaluate(evaluation) for evaluation in evaluations]
    anew = np.array([result.anew for result in results])
    chosen, sets = anew.argmin(axis=0), anew.shape[1]
    shown = np.sqrt(anew[chosen, np.arange(sets)])
    true = np.sqrt([result.true for result in results])[chosen]
    share = np.divide(true - shown, true, out=np.zeros(sets), where=true > 0)
    return SelectionBias(
        hidden=float(np.median(true - shown)),
        share=float(np.median(share)),
        sets=sets,
        points=len(split_sample(evaluations[0].data, evaluations[0].split).test.x),
    )
