"""How the page on choosing a model names what it speaks of."""

from lively.models.candidates import Family
from lively.numbers import number, superscript
from lively.settings.model_selection import CRITERIA
from lively.settings.regression import PolynomialSettings


def criterion_name(criterion: str) -> str:
    """Return a criterion's name as it begins a sentence."""
    name = dict(CRITERIA)[criterion]
    return name if criterion in ("aic", "bic") else f"{name} cross-validation"


def value(family: Family, place: int) -> str:
    """Write a candidate's degree or alpha."""
    return number(family.setting(place), 2)


def short_value(family: Family, place: int) -> str:
    """Write the same where there is little room: a small alpha as a power of ten."""
    setting = family.setting(place)
    if setting >= 0.01:
        return value(family, place)
    mantissa, power = f"{setting:.0e}".split("e")
    times_ten = f"10{superscript(int(power))}"
    return times_ten if mantissa == "1" else f"{mantissa}·{times_ten}"


def candidate(family: Family, place: int) -> str:
    """Name a candidate."""
    return ("α = " if family.weights else "degree ") + value(family, place)


def model_name(model: PolynomialSettings) -> str:
    """Name a model: its degree and, if there is one, its penalty and the penalty's weight."""
    said = f"degree {model.degree}"
    if model.penalty == "none":
        return said
    name = {"ridge": "ridge", "lasso": "LASSO", "elastic": "elastic net"}[model.penalty]
    return f"{name} of {said} at α = {number(model.alpha, 2)}"


def times(count: int) -> str:
    """Write how often."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
