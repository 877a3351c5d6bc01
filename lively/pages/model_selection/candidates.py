"""The candidate models.

A candidate is a degree, or a weight of the penalty at one degree. They are sorted from simple to
complex, so that the first of several equal ones is the simplest.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from lively.arrays import Array
from lively.engine.fields import bounds
from lively.learning.polynomial_settings import ALPHAS, DEGREES, HIGHEST, LOWEST, PolynomialSettings
from lively.pages.model_selection.settings import ALPHA_STEPS, SelectionModelSettings

LEAST_WEIGHT, MOST_WEIGHT = bounds(SelectionModelSettings.model_fields["alpha"])
#: The candidates' weights, the strongest first: two a decade, on the grid of the slider.
WEIGHTS = tuple(
    weight
    for weight in map(ALPHA_STEPS.snap, ALPHAS[::-1])
    if LEAST_WEIGHT <= weight <= MOST_WEIGHT
)


@dataclass(frozen=True)
class CandidateFamily:
    """The candidates of one selection.

    Attributes
    ----------
    penalty : str
    degree : int
        The highest power of x; without a penalty, that of the most complex candidate.
    l1_ratio : float
        Share of the LASSO's penalty.
    weights : tuple of float
        The candidates' alphas; empty without a penalty, where the candidates are the degrees.
    """

    penalty: str
    degree: int = HIGHEST
    l1_ratio: float = 1.0
    weights: tuple[float, ...] = ()

    @classmethod
    def of(cls, model: PolynomialSettings, weights: tuple[float, ...] = WEIGHTS) -> Self:
        """Return the family of which `model` is a candidate."""
        if model.penalty == "none":
            return cls("none")
        return cls(model.penalty, model.degree, model.l1_share, weights)

    @classmethod
    def at(cls, model: PolynomialSettings) -> tuple[Self, int]:
        """Return a family that contains `model` exactly, and its index there."""
        if model.penalty == "none":
            return cls("none"), model.degree - LOWEST
        return cls.of(model, (model.alpha,)), 0

    @cached_property
    def values(self) -> Array:
        """The candidates: degrees, or alphas from strong to weak."""
        return np.array(self.weights) if self.weights else DEGREES.astype(float)

    @property
    def name(self) -> str:
        """Name of the setting in which the candidates differ."""
        return "alpha" if self.weights else "degree"

    def setting(self, place: int) -> int | float:
        """Return the value of that setting for a candidate."""
        value = self.values[place]
        return float(value) if self.weights else int(value)

    @property
    def slow(self) -> bool:
        """Whether a fit is iterative, without a closed form."""
        return self.penalty in ("lasso", "elastic")
