"""Hold bias², variance and test error to a hundred thousand plain refits.

Each refit is scikit-learn's own pipeline on data drawn for it alone, with nothing of the package
but the true function: one data set after the other, and no linear algebra shared between them.
Prints the table of docs/numbers/bias_variance.md.
"""

import argparse
import math
import warnings
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Lasso, LinearRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MinMaxScaler,
    PolynomialFeatures,
    StandardScaler,
)
from threadpoolctl import threadpool_limits

from lively.learning.target_functions import TARGET_FUNCTIONS
from lively.pages.bias_variance.result import BiasVarianceResult
from lively.pages.bias_variance.settings import BiasVarianceSettings

#: Settings of the page that are compared; the first is what it starts with.
CASES: list[dict[str, Any]] = [
    {},
    {"inputs": "fixed"},
    {"degree": 3},
    {"samples": 200, "degree": 10},
    {"degree": 12, "penalty": "ridge", "alpha": 1.0},
    {"degree": 7, "penalty": "lasso", "alpha": 0.1},
    {"function": "step", "noise": 2.0, "degree": 5, "inputs": "fixed"},
    # Past the points: the page's double descent.
    {"samples": 8, "inputs": "fixed", "noise": 1.0, "seed": 53, "degree": 20},
]
#: Even inputs at which brute force takes its means, and refits at a time.
CELLS, LOT = 500, 500


@dataclass
class Sums:
    """Sums over refits, along x: of the errors and of their squares; and of the squares' means."""

    errors: Any
    squares: Any
    means: list[float]


def calm(low: float, high: float, degree: int, x: Any) -> Any:
    """Return Legendre polynomials of which the smallest coefficients make the calmest curve."""
    unit = (2 * x[:, 0] - low - high) / (high - low)
    order = np.arange(1, degree + 1)
    scale = np.sqrt((2 * order + 1) / (order * (order + 1)))
    return np.polynomial.legendre.legvander(unit, degree)[:, 1:] * scale


def refit(changes: dict[str, Any], lot: int) -> Sums:
    """Fit LOT data sets, each drawn anew."""
    settings = BiasVarianceSettings().replace(**changes)
    data, model = settings.data, settings.model
    low, high = data.x_range
    truth = TARGET_FUNCTIONS[data.function]
    middles = low + (np.arange(CELLS) + 0.5) * (high - low) / CELLS
    generator = np.random.default_rng((2026, lot))
    # The first training set's inputs, if all have the same.
    fixed = BiasVarianceResult(settings).training.x[0]
    estimator = {
        "none": LinearRegression(tol=1e-13),
        "ridge": Ridge(model.alpha),
        "lasso": Lasso(model.alpha, tol=1e-8, max_iter=100_000),
    }[model.penalty]
    if model.degree < data.samples or model.penalty != "none":
        pipeline = make_pipeline(
            MinMaxScaler((-1, 1)),
            PolynomialFeatures(model.degree, include_bias=False),
            StandardScaler(),
            estimator,
        )
    else:
        pipeline = make_pipeline(
            FunctionTransformer(partial(calm, low, high, model.degree)), estimator
        )
    sums = Sums(np.zeros(CELLS), np.zeros(CELLS), [])
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore", ConvergenceWarning)
        for _ in range(LOT):
            fresh = low + (high - low) * generator.random(data.samples)
            x = fixed if data.inputs == "fixed" else fresh
            y = truth(x) + data.noise * generator.standard_normal(data.samples)
            errors = pipeline.fit(x[:, None], y).predict(middles[:, None]) - truth(middles)
            sums.errors += errors
            sums.squares += errors**2
            sums.means.append(float(np.mean(errors**2)))
    return sums


def brute_force(changes: dict[str, Any], refits: int) -> tuple[float, float, float, float]:
    """Return bias², variance, their sum with the noise, and the standard error of that sum."""
    with ProcessPoolExecutor() as pool:
        lots = list(pool.map(partial(refit, changes), range(-(-refits // LOT))))
    means = np.concatenate([lot.means for lot in lots])
    count = len(means)
    mean = sum(lot.errors for lot in lots) / count
    variance = (sum(lot.squares for lot in lots) / count - mean**2) * count / (count - 1)
    bias2 = float(np.mean(mean**2 - variance / count))
    noise = BiasVarianceSettings().replace(**changes).data.noise ** 2
    error = float(means.std(ddof=1) / np.sqrt(count))
    return bias2, float(variance.mean()), float(means.mean()) + noise, error


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--refits", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0, help="leave out so many of the settings")
    asked = parser.parse_args()
    refits = asked.refits
    print(f"| settings | | bias² | variance | sum | fresh points |\n{'| --- ' * 6}|")
    largest = 0.0
    for changes in CASES[asked.first :]:
        name = ", ".join(f"{k} {v}" for k, v in changes.items()) or "as the page starts"
        bias2, variance, total, error = brute_force(changes, refits)
        found = f"{bias2:.3f} | {variance:.3f} | {total:.3f} ± {error:.3f}"
        print(f"| {name} | {refits:,} refits | {found} | |")
        settings = BiasVarianceSettings().replace(**changes, data_sets=1000)
        parts = BiasVarianceResult(settings).parts
        told = []
        for part, known, doubt in (
            (parts.bias2, bias2, 0.0),
            (parts.variance, variance, 0.0),
            (parts.total, total, error),
            (parts.test, total, error),
        ):
            value, own = float(part.value[0]), float(part.error[0])
            told.append(f"{value:.3f} ± {own:.3f}")
            largest = max(largest, abs(value - known) / math.hypot(own, doubt))
        print(f"| | 1,000 data sets | {' | '.join(told)} |", flush=True)
    print(f"\nLargest difference: {largest:.1f} standard errors.")


if __name__ == "__main__":
    main()
