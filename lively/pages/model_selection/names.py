"""How the page on choosing a model names its candidates, criteria and models."""

from lively.engine.formatting import format_exponent, format_number
from lively.learning.polynomial_settings import PolynomialSettings
from lively.pages.model_selection.candidates import CandidateFamily
from lively.pages.model_selection.settings import CRITERIA, INFORMATION


def criterion_text(criterion: str) -> str:
    """Return a criterion's name as it begins a sentence."""
    name = dict(CRITERIA)[criterion]
    return name if criterion in INFORMATION else f"{name} cross-validation"


def value_text(family: CandidateFamily, place: int) -> str:
    """Write a candidate's degree or alpha."""
    return format_number(family.setting(place), 2)


def short_value_text(family: CandidateFamily, place: int) -> str:
    """Write the same where there is little room: a small alpha as a power of ten."""
    setting = family.setting(place)
    if setting >= 0.01:
        return value_text(family, place)
    mantissa, power = f"{setting:.0e}".split("e")
    times_ten = f"10{format_exponent(int(power))}"
    return times_ten if mantissa == "1" else f"{mantissa}·{times_ten}"


def candidate_text(family: CandidateFamily, place: int) -> str:
    """Name a candidate."""
    return ("α = " if family.weights else "degree ") + value_text(family, place)


def is_at_end(family: CandidateFamily, place: int) -> bool:
    """Say whether a candidate lies at an end of the grid: the best may lie beyond it."""
    return place in (0, len(family.values) - 1)


def beyond_text(family: CandidateFamily, place: int) -> str:
    """Name what lies beyond the end of the grid at which a candidate lies."""
    if family.weights:
        return "larger α" if place == 0 else "smaller α"
    return "lower degree" if place == 0 else "higher degree"


def model_text(model: PolynomialSettings) -> str:
    """Name a model: its degree and, if there is one, its penalty and the penalty's weight."""
    degree = f"degree {model.degree}"
    if model.penalty == "none":
        return degree
    name = {"ridge": "ridge", "lasso": "LASSO", "elastic": "elastic net"}[model.penalty]
    return f"{name} of {degree} at α = {format_number(model.alpha, 2)}"


def count_text(count: int) -> str:
    """Write how often."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
