"""Sentences that several pages say: text alternatives of the figures that they share."""

import math

import numpy as np

from lively.engine.formatting import format_fixed, format_number
from lively.learning.data_settings import DataSettings
from lively.learning.noisy_sample import SplitSample
from lively.learning.scores import Score
from lively.learning.target_functions import TARGET_FUNCTIONS
from lively.plotting.validation_curve import ErrorCurves


def r2_text(r2: float) -> str:
    """Write an R², which is not defined where the observations do not vary."""
    if math.isnan(r2):
        return "not defined"
    # What rounds to zero is zero, without the minus that rounding errors may leave.
    return format_fixed(r2 if abs(r2) >= 0.005 else 0.0)


def sample_text(data: DataSettings, parts: SplitSample) -> str:
    """Describe points and the true function, as the beginning of a sentence."""
    low, high = data.x_range
    return (
        f"{len(parts.train.x)} training and {len(parts.test.x)} test points "
        f"for x from {format_number(low)} to {format_number(high)}, the true function "
        f"{TARGET_FUNCTIONS[data.function].formula}"
    )


def scores_text(train: Score, test: Score) -> str:
    """Say how large R² is."""
    return f"Training R² {r2_text(train.r2)}, test R² {r2_text(test.r2)}."


def errors_text(curves: ErrorCurves, name: str) -> str:
    """Describe errors against a setting: at its present value, and where they are lowest.

    Parameters
    ----------
    curves : ErrorCurves
    name : str
        What the setting is called.
    """
    here = int(np.argmin(np.abs(curves.x - curves.here)))
    best = int(np.argmin(curves.validation))
    train, validation, test, lowest = map(
        format_number,
        (curves.train[here], curves.validation[here], curves.test[here], curves.validation[best]),
    )
    low, high, present, chosen = map(
        format_number, (curves.x[0], curves.x[-1], curves.here, curves.x[best])
    )
    return (
        f"RMSE against {name}, {low} to {high}. At {name} = {present}: training {train}, "
        f"cross-validation {validation}, test {test}. Cross-validation is lowest at {name} = "
        f"{chosen}: {lowest}. Noise level {format_number(curves.noise)}."
    )
