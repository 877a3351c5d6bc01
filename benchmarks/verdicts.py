"""How often the regression page's verdicts appear by chance.

Each row holds one setting under many seeds of sample, split and folds. "Overfitting" and
"underfitting" are counted: for models that follow the true function, where they should appear in
2.5 % of the seeds or less, and for models that do overfit or underfit. The output is the table of
docs/numbers/regression.md; it takes a quarter of an hour.

    PYTHONPATH=. OMP_NUM_THREADS=1 python benchmarks/verdicts.py --seeds 400
"""

import argparse
import math
from typing import Any

from lively.pages.regression.result import RegressionResult
from lively.pages.regression.settings import RegressionSettings
from lively.pages.regression.verdict import verdict

#: Models that follow the true function.
RIGHT: list[dict[str, Any]] = [
    {"function": "quartic", "degree": 4},
    {"function": "quartic", "degree": 4, "samples": 16},
    {"function": "quartic", "degree": 4, "samples": 20},
    {"function": "quartic", "degree": 4, "samples": 500},
    {"function": "quartic", "degree": 4, "test_share": 0.2},
    {"function": "quartic", "degree": 4, "test_share": 0.8},
    {"function": "quartic", "degree": 4, "x_range": (0.0, 1.0)},
    {"function": "quartic", "degree": 4, "x_range": (-2.0, 4.0), "noise": 0.5},
    {"function": "quartic", "degree": 6},
    {"function": "line", "degree": 1},
    {"function": "line", "degree": 1, "samples": 10},
    {"function": "line", "degree": 3, "samples": 30, "noise": 10.0},
    {"degree": 7},
    {"degree": 9, "samples": 100},
    {"degree": 9, "samples": 1000},
    {"function": "sine", "degree": 7, "samples": 79},
]
PENALTIES: list[dict[str, Any]] = [
    {"penalty": penalty, **more}
    for penalty in ("ridge", "lasso", "elastic")
    for more in ({"alpha": 1e-6}, {"alpha": 1e-3}, {"alpha": 1e-2}, {"choose_alpha": True})
]
PENALIZED: list[dict[str, Any]] = [
    {**base, **penalty}
    for base in (
        {"function": "quartic", "degree": 4},
        {"function": "line", "degree": 1, "samples": 20},
    )
    for penalty in PENALTIES
]
#: Models that do not.
WRONG: list[dict[str, Any]] = [
    {"degree": 10},
    {"degree": 12},
    {"degree": 15},
    {"degree": 15, "samples": 20},
    {"degree": 15, "samples": 500},
    {"function": "line", "degree": 9},
    {"function": "runge", "degree": 15},
    {"degree": 15, "penalty": "lasso", "alpha": 1e-4},
    {"degree": 15, "penalty": "ridge", "choose_alpha": True},
    {"degree": 1},
    {"degree": 3},
    {"degree": 7, "penalty": "ridge", "alpha": 100.0},
]


def shares(seeds: int, changes: dict[str, Any]) -> tuple[float, float]:
    """Return the shares of seeds that are called overfitting, and underfitting."""
    start = RegressionSettings().replace(**changes)
    kinds = [
        verdict(RegressionResult(start.replace(seed=seed, split_seed=seed, fold_seed=seed))).kind
        for seed in range(seeds)
    ]
    over, under = (
        sum(kind in wanted for kind in kinds) / seeds
        for wanted in (("over", "both"), ("under", "both"))
    )
    return over, under


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=400)
    seeds = parser.parse_args().seeds
    error = 100 * math.sqrt(0.025 * 0.975 / seeds)
    print(f"{seeds} seeds a row; a share of 2.5 % is measured to ± {error:.1f} % (one s.e.).\n")
    for title, rows in (
        ("Follows the true function", RIGHT),
        ("The same with a penalty", PENALIZED),
        ("Too flexible, or not flexible enough", WRONG),
    ):
        print(f"| {title} | overfitting | underfitting |\n| --- | --- | --- |")
        for changes in rows:
            over, under = shares(seeds, changes)
            text = ", ".join(f"{name} {value}" for name, value in changes.items())
            print(f"| {text} | {over:.1%} | {under:.1%} |", flush=True)
        print()


if __name__ == "__main__":
    main()
