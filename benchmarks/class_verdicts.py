"""How often the classification page calls the right model over- or underfitted.

The right model is a logistic regression that can draw the Bayes decision boundary: degree 1 for the
straight boundary and the blobs, degree 2 for the rings. For each sample size and test share, seeds
are counted in which its gap between training and test accuracy exceeds what the page says chance
explains, and in which its training accuracy falls short of the Bayes accuracy by more. Both limits
are for one case in forty, 2.5 %.

    OMP_NUM_THREADS=1 .venv/bin/python benchmarks/class_verdicts.py --seeds 1000
"""

import argparse
import warnings

import numpy as np

from lively.learning.metrics import ClassificationMetrics
from lively.learning.split import SplitSettings
from lively.pages.classification.accuracy_limits import errors_by_chance, fewest_correct
from lively.pages.classification.data import bayes_optimal, split_points
from lively.pages.classification.logistic import ScaledLogistic, make_solver
from lively.pages.classification.settings import ClassDataSettings, ClassModelSettings
from lively.pages.classification.verdict import right_coefficients

SIZES, SHARES = (20, 50, 200, 1000), (0.1, 0.3, 0.5, 0.7, 0.9)
CASES = [
    ("straight", 1.0, 1, "l2"),
    ("straight", 1.0, 1, "none"),
    ("blobs", 1.0, 1, "l2"),
    ("blobs", 1.0, 1, "none"),
    ("rings", 0.6, 2, "l2"),
    ("rings", 0.6, 2, "none"),
]


def rates(
    shape: str, noise: float, degree: int, penalty: str, size: int, share: float, seeds: int
) -> tuple[float, float, float]:
    """Return the shares of seeds called over- and underfitted, and the mean gap in accuracy."""
    model = ClassModelSettings(polynomial=degree, penalty=penalty)
    best = bayes_optimal(shape, noise, 0.0, 0.5).accuracy
    over, under, gaps = [], [], []
    for seed in range(seeds):
        data = ClassDataSettings(shape=shape, samples=size, noise=noise, seed=seed)
        parts = split_points(data, SplitSettings(test_share=share, split_seed=seed))
        if min(parts.train.y.sum(), (~parts.train.y).sum()) < 2:
            continue
        fit = ScaledLogistic(degree, make_solver(model)).fit(parts.train.X, parts.train.y)
        train, test = (
            ClassificationMetrics(part.y, fit.probability(part.X), 0.5)
            for part in (parts.train, parts.test)
        )
        n, m = len(train.labels), len(test.labels)
        wrong = n - train.correct, m - test.correct
        fitted = right_coefficients(shape)
        over.append(wrong[1] > errors_by_chance(sum(wrong), n, m, fitted))
        at_best = train.at_threshold(train.best_threshold)
        under.append(at_best.correct < fewest_correct(best, n))
        gaps.append(train.accuracy - test.accuracy)
    return float(np.mean(over)), float(np.mean(under)), float(np.mean(gaps))


def main() -> None:
    """Print a table, a row for each case and size."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=1000)
    seeds = parser.parse_args().seeds
    warnings.simplefilter("ignore")
    print("| shape, penalty | samples | " + " | ".join(f"test {s:.0%}" for s in SHARES) + " |")
    print("| --- | --- |" + " --- |" * len(SHARES))
    for shape, noise, degree, penalty in CASES:
        for size in SIZES:
            cells = []
            for share in SHARES:
                over, under, gap = rates(shape, noise, degree, penalty, size, share, seeds)
                cells.append(f"{100 * over:.1f}, {100 * under:.1f} ({gap:.2f})")
            print(f"| {shape}, {penalty} | {size} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
