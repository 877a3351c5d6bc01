"""How often the curve-fitting page's 95 % intervals contain the true values.

Simulates data sets of many kinds, fits each of them from the truth as the page's coverage does, and
prints two tables for `docs/numbers/curve_fit.md`: shares at the page's defaults for each loss, its
scale, outliers and samples, beside those of scipy's own standard errors; and shares at random
settings, those that the page doubts apart from the others. About ten minutes on one core.

    .venv/bin/python benchmarks/curve_coverage.py --sets 300 --states 100 --seed 0
"""

import argparse
from dataclasses import replace

import numpy as np

from lively.arrays import Array
from lively.pages.curve_fit.data import CurvePoints, draw_points, true_values
from lively.pages.curve_fit.interval_text import has_doubts
from lively.pages.curve_fit.model import CurveFit, fit_from, jacobian
from lively.pages.curve_fit.parametric_curves import PARAMETRIC_CURVES
from lively.pages.curve_fit.result import CurveFitResult
from lively.pages.curve_fit.settings import CurvePageSettings

#: Losses and their scales in the first table.
LOSSES = [("linear", 0.3), *((loss, scale) for loss in ("soft_l1", "huber", "cauchy")
                             for scale in (0.05, 0.15, 0.3, 1.0))]  # fmt: skip


def scipys(settings: CurvePageSettings, points: CurvePoints, fit: CurveFit) -> CurveFit:
    """Return a fit with the covariance that scipy's `curve_fit` gives: s² (J'J)⁻¹ of the loss."""
    x = points.x
    z = ((points.y - fit(x)) / settings.fit.f_scale) ** 2
    match settings.fit.loss:
        case "huber":
            first, second = np.where(z <= 1, 1, z**-0.5), np.where(z <= 1, 0, -0.5 * z**-1.5)
        case "soft_l1":
            first, second = (1 + z) ** -0.5, -0.5 * (1 + z) ** -1.5
        case "cauchy":
            first, second = 1 / (1 + z), -1 / (1 + z) ** 2
        case _:
            first, second = np.ones_like(z), np.zeros_like(z)
    # What least_squares returns as its Jacobian: scaled so that J'J is the loss's Hessian.
    scale = np.sqrt(np.maximum(first + 2 * second * z, np.finfo(float).eps))
    slopes = jacobian(fit.curve, x, fit.values) * scale[:, None]
    freedom = len(x) - len(fit.values)
    # By the singular values, as scipy has it: J'J has the square of their range.
    back = np.linalg.pinv(slopes, rcond=np.finfo(float).eps * len(x))
    covariance = back @ back.T * fit.cost / freedom
    return replace(fit, covariance=covariance, freedom=freedom)


def shares(settings: CurvePageSettings, sets: int, scipy: bool = False) -> Array:
    """Return the share of data sets in which each interval contains the true value."""
    truth, curve = true_values(settings.data), PARAMETRIC_CURVES[settings.data.curve]
    held = np.zeros(len(truth))
    for again in range(1, sets + 1):
        points = draw_points(settings.data, again)
        fit = fit_from(curve, points, truth, settings.fit)
        if scipy:
            fit = scipys(settings, points, fit)
        held += fit.named_as(truth).holds(truth)
    return held / sets


def per_cent(found: Array) -> str:
    """Write shares as whole per cent."""
    return ", ".join(f"{100 * share:.0f}" for share in found)


def at_defaults(sets: int) -> None:
    """Print the table of losses at the page's defaults."""
    print("| samples | outliers | loss | scale | scipy's formula | page | doubted |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for samples in (12, 25, 100):
        for outliers in (0.0, 0.16):
            for loss, scale in LOSSES:
                chosen = CurvePageSettings().replace(
                    samples=samples, outliers=outliers, loss=loss, f_scale=scale
                )
                doubt = "yes" if has_doubts(CurveFitResult(chosen)) else "no"
                print(
                    f"| {samples} | {outliers:.0%} | {loss} | {scale} "
                    f"| {per_cent(shares(chosen, sets, scipy=True))} "
                    f"| {per_cent(shares(chosen, sets))} | {doubt} |",
                    flush=True,
                )


def random_settings(rng: np.random.Generator, curve: str) -> CurvePageSettings:
    """Return settings all over the page's ranges, but for sets that take too long to simulate."""
    return CurvePageSettings().replace(
        curve=curve,
        height=rng.uniform(0.5, 5),
        height2=rng.uniform(0.5, 5),
        centre=rng.uniform(-2, 0.2) if curve == "two" else rng.uniform(-1.9, 1.9),
        centre2=rng.uniform(0.4, 2),
        width=rng.uniform(0.1, 1.2),
        lifetime=rng.uniform(0.2, 4),
        frequency=rng.uniform(0.2, 2),
        samples=round(10 ** rng.uniform(1, 2.3)),
        noise=rng.choice([0.0, rng.uniform(0.05, 0.5), rng.uniform(0.05, 1)], p=[0.1, 0.5, 0.4]),
        noise_mean=rng.choice([0.0, 0.0, 0.0, rng.uniform(-0.3, 0.3)]),
        outliers=rng.choice([0.0, 0.0, 0.05, 0.16, 0.3]),
        loss=rng.choice(["linear", "linear", "soft_l1", "huber", "cauchy"]),
        f_scale=10 ** rng.uniform(-1.3, 0.3),
        bounds=rng.choice(["none", "positive"]),
    )


def at_random(sets: int, states: int, seed: int) -> None:
    """Print how the lowest share of each state is distributed, doubted or not."""
    rng = np.random.default_rng(seed)
    names = list(PARAMETRIC_CURVES)
    found: dict[bool, list[float]] = {False: [], True: []}
    for i in range(states):
        chosen = random_settings(rng, names[i % len(names)])
        if chosen.data.noise == 0 and round(chosen.data.outliers * chosen.data.samples) == 0:
            continue
        doubt, share = has_doubts(CurveFitResult(chosen)), shares(chosen, sets)
        found[doubt].append(float(share.min()))
        data, fit = chosen.data, chosen.fit
        print(
            f"# {'doubted' if doubt else 'trusted'} {per_cent(share)}: {data.curve} "
            f"n={data.samples} noise={data.noise} mean={data.noise_mean} out={data.outliers} "
            f"{fit.loss} {fit.f_scale} {fit.bounds}",
            flush=True,
        )
    print("| lowest share of a state | below 85 % | 85 to 90 | 90 to 92 | 92 and more |")
    print("| --- | --- | --- | --- | --- |")
    for doubt, lows in found.items():
        counts, _ = np.histogram(lows, [0, 0.85, 0.9, 0.92, 1.01])
        said = "doubted" if doubt else "not doubted"
        print(f"| {said} ({len(lows)} states) | {' | '.join(map(str, counts))} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=300)
    parser.add_argument("--states", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    at_defaults(asked.sets)
    at_random(asked.sets, asked.states, asked.seed)
