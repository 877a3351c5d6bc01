"""How often the uncertainties on the page on bias and variance cover what they estimate.

For each state, the page's estimates at many seeds beside the expected values, which come by another
way: the noise is averaged exactly, by the matrix that takes outputs to predictions, and the inputs
are averaged over a hundred thousand designs, drawn from five distributions of the outermost points
and weighted. LASSO and elastic net have no such matrix: their expected values are the means of the
page's own over other seeds, at 1,000 data sets. Prints the tables of docs/numbers/bias_variance.md,
in some 25 minutes on one core:

    OMP_NUM_THREADS=1 .venv/bin/python benchmarks/coverage_bias_variance.py
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import numpy as np

from lively.learning.bias_variance_decomposition import quadrature
from lively.learning.polynomial_features import ScaledPowers
from lively.learning.target_functions import TARGET_FUNCTIONS
from lively.pages.bias_variance import result as results
from lively.pages.bias_variance.data import training_sets
from lively.pages.bias_variance.model import is_linear
from lively.pages.bias_variance.result import BINS, GRID_POINTS, BiasVarianceResult
from lively.pages.bias_variance.settings import BiasVarianceSettings

START = BiasVarianceSettings()
#: Powers of n / 2 that give the points whose outermost a design has; `None` for all n.
LADDER = (None, 0.0, 0.25, 0.5, 0.75)
LOT = 2000


@dataclass(frozen=True)
class Expected:
    """Expected parts at some inputs: bias², variance, and the standard error of their mean sum."""

    bias2: Any
    variance: Any
    doubt: float


def designs(generator: np.random.Generator, count: int, samples: int) -> tuple[Any, Any]:
    """Draw inputs on 0..1, and their weights."""
    sizes = [samples if e is None else 2 * (samples / 2) ** e for e in LADDER]
    few = np.resize(sizes, count)[:, None]
    x = generator.random((count, samples))
    left = 1 - x[:, :1] ** (1 / few)
    right = (1 - left) * (1 - x[:, 1:2] ** (1 / (few - 1)))
    x = np.hstack([left, 1 - right, left + (1 - left - right) * x[:, 2:]])
    log = np.log(np.ptp(x, axis=1))
    ratios = [m * (m - 1) / samples / (samples - 1) * np.exp((m - samples) * log) for m in sizes]
    return x, len(sizes) / np.sum(ratios, axis=0)


def smoothers(settings: BiasVarianceSettings, x: Any, at: Any) -> Any:
    """Return the matrices that take outputs to predictions; shape (count, len(at), n)."""
    data, model = settings.data, settings.model
    low, high = data.x_range
    if model.penalty == "none":
        units = [(2 * each - low - high) / (high - low) for each in (x, at)]
        Z, G = (np.polynomial.legendre.legvander(unit, model.degree) for unit in units)
        scale = np.sqrt(2 * np.arange(model.degree + 1) + 1)
        if model.degree < data.samples:
            return (G * scale) @ np.linalg.pinv(Z * scale, rcond=1e-14)
        order = np.arange(1, model.degree + 1)
        calm = np.sqrt((2 * order + 1) / (order * (order + 1)))
        Z, G = Z[..., 1:] * calm, G[..., 1:] * calm
    else:
        powers = ScaledPowers.of(x, model.degree)
        Z, G = powers(x), powers(np.broadcast_to(at, (len(x), len(at))))
    mean = Z.mean(axis=1, keepdims=True)
    Zc = Z - mean
    if model.penalty == "none":
        slopes = np.linalg.pinv(Zc, rcond=1e-12)
    else:
        gram = Zc.swapaxes(1, 2) @ Zc + model.alpha * np.eye(model.degree)
        slopes = np.linalg.solve(gram, Zc.swapaxes(1, 2))
    n = x.shape[1]
    return (G - mean) @ (slopes - slopes.mean(axis=2, keepdims=True)) + 1 / n


def expected(settings: BiasVarianceSettings, at: Any, weights: Any, count: int) -> Expected:
    """Return the expected parts at the inputs `at`; the doubt is that of their weighted mean."""
    data = settings.data
    truth = TARGET_FUNCTIONS[data.function]
    low, high = data.x_range
    generator = np.random.default_rng(2027)
    sums = np.zeros((3, len(at)))
    counted, means = [], []
    lots: Iterator[tuple[Any, Any]]
    if data.inputs == "fixed":
        lots = iter([(training_sets(data).x[:1], np.ones(1))])
    else:
        drawn = (designs(generator, LOT, data.samples) for _ in range(-(-count // LOT)))
        lots = ((low + (high - low) * x, w) for x, w in drawn)
    for x, w in lots:
        S = smoothers(settings, x, at)
        bias = np.einsum("imn,in->im", S, truth(x)) - truth(at)
        spread = data.noise**2 * (S**2).sum(axis=2)
        sums += [w @ bias, w @ bias**2, w @ spread]
        counted.append(w)
        means.append((bias**2 + spread) @ weights)
    w, each = np.concatenate(counted), np.concatenate(means)
    first, second, third = sums / w.sum()
    mean = w @ each / w.sum()
    doubt = float(np.sqrt(np.sum((w * (each - mean)) ** 2)) / w.sum())
    return Expected(first**2, second - first**2 + third, doubt if len(w) > 1 else 0.0)


def truths(settings: BiasVarianceSettings, count: int) -> dict[str, Any]:
    """Return the expected values of all that the page estimates."""
    data = settings.data
    nodes, weights = quadrature(*data.x_range)
    grid = np.linspace(*data.x_range, GRID_POINTS)
    edges = np.linspace(*data.x_range, BINS + 1)
    inner, share = np.polynomial.legendre.leggauss(12)
    half = (edges[1] - edges[0]) / 2
    inside = (edges[:-1, None] + half * (1 + inner)).ravel()
    everywhere = np.concatenate([nodes, grid[::10], inside])
    found = expected(
        settings, everywhere, np.pad(weights, (0, len(everywhere) - len(nodes))), count
    )
    ends = np.cumsum([len(nodes), len(grid[::10])])
    (b, b_along, b_in), (v, v_along, v_in) = (
        np.split(p, ends) for p in (found.bias2, found.variance)
    )
    noise = data.noise**2
    bias2, variance = weights @ b, weights @ v
    total = bias2 + variance + noise
    return {
        "bias2": bias2, "variance": variance, "total": total, "test": total,
        "share bias2": bias2 / total, "share variance": variance / total,
        "share noise": noise / total,
        "bias2 along x": b_along, "variance along x": v_along,
        "test along x": noise + (b_in + v_in).reshape(BINS, -1) @ share / 2,
        "doubt": found.doubt,
    }  # fmt: skip


def shown(settings: BiasVarianceSettings) -> dict[str, Any]:
    """Return what the page estimates, with the standard errors."""
    result = BiasVarianceResult(settings)
    parts, along = result.parts, result.parts_along
    bias2, variance, noise, _ = parts.shares
    return {
        "bias2": parts.bias2, "variance": parts.variance, "total": parts.total, "test": parts.test,
        "share bias2": bias2, "share variance": variance, "share noise": noise,
        "bias2 along x": tuple(e[::10] for e in along.bias2),
        "variance along x": tuple(e[::10] for e in along.variance),
        "test along x": result.measured_along,
    }  # fmt: skip


def own_truths(settings: BiasVarianceSettings, seeds: range) -> dict[str, Any]:
    """Return the means of the page's own estimates at other seeds, at 1,000 data sets."""
    many = settings.replace(data_sets=1000)
    found = [shown(many.replace(seed=seed)) for seed in seeds]
    return {name: np.mean([each[name][0] for each in found], axis=0) for name in found[0]}


