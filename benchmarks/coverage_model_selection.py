"""How often the uncertainties on the page on choosing a model hold what they say.

Prints the tables of docs/numbers/model_selection.md: intervals for the true RMSE, bars of
cross-validation, the optimism of the lowest cross-validated error, costs of choices, and what more
points did where the page says that they would help. Some minutes on one core:

    OMP_NUM_THREADS=1 python benchmarks/coverage_model_selection.py
"""

import argparse

import numpy as np

from lively.arrays import Array
from lively.learning.fast_fits import fast_fitting
from lively.learning.noisy_sample import split_sample
from lively.learning.target_functions import TARGET_FUNCTIONS
from lively.pages.model_selection.batched_fits import fit_candidates
from lively.pages.model_selection.candidates import CandidateFamily
from lively.pages.model_selection.criteria import Criteria
from lively.pages.model_selection.data import simulate_sample
from lively.pages.model_selection.degrees_of_freedom import prediction_variance
from lively.pages.model_selection.error_interval import error_interval, is_representative
from lively.pages.model_selection.generalization_error import expected_error, quadrature_inputs
from lively.pages.model_selection.learning_text import learning_verdict
from lively.pages.model_selection.result import SelectionResult
from lively.pages.model_selection.selection_frequency import (
    METHODS,
    SelectionFrequency,
    method_name,
)
from lively.pages.model_selection.settings import SelectionSettings

START = SelectionSettings()


def random_settings(random: np.random.Generator) -> SelectionSettings:
    """Return settings of all kinds."""
    low = round(random.uniform(-5, 4.5), 1)
    high = round(random.uniform(low + 0.5, 5), 1)
    whole = random.random() < 0.5
    return START.replace(
        function=str(random.choice(list(TARGET_FUNCTIONS))),
        samples=round(20 * 25 ** random.random()),
        x_range=(-5.0, 5.0) if whole else (low, high),
        noise=round(random.uniform(0, 10), 1),
        seed=int(random.integers(10_000)),
        test_share=float(random.choice([0.1, 0.2, 0.3, 0.4, 0.5])),
        degree=int(random.integers(1, 16)),
        penalty=str(random.choice(["none", "ridge", "lasso", "elastic"])),
        alpha=float(10 ** random.uniform(-4, 3)),
    )


def evaluated(settings: SelectionSettings) -> tuple[Array, float, bool]:
    """Return squared test errors, the true error, and whether an interval is given."""
    parts, (family, place) = (
        split_sample(settings.data, settings.split),
        CandidateFamily.at(settings.model),
    )
    x, y, nodes = parts.train.x, parts.train.y, quadrature_inputs(settings.data)
    at = np.concatenate([parts.test.x, nodes])
    with fast_fitting():
        found = fit_candidates(family, x, y, np.ones((1, len(x)), dtype=bool), at).predictions[
            0, place
        ]
        freely = prediction_variance(family, place, x, y, at)
    count = len(parts.test.x)
    squares = (found[:count] - parts.test.y) ** 2
    given = is_representative(settings.data, freely[:count], freely[count:])
    return squares, float(expected_error(settings.data, found[count:])), given


def misses(squares: Array, true: float) -> tuple[bool, ...]:
    """Say whether the interval, and RMSE ± 1.96 standard errors, miss from below or above."""
    low, high = error_interval(squares)
    root, error = np.sqrt(squares.mean()), squares.std(ddof=1) / np.sqrt(len(squares))
    wide = 1.96 * error / (2 * root) if root else 0.0
    slack = 1 + 1e-9
    return (
        true > high * slack,
        true * slack < low,
        np.sqrt(true) > (root + wide) * slack,
        np.sqrt(true) * slack < root - wide,
    )


