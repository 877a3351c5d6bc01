"""The models as anyone would write them with scikit-learn: what the fast ways are held to."""

import warnings

from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, PolynomialFeatures, StandardScaler

from lively.data.regression import split_sample
from lively.models.regression import LEAST_SQUARES_TOL, MAX_ITER, choosing_estimator


def plain_estimator(model, size):
    """Return the unfitted estimator for `size` training points."""
    if model.choose_alpha and model.penalty != "none":
        return choosing_estimator(model, size)
    match model.penalty:
        case "ridge":
            return Ridge(model.alpha)
        case "lasso":
            return Lasso(model.alpha, max_iter=MAX_ITER)
        case "elastic":
            return ElasticNet(model.alpha, l1_ratio=model.l1_ratio, max_iter=MAX_ITER)
    return LinearRegression(tol=LEAST_SQUARES_TOL)


def plain_pipeline(model, size):
    """Return the unfitted pipeline for `size` training points."""
    return make_pipeline(
        MinMaxScaler((-1, 1)),
        PolynomialFeatures(model.degree, include_bias=False),
        StandardScaler(),
        plain_estimator(model, size),
    )


def plain_fit(data, split, model):
    """Return the parts and the fitted pipeline, with all of scikit-learn's checks on."""
    parts = split_sample(data, split)
    pipeline = plain_pipeline(model, len(parts.train.x))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        pipeline.fit(parts.train.x.reshape(-1, 1), parts.train.y)
    return parts, pipeline
