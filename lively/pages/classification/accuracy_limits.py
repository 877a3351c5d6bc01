"""What chance alone explains in accuracies, which are shares of few points.

Limits are those of exact distributions, since a normal approximation has a width of zero where all
points are predicted correctly. All are one-sided: chance exceeds them once in forty, or less often.
"""

from scipy.stats import binom, hypergeom

#: Share of cases in which chance stays within a limit.
ONE_SIDED_LEVEL = 0.975
#: Training points that count for nothing, for each coefficient of a right model. Two would balance
#: the expected errors; with three, the right model is called overfitted about as often as is said
#: on few points too (docs/numbers/classification.md).
BOUNDARY_PARAMETERS = 3


def errors_by_chance(errors: int, train: int, test: int, fitted: int = 0) -> int:
    """Return how many of all errors may be on the test points if the model is right.

    A model that predicts new points as well as those that it was fitted to makes its errors on
    either part alike, so that how many are on the test points is hypergeometric (Fisher's exact
    test). A right model, too, has a few coefficients fitted to the training points: as with a mean
    squared error, the error expected on these is a share of `fitted` / `train` too low, and that on
    new points as much too high (Efron, "The estimation of prediction error: covariance penalties
    and cross-validation", *JASA* 99, 2004). So FREE times as many training points do not count.

    Parameters
    ----------
    errors : int
        On training and test points together.
    train, test : int
        Points of either part.
    fitted : int
        Coefficients that a right model has.
    """
    counted = max(train - BOUNDARY_PARAMETERS * fitted, 1)
    return int(hypergeom.ppf(ONE_SIDED_LEVEL, counted + test, min(errors, counted + test), test))


def gap_by_chance(errors: int, train: int, test: int, fitted: int = 0) -> float:
    """Return the largest difference of training and test accuracy that a right model shows.

    Parameters
    ----------
    errors, train, test, fitted : int
        As in `errors_by_chance`.
    """
    on_test = errors_by_chance(errors, train, test, fitted)
    return on_test / test - (errors - on_test) / train


def fewest_correct(accuracy: float, count: int) -> int:
    """Return how few of `count` points a classifier of this accuracy may get right by chance."""
    return int(binom.ppf(1 - ONE_SIDED_LEVEL, count, min(accuracy, 1.0)))


def most_correct(accuracy: float, count: int) -> int:
    """Return how many of `count` points a classifier of this accuracy may get right by chance."""
    return int(binom.ppf(ONE_SIDED_LEVEL, count, min(accuracy, 1.0)))


def is_worse(gained: int, lost: int) -> bool:
    """Say whether one classification of the same points is worse than another beyond chance.

    By the points on which just one of them is right (McNemar's exact test).

    Parameters
    ----------
    gained, lost : int
        Points that only the other one gets right, and points that only this one does.
    """
    return (
        bool(binom.sf(gained - 1, gained + lost, 0.5) <= 1 - ONE_SIDED_LEVEL)
        if gained > lost
        else False
    )