def coverage(settings: BiasVarianceSettings, seeds: range, count: int) -> tuple[Any, Any]:
    """Return the expected values, and for each estimate the share of seeds within 2 errors."""
    fixed = settings.data.inputs == "fixed"
    if is_linear(settings.model):
        truth = truths(settings, count)
    else:
        truth = own_truths(settings, range(9000, 9015))
    found: dict[str, list[Any]] = {}
    for seed in seeds:
        if fixed:
            # Each seed has inputs of its own, and the expected values that belong to them.
            truth = truths(settings.replace(seed=seed), count)
        for name, (value, error) in shown(settings.replace(seed=seed)).items():
            found.setdefault(name, []).append(np.mean(np.abs(value - truth[name]) <= 2 * error))
    return truth, {name: float(np.mean(each)) for name, each in found.items()}


def has_errors(settings: BiasVarianceSettings) -> bool:
    """Say whether the page states errors in a state, and the state has noise."""
    return bool(BiasVarianceResult(settings).parts.stated.all()) and settings.data.noise > 0


def random_states(count: int, seed: int) -> Iterator[BiasVarianceSettings]:
    """Yield random states of least squares and ridge in which the page states errors."""
    generator = np.random.default_rng(seed)
    while count:
        state = START.replace(
            function=str(generator.choice(list(TARGET_FUNCTIONS))),
            samples=int(generator.choice([8, 12, 15, 20, 25, 35, 50, 80, 120])),
            noise=float(generator.choice([0.2, 1.0, 2.0, 5.0, 10.0])),
            inputs=str(generator.choice(["fresh", "fresh", "fixed"])),
            data_sets=int(generator.choice([50, 100, 200, 400])),
            degree=int(generator.integers(1, 13)),
            penalty=str(generator.choice(["none", "ridge"])),
            alpha=float(10.0 ** generator.integers(-2, 3)),
        )
        if has_errors(state):
            count -= 1
            yield state


