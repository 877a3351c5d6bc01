"""One verdict for each panel of the page on choosing a model: what there is to see in it."""

import numpy as np

from lively.engine.formatting import format_fixed, format_percent, format_share
from lively.pages.model_selection.learning_text import learning_verdict
from lively.pages.model_selection.names import (
    beyond_text,
    candidate_text,
    criterion_text,
    is_at_end,
    model_text,
    value_text,
)
from lively.pages.model_selection.penalty_text import geometry_verdict, path_verdict
from lively.pages.model_selection.resampling import QUANTILES, SPLITS
from lively.pages.model_selection.result import SelectionResult
from lively.pages.model_selection.reuse_text import reuse_verdict
from lively.pages.model_selection.selection_frequency import (
    DATA_SETS,
    METHODS,
    SelectionFrequency,
    method_name,
)
from lively.pages.model_selection.settings import SHORT
from lively.ui.verdict import Verdict

#: From so much more error than the best candidate's on, a choice is called a bad one.
MUCH = 0.05
#: Relative differences below this are rounding errors.
SAME = 1e-9
#: What "known" means of the true error.
KNOWN = "known only because the data are simulated"


def excess_error(result: SelectionResult, place: int) -> float:
    """Return how much larger a candidate's true RMSE is than the best one's, as a share."""
    truth = result.criteria.truth
    found = float(np.sqrt(truth[place] / truth.min())) - 1
    return found if found > SAME else 0.0


def tie_count(result: SelectionResult) -> int:
    """Return how many candidates beside the chosen one have the same, lowest value."""
    curve = result.criteria.curve(result.settings.rule.criterion)
    return int(np.sum(curve <= curve.min() * (1 + SAME))) - 1 if np.isfinite(curve.min()) else 0


def criteria_verdict(result: SelectionResult) -> Verdict:
    """Compare what the criterion chooses with the lowest true error."""
    family, found = result.family, result.criteria
    criterion, choices = result.settings.rule.criterion, found.choices
    chosen, best = choices[criterion], choices["truth"]
    heading = f"{criterion_text(criterion)} chooses {candidate_text(family, chosen)}"
    heading += ", the end of the grid." if is_at_end(family, chosen) else "."
    cost, others = excess_error(result, chosen), tie_count(result)
    if cost == 0:
        text = f"Its true RMSE is the lowest as well ({KNOWN})."
    else:
        text = (
            f"The true RMSE is lowest at {candidate_text(family, best)} ({KNOWN}); at "
            f"{value_text(family, chosen)} it is {format_share(cost)} higher."
        )
    if criterion + "+" in choices:
        simplest = choices[criterion + "+"]
        more = excess_error(result, simplest)
        text += " The one-standard-error rule chooses "
        text += "the same" if simplest == chosen else value_text(family, simplest)
        text += f" ({format_share(more)} higher)." if simplest != chosen and more else "."
    if others:
        text += (
            f" {others} other candidate{'s have' if others > 1 else ' has'} the same value: the "
            f"simplest is chosen."
        )
    elif is_at_end(family, chosen) and (family.weights or chosen > 0):
        text += f" No {beyond_text(family, chosen)} was tried."
    if not found.converged(criterion).all():
        text += " At the crossed points, fits did not converge."
    if cost <= MUCH:
        return Verdict("neither", heading, text)
    return Verdict("over" if chosen > best else "under", heading, text)


def is_dominated(picks: SelectionFrequency) -> bool:
    """Say whether few data sets make up more than half of the largest mean cost."""
    costs = np.sort(picks.ratios[:, int(picks.mean_cost[:-1].argmax())] - 1)
    few = max(len(costs) // 20, 1)
    return bool(costs[-few:].sum() > 0.5 * costs.sum() and len(costs) > 2 * few)


def frequency_verdict(result: SelectionResult) -> Verdict:
    """Say which way of choosing costs least, and which most, usually and on average."""
    picks, criterion = result.picks, result.settings.rule.criterion
    counts = picks.counts[METHODS.index(criterion)]
    most = int(counts.argmax())
    heading = f"{SHORT[criterion]} chooses {candidate_text(result.family, most)} most often: "
    heading += f"{counts[most]} of {picks.sets}."

    def ends(cost: np.ndarray) -> str:
        low, high = int(cost[:-1].argmin()), int(cost[:-1].argmax())
        if format_share(cost[low]) == format_share(cost[high]):
            return f"{format_share(cost[low])} (all criteria)"
        return " to ".join(
            f"{format_share(cost[i])} ({method_name(METHODS[i])})" for i in (low, high)
        )

    lowest = int(picks.counts[METHODS.index("truth")].argmax())
    text = (
        f"The true error is most often lowest at {value_text(result.family, lowest)}. Choices "
        "exceed "
        f"the lowest true RMSE by a median of {ends(picks.median_cost)} and a mean of "
        f"{ends(picks.mean_cost)}"
    )
    text += (
        ", dominated by a few bad choices."
        if picks.sets == DATA_SETS and is_dominated(picks)
        else "."
    )
    if picks.unconverged:
        sets = "1 data set" if picks.unconverged == 1 else f"{picks.unconverged} data sets"
        text += f" On {sets}, a chosen fit did not converge."
    if picks.sets < DATA_SETS:
        heading = f"After {picks.sets} of {DATA_SETS} data sets: {heading}"
    return Verdict("neither", heading, text)


def splits_verdict(result: SelectionResult) -> Verdict:
    """Say how far apart the splits' scores are, and where the present one's lies."""
    scores = result.splits.r2[:, result.own_place]
    low, high = np.quantile(scores, QUANTILES)
    middle = format_percent(QUANTILES[1] - QUANTILES[0])
    heading = (
        f"Test R² of {middle} of random splits lies between {format_fixed(low)} and "
        f"{format_fixed(high)}."
        if format_fixed(low) != format_fixed(high)
        else f"Test R² of {middle} of random splits is {format_fixed(low)}."
    )
    if result.opened:
        below = int(np.sum(scores < result.test.r2))
        own = (
            f"That of the present split is {format_fixed(result.test.r2)}, higher than in "
            f"{below} of the "
            f"{SPLITS}."
        )
    else:
        own = "That of the present split is hidden."
    text = (
        f"{SPLITS} splits of the same {result.settings.data.samples} points, test points included; "
        f"{model_text(result.settings.model)} is fitted anew in each. {own}"
    )
    if not result.splits.converged[:, result.own_place].all():
        text += " Some fits did not converge."
    return Verdict("over" if high - low > 0.1 else "neither", heading, text)


def verdict(result: SelectionResult) -> Verdict:
    """Say what the second picture shows."""
    return {
        "curves": criteria_verdict,
        "picks": frequency_verdict,
        "splits": splits_verdict,
        "learning": learning_verdict,
        "path": path_verdict,
        "geometry": geometry_verdict,
        "looks": reuse_verdict,
    }[result.settings.view.panel](result)
