"""Error against degree: from high bias to high variance."""

import numpy as np

from lively.learning.polynomial_settings import DEGREES
from lively.pages.regression.result import RegressionResult
from lively.plotting.validation_curve import ErrorCurves


def degree_errors(result: RegressionResult) -> ErrorCurves:
    """Return the errors at every degree; those that rest on no converged fit are crossed out."""
    curve, parts = result.curve, result.parts
    return ErrorCurves.of(
        DEGREES,
        curve.train,
        curve.validated,
        curve.test,
        here=result.settings.model.degree,
        noise=result.settings.data.noise,
        y=np.concatenate([parts.train.y, parts.test.y]),
        unreliable=~np.array([curve.converged, curve.folds_converged, curve.converged]),
    )