def intervals(count: int) -> None:
    """Print how often the interval for the true RMSE misses."""
    random = np.random.default_rng(0)
    kinds = {
        f"start, degree {degree}, {count} seeds": [
            START.replace(degree=degree, seed=seed) for seed in range(count)
        ]
        for degree in (3, 5, 9, 12)
    }
    kinds |= {
        f"start, degree {degree}, 400 splits of its sample": [
            START.replace(degree=degree, split_seed=seed) for seed in range(400)
        ]
        for degree in (5, 9)
    }
    states = [random_settings(random) for _ in range(3 * count)]
    kinds[f"{3 * count} random settings"] = states
    for penalty in ("none", "ridge", "lasso", "elastic"):
        kinds[f"- of them {penalty}"] = [s for s in states if s.model.penalty == penalty]
    kinds["- of them at most 10 test points"] = [
        s for s in states if len(split_sample(s.data, s.split).test.x) <= 10
    ]
    kinds["random settings without noise"] = [s.replace(noise=0.0) for s in states[:count]]
    print("| settings | given | true RMSE above | below | RMSE ± 1.96 s.e. misses |")
    print("| --- | --- | --- | --- | --- |")
    for name, some in kinds.items():
        found = [evaluated(settings) for settings in some]
        out = np.array([misses(squares, true) for squares, true, _ in found])
        given = np.array([row[2] for row in found])
        above, below = out[given, :2].mean(axis=0)
        print(
            f"| {name} | {given.mean():.0%} | {above:.1%} | {below:.1%} "
            f"| {out[:, 2:].any(axis=1).mean():.1%} |"
        )


def bars(count: int) -> None:
    """Print how often a cross-validated error is within 1 and 2 s.e. of the true one."""
    made = [
        Criteria(
            START.data, simulate_sample(START.data, 44, 71, number), CandidateFamily("none"), 1
        )
        for number in range(count)
    ]
    print("| criterion | degree | within 1 s.e. | within 2 s.e. | lowest of 15 over true, median |")
    print("| --- | --- | --- | --- | --- |")
    for name in ("five", "ten", "one", "repeated"):
        ratios = [np.sqrt(c.validated[name].mean.min() / c.truth[c.choices[name]]) for c in made]
        for degree in (3, 5, 9):
            place = degree - 1
            apart = [
                abs(c.validated[name].mean[place] - c.truth[place])
                / c.validated[name].standard_error[place]
                for c in made
            ]
            one, two = np.mean(np.array(apart)[:, None] <= [1, 2], axis=0)
            print(f"| {name} | {degree} | {one:.0%} | {two:.0%} | {np.median(ratios):.3f} |")


def costs() -> None:
    """Print median, mean and largest cost of each criterion's choices at the start."""
    made = SelectionFrequency(START.data, 44, CandidateFamily("none"), 1)
    for _ in made.steps():
        pass
    print("| criterion | median cost | mean cost | largest |")
    print("| --- | --- | --- | --- |")
    for place, way in enumerate(METHODS):
        print(
            f"| {method_name(way)} | {made.median_cost[place]:.1%} | {made.mean_cost[place]:.1%} "
            f"| {made.ratios[:, place].max() - 1:.0%} |"
        )


def more_points(count: int) -> None:
    """Print what eight times as many points did, by the verdict on the learning curve."""
    random = np.random.default_rng(1)
    found: dict[str, list[float]] = {}
    for _ in range(count):
        settings = random_settings(random).replace(panel="learning")
        settings = settings.replace(samples=min(settings.data.samples, 120))
        result = SelectionResult(settings)
        for _ in result.steps():
            pass
        heading = learning_verdict(result).heading
        family, place = CandidateFamily.at(settings.model)
        now, nodes = len(result.parts.train.x), quadrature_inputs(settings.data)
        errors = []
        for number in range(15):
            sample = simulate_sample(settings.data, 8 * now, 72, number)
            kept = np.ones((2, 8 * now), dtype=bool)
            kept[0, now:] = False
            with fast_fitting():
                predicted = fit_candidates(family, sample.x, sample.y, kept, nodes).predictions[
                    :, place
                ]
            errors.append(expected_error(settings.data, predicted))
        few, many = np.sqrt(np.median(errors, axis=0))
        found.setdefault(heading, []).append(1 - many / few if few > 1e-9 else 0.0)
    print("| verdict | settings | RMSE falls by: 5 % quantile | median | 95 % quantile |")
    print("| --- | --- | --- | --- | --- |")
    for heading, falls in sorted(found.items()):
        low, middle, high = np.quantile(falls, [0.05, 0.5, 0.95])
        print(f"| {heading} | {len(falls)} | {low:.1%} | {middle:.1%} | {high:.1%} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    count = parser.parse_args().count
    intervals(count)
    print()
    bars(count // 2)
    print()
    costs()
    print()
    more_points(count // 4)
