"""Whether means over training sets have reliable standard errors.

With fresh inputs the error of a polynomial has heavy tails: in a few training sets the points leave
a gap, where the fit can take any height. Rare data sets (`lively.pages.bias_variance.data`) cover
the gaps at the ends of the x range, but not the others, which matter if the degree is high for the
number of points. No sample shows that it misses rarer events, so the rule does not depend on the
fits: docs/numbers/bias_variance.md has the shares of seeds that it was measured by.
"""

import numpy as np
from numpy.typing import NDArray

from lively.arrays import Array
from lively.pages.bias_variance.settings import ComplexitySettings, RepeatedSettings

#: Standard errors are given while the squared degree is at most this multiple of the samples. Least
#: squares at uniform inputs is stable while the samples are some multiple of the squared degree
#: (Cohen, Davenport and Leviatan, "On the stability and accuracy of least squares approximations",
#: *Foundations of Computational Mathematics* 13, 2013). With a penalty, the effective degrees of
#: freedom replace the degree.
DEGREE2_PER_SAMPLE = 1.1
#: In small samples points lie close together more often, and a penalty does not lower the powers of
#: x: there must be 3 degree + EXTRA_SAMPLES points.
EXTRA_SAMPLES = 2


def has_standard_errors(
    data: RepeatedSettings, model: ComplexitySettings, degrees: Array, freedom: Array
) -> NDArray[np.bool_]:
    """Return for each step of a sweep whether standard errors are reliable.

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
    enough = 3 * degrees + EXTRA_SAMPLES <= data.samples
    return np.asarray(enough & (used**2 <= DEGREE2_PER_SAMPLE * data.samples))


def is_infinite_error(data: RepeatedSettings, model: ComplexitySettings) -> bool:
    """Return whether the expected squared error is infinite.

    If n noisy points lie within a distance t of d places or fewer, a polynomial of degree d reaches
    a height of 1/t. That has a probability of t^(n - d), so that the mean of 1/t² is finite only
    for n - d above 2. With at least as many coefficients as points, two close points are enough.
    """
    return (
        data.inputs == "fresh"
        and model.penalty == "none"
        and data.noise > 0
        and data.samples - model.degree <= 2
    )
