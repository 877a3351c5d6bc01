"""What the tests of choosing a model have in common: the page's own data, and plain pipelines."""

import numpy as np
from plain import plain_pipeline
from sklearn.model_selection import cross_val_score

from lively.learning.noisy_sample import split_sample
from lively.pages.model_selection.candidates import CandidateFamily
from lively.pages.model_selection.criteria import Criteria
from lively.pages.model_selection.settings import (
    SelectionDataSettings,
    SelectionModelSettings,
    SelectionSettings,
    SelectionSplitSettings,
)
from lively.pages.regression.settings import ModelSettings

DATA, SPLIT, MODEL = SelectionDataSettings(), SelectionSplitSettings(), SelectionModelSettings()
START, NONE = SelectionSettings(), CandidateFamily("none")
TRAIN = split_sample(DATA, SPLIT).train
COUNT = len(TRAIN.x)


def plain(penalty, degree, alpha=0.1, l1_ratio=0.5, tight=False):
    """Return the unfitted pipeline of one candidate, as anyone would write it."""
    model = ModelSettings(
        penalty=penalty, degree=int(degree), alpha=float(alpha), l1_ratio=l1_ratio
    )
    made = plain_pipeline(model)
    if tight and penalty in ("lasso", "elastic"):
        made[-1].set_params(tol=1e-10, max_iter=1_000_000)
    return made


def columns(x):
    return x.reshape(-1, 1)


def cv(held_out, count=COUNT):
    """Return folds as scikit-learn takes them."""
    return [(np.setdiff1d(np.arange(count), fold), fold) for fold in held_out]


def scores(pipeline, held_out, train=TRAIN):
    return -cross_val_score(
        pipeline,
        columns(train.x),
        train.y,
        scoring="neg_mean_squared_error",
        cv=cv(held_out, len(train.x)),
    )


def found(family, data=DATA, fold_seed=1):
    return Criteria(data, split_sample(data, SPLIT).train, family, fold_seed)


def finished(work):
    shares = list(work.steps())
    assert shares == sorted(shares)
    assert shares[-1] == 1
    return work