#: Where the rule ends: the highest degrees for which errors are stated, and the lowest without.
EDGES: list[dict[str, Any]] = [
    {"samples": 11, "degree": 3}, {"samples": 15, "degree": 4}, {"samples": 25, "degree": 5},
    {"samples": 100, "degree": 10}, {"samples": 45, "degree": 7, "data_sets": 50},
    {"samples": 8, "degree": 3}, {"samples": 16, "degree": 5}, {"samples": 30, "degree": 8},
]  # fmt: skip
LASSOS = [
    START.replace(penalty="lasso", degree=4, alpha=0.5, samples=20, data_sets=50),
    START.replace(penalty="elastic", degree=5, alpha=0.1, samples=30, data_sets=50),
    START.replace(penalty="lasso", degree=6, alpha=0.02, samples=40, data_sets=100),
    START.replace(penalty="elastic", degree=9, alpha=1.0, samples=60, data_sets=100, noise=2.0),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--states", type=int, default=30)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--states-seed", type=int, default=17, help="chooses the random states")
    parser.add_argument("--first-seed", type=int, default=5000, help="of the seeds in each state")
    parser.add_argument("--designs", type=int, default=100_000)
    asked = parser.parse_args()
    names = ("bias2", "variance", "total", "test", "share variance", "share noise",
             "bias2 along x", "variance along x", "test along x")  # fmt: skip
    print("| settings | expected variance | " + " | ".join(names) + " |")
    print("| --- " * (len(names) + 2) + "|")
    listed = [START, START.replace(inputs="fixed"), START.replace(data_sets=50)]
    listed += [START.replace(**changes) for changes in EDGES]
    every = []
    for state in (*listed, *random_states(asked.states, asked.states_seed), *LASSOS):
        plain = START.flat()
        changed = {k: v for k, v in state.flat().items() if v != plain[k]}
        held = has_errors(state)
        # Asked also where the page states none: what its errors would have been.
        with unrestricted():
            truth, found = coverage(
                state, range(asked.first_seed, asked.first_seed + asked.seeds), asked.designs
            )
        if held and state not in (*listed, *LASSOS):
            every.append([found[name] for name in names])
        row = " | ".join(f"{100 * found[name]:.0f}" for name in names)
        words = ", ".join(f"{k} {v}" for k, v in changed.items()) or "as the page starts"
        print(
            f"| {words}{'' if held else ' (no ±)'} | {truth['variance']:.4g} | {row} |", flush=True
        )
    rows = np.array(every)
    for name, values in (("mean of random states", rows.mean(0)), ("lowest", rows.min(0))):
        print(f"| {name} | | " + " | ".join(f"{100 * v:.0f}" for v in values) + " |")


@contextmanager
def unrestricted() -> Iterator[None]:
    """Have errors wherever they can be computed."""
    results.cached_errors.cache_clear()
    anywhere = patch.object(results, "errors_hold", lambda data, model, at, freedom: at > 0)
    try:
        with anywhere:
            yield
    finally:
        results.cached_errors.cache_clear()


if __name__ == "__main__":
    main()
