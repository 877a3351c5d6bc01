"""Limits of accuracies that chance alone explains.

From exact distributions, since a normal approximation has a width of zero where all points are
predicted correctly. All are one-sided: chance exceeds them in at most one case in forty.
"""

from scipy.stats import binom, hypergeom

#: One-sided confidence level.
ONE_SIDED_LEVEL = 0.975
#: Training points that are subtracted for each coefficient of a correct model. Two would correct
#: the expected errors; with three, the stated level holds on few points too
#: (docs/numbers/classification.md).
BOUNDARY_PARAMETERS = 3


def errors_by_chance(errors: int, train: int, test: int, fitted: int = 0) -> int:
    """Return how many of all errors may be on the test points if the model does not overfit.

    If a model predicts test points as well as training points, the number of its errors that are on
    test points is hypergeometric (Fisher's exact test). A correct model, too, has coefficients
    fitted to the training points: as with a mean squared error, the expected error on these is too
    low by a share of `fitted` / `train`, and that on new points too high by as much (Efron, "The
    estimation of prediction error: covariance penalties and cross-validation", *JASA* 99, 2004). So
    `BOUNDARY_PARAMETERS` training points per coefficient are subtracted.

    Parameters
    ----------
    errors : int
        Errors on training and test points together.
    train, test : int
        Numbers of training and test points.
    fitted : int
        Number of coefficients of a correct model.
    """
    counted = max(train - BOUNDARY_PARAMETERS * fitted, 1)
    return int(hypergeom.ppf(ONE_SIDED_LEVEL, counted + test, min(errors, counted + test), test))


def gap_by_chance(errors: int, train: int, test: int, fitted: int = 0) -> float:
    """Return the limit of training accuracy minus test accuracy without overfitting.

    Parameters
    ----------
    errors, train, test, fitted : int
        As in `errors_by_chance`.
    """
    on_test = errors_by_chance(errors, train, test, fitted)
    return on_test / test - (errors - on_test) / train


def fewest_correct(accuracy: float, count: int) -> int:
    """Return the lower limit of correct predictions for `count` points, given the accuracy."""
    return int(binom.ppf(1 - ONE_SIDED_LEVEL, count, min(accuracy, 1.0)))


def most_correct(accuracy: float, count: int) -> int:
    """Return the upper limit of correct predictions for `count` points, given the accuracy."""
    return int(binom.ppf(ONE_SIDED_LEVEL, count, min(accuracy, 1.0)))


def is_worse(gained: int, lost: int) -> bool:
    """Return whether a classifier is worse than another on the same points, beyond chance.

    From the points that only one of them predicts correctly (McNemar's exact test).

    Parameters
    ----------
    gained, lost : int
        Points that only the other predicts correctly, and points that only this one does.
    """
    if gained <= lost:
        return False
    return bool(binom.sf(gained - 1, gained + lost, 0.5) <= 1 - ONE_SIDED_LEVEL)
