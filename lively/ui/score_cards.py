"""The markup of cards with scores."""

import math

from lively.engine.formatting import format_fixed, format_number
from lively.learning.scores import Score
from lively.ui.sentences import r2_text

#: What is said of a score that rests on a fit that did not converge.
UNCONVERGED = "not converged"
#: The marks of the points whose scores are shown, by the name of the score.
MARKS = {"Training": "lively-train", "Test": "lively-test"}


def score_title(name: str, text: str) -> str:
    """Return the markup of a score's title, after the mark of its points."""
    mark = f'<span class="{MARKS[name]}" aria-hidden="true"></span>' if name in MARKS else ""
    return f'<div class="lively-name">{mark}{name} {text}</div>'


def score_markup(name: str, score: Score, converged: bool = True) -> str:
    """Return the markup of a score's card, short enough for half a phone's width."""

    def brief(value: float) -> str:
        return format_number(value, 2) if abs(value) >= 1000 else format_fixed(value)

    # Words take more room than a number.
    r2 = f"<small>{r2_text(score.r2)}</small>" if math.isnan(score.r2) else r2_text(score.r2)
    if abs(score.r2) >= 1000:
        r2 = brief(score.r2)
    note = "" if converged else f" ({UNCONVERGED})"
    return (
        f"{score_title(name, f'R²{note}')}"
        f'<div class="lively-score">{r2} <small>RMSE {brief(score.rmse)}</small></div>'
    )
