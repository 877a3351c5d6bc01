"""Names of models and shapes on the classification page, and accuracies as text."""

from lively.engine.formatting import format_fixed, format_number
from lively.pages.classification.class_shapes import CLASS_SHAPES
from lively.pages.classification.data import linear_shift
from lively.pages.classification.result import ClassificationResult


def model_text(result: ClassificationResult) -> str:
    """Name the model with the settings that are in force."""
    model = result.settings.model
    match model.kind:
        case "logistic":
            return f"logistic regression of degree {model.polynomial}"
        case "neighbours":
            return f"{result.votes} nearest neighbour{'s' if result.votes > 1 else ''}"
        case "svm":
            kernel = {"linear": "a linear", "rbf": "an RBF", "poly": "a polynomial"}[model.kernel]
            return f"support vector machine with {kernel} kernel"
        case "tree":
            return f"decision tree of depth {model.depth}"
        case "forest":
            return f"random forest of {model.trees} trees of depth {model.depth}"
    return f"neural network with two layers of {model.units} units"


def shape_text(result: ClassificationResult) -> str:
    """Say how the points are made."""
    data = result.settings.data
    if data.shape == "straight":
        shift = linear_shift(data.balance) + data.noise_mean
        moved = (
            f" {'−' if shift < 0 else '+'} {format_fixed(abs(shift), 1)}"
            if abs(shift) > 1e-9
            else ""
        )
        return f"Class 1: 1.5x1 − 2x2{moved} + noise > 0"
    return f"{CLASS_SHAPES[data.shape].formula}, and noise"


def difference_text(value: float) -> str:
    """Write a difference of accuracies, which is not 0, so that it does not read 0.00."""
    return format_fixed(value) if abs(value) >= 0.01 else format_number(value, 2)


def accuracy_text(value: float, decimals: int = 2) -> str:
    """Write an accuracy, so that only 1 reads 1.00 and only 0 reads 0.00, but for 5·10⁻⁶.

    >>> accuracy_text(0.9993), accuracy_text(0.944), accuracy_text(1.0)
    ('0.999', '0.94', '1.00')
    """
    digits = decimals
    if min(value, 1 - value) > 5e-6:
        while format_fixed(value, digits) in (format_fixed(0, digits), format_fixed(1, digits)):
            digits += 1
    return format_fixed(value, digits)
