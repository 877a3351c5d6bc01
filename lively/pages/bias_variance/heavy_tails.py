"""Where means over training sets have standard errors that can be stated.

With fresh inputs the error of a polynomial has heavy tails: in few training sets the points leave a
gap, where the fit can take any height. Rare data sets (`data.bias_variance.TrainingSets`) reach the
gaps at the ends of the x range. They do not where the degree is so high for the points that other
gaps count as well. No sample shows that it misses what is rarer still, so that the rule does not
look at the fits: docs/numbers/bias_variance.md has the shares of seeds that it was measured by.
"""

import numpy as np
from numpy.typing import NDArray

from lively.arrays import Array
from lively.pages.bias_variance.settings import ComplexitySettings, RepeatedSettings

#: Errors are stated while the square of the degree is at most so many times the samples. Least
#: squares at uniform inputs is stable while the samples are some multiple of the squared degree
#: (Cohen, Davenport and Leviatan, "On the stability and accuracy of least squares approximations",
#: *Foundations of Computational Mathematics* 13, 2013). With a penalty, the effective degrees of
#: freedom stand for the degree.
SQUARED = 1.1
#: Few points lie close together more often, and with a penalty, powers are as high as the degree
#: has them however small their coefficients: there must be 3 degree + FEW points.
FEW = 2


def has_standard_errors(
    data: RepeatedSettings, model: ComplexitySettings, degrees: Array, freedom: Array
) -> NDArray[np.bool_]:
    """Say for each step of a sweep whether standard errors can be stated.

    Parameters
    ----------
    data : RepeatedSettings
    model : ComplexitySettings
    degrees, freedom : ndarray of shape (steps,)
        Degrees, and effective degrees of freedom with the constant.
    """
    if data.inputs == "fixed":
        return np.ones(len(degrees), dtype=bool)
    used = degrees if model.penalty == "none" else freedom - 1
    enough = 3 * degrees + FEW <= data.samples
    return np.asarray(enough & (used**2 <= SQUARED * data.samples))


def is_infinite_error(data: RepeatedSettings, model: ComplexitySettings) -> bool:
    """Say whether the expected squared error is infinite.

    Where n noisy points come within a distance t of no more than d places, a polynomial of degree d
    is as high as 1/t. That has a probability of t^(n - d), so that the mean of 1/t² is finite only
    for n - d above 2. Past the points, two of them are enough.
    """
    return (
        data.inputs == "fresh"
        and model.penalty == "none"
        and data.noise > 0
        and data.samples - model.degree <= 2
    )
