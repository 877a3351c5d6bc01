"""The models as anyone would write them with scikit-learn: what the fast ways are held to."""

from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, Ridge
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, PolynomialFeatures, StandardScaler

from lively.learning.least_squares import LEAST_SQUARES_TOL
from lively.learning.noisy_sample import split_sample

#: What coordinate descent takes to come near the optimum where it can.
TIGHT = {"tol": 1e-10, "max_iter": 100_000}


def plain_estimator(model):
    """Return the unfitted estimator."""
    match model.penalty:
        case "ridge":
            return Ridge(model.alpha)
        case "lasso":
            return Lasso(model.alpha, **TIGHT)
        case "elastic":
            return ElasticNet(model.alpha, l1_ratio=model.l1_ratio, **TIGHT)
    return LinearRegression(tol=LEAST_SQUARES_TOL)


def plain_pipeline(model):
    """Return the unfitted pipeline at the model's own alpha."""
    return make_pipeline(
        MinMaxScaler((-1, 1)),
        PolynomialFeatures(model.degree, include_bias=False),
        StandardScaler(),
        plain_estimator(model),
    )


def plain_folds(size, fold_seed=1):
    """Return the folds for cross-validation."""
    return KFold(min(5, size), shuffle=True, random_state=fold_seed)


def plain_search(model, size, alphas, fold_seed=1):
    """Return the unfitted search for alpha over `size` training points."""
    pipeline = plain_pipeline(model)
    return GridSearchCV(
        pipeline,
        {f"{pipeline.steps[-1][0]}__alpha": alphas},
        scoring="neg_mean_squared_error",
        cv=plain_folds(size, fold_seed),
    )


def plain_fit(data, split, model):
    """Return the parts and the fitted pipeline, with all of scikit-learn's checks on."""
    parts = split_sample(data, split)
    return parts, plain_pipeline(model).fit(parts.train.x.reshape(-1, 1), parts.train.y)
