"""One verdict for each panel of the page on choosing a model: what there is to see in it."""

import numpy as np

from lively.engine.formatting import fixed, percent, share
from lively.pages.model_selection.learning_text import learning_verdict
from lively.pages.model_selection.names import (
    Verdict,
    at_end,
    beyond,
    candidate,
    criterion_name,
    model_name,
    value,
)
from lively.pages.model_selection.penalty_text import geometry_verdict, path_verdict
from lively.pages.model_selection.resampling import QUANTILES, SPLITS
from lively.pages.model_selection.result import SelectionResult
from lively.pages.model_selection.reuse_text import looks_verdict
from lively.pages.model_selection.selection_frequency import DATA_SETS, WAYS, Picks, way_name
from lively.pages.model_selection.settings import SHORT

#: From so much more error than the best candidate's on, a choice is called a bad one.
MUCH = 0.05
#: Relative differences below this are rounding errors.
SAME = 1e-9
#: What "known" means of the true error.
KNOWN = "known only because the data are simulated"


def excess(result: SelectionResult, place: int) -> float:
    """Return how much larger a candidate's true RMSE is than the best one's, as a share."""
    truth = result.criteria.truth
    found = float(np.sqrt(truth[place] / truth.min())) - 1
    return found if found > SAME else 0.0


def tied(result: SelectionResult) -> int:
    """Return how many candidates beside the chosen one have the same, lowest value."""
    curve = result.criteria.curve(result.settings.rule.criterion)
    return int(np.sum(curve <= curve.min() * (1 + SAME))) - 1 if np.isfinite(curve.min()) else 0


def curves_verdict(result: SelectionResult) -> Verdict:
    """Compare what the criterion chooses with the lowest true error."""
    family, found = result.family, result.criteria
    criterion, choices = result.settings.rule.criterion, found.choices
    chosen, best = choices[criterion], choices["truth"]
    heading = f"{criterion_name(criterion)} chooses {candidate(family, chosen)}"
    heading += ", the end of the grid." if at_end(family, chosen) else "."
    cost, others = excess(result, chosen), tied(result)
    if cost == 0:
        text = f"Its true RMSE is the lowest as well ({KNOWN})."
    else:
        text = (
            f"The true RMSE is lowest at {candidate(family, best)} ({KNOWN}); at "
            f"{value(family, chosen)} it is {share(cost)} higher."
        )
    if criterion + "+" in choices:
        simplest = choices[criterion + "+"]
        more = excess(result, simplest)
        text += " The one-standard-error rule chooses "
        text += "the same" if simplest == chosen else value(family, simplest)
        text += f" ({share(more)} higher)." if simplest != chosen and more else "."
    if others:
        text += (
            f" {others} other candidate{'s have' if others > 1 else ' has'} the same value: the "
            f"simplest is chosen."
        )
    elif at_end(family, chosen) and (family.weights or chosen > 0):
        text += f" No {beyond(family, chosen)} was tried."
    if not found.converged(criterion).all():
        text += " At the crossed points, fits did not converge."
    if cost <= MUCH:
        return Verdict("neither", heading, text)
    return Verdict("over" if chosen > best else "under", heading, text)


def dominated(picks: Picks) -> bool:
    """Say whether few data sets make up more than half of the largest mean cost."""
    costs = np.sort(picks.ratios[:, int(picks.mean_cost[:-1].argmax())] - 1)
    few = max(len(costs) // 20, 1)
    return bool(costs[-few:].sum() > 0.5 * costs.sum() and len(costs) > 2 * few)


def picks_verdict(result: SelectionResult) -> Verdict:
    """Say which way of choosing costs least, and which most, usually and on average."""
    picks, criterion = result.picks, result.settings.rule.criterion
    counts = picks.counts[WAYS.index(criterion)]
    most = int(counts.argmax())
    heading = f"{SHORT[criterion]} chooses {candidate(result.family, most)} most often: "
    heading += f"{counts[most]} of {picks.sets}."

    def ends(cost: np.ndarray) -> str:
        low, high = int(cost[:-1].argmin()), int(cost[:-1].argmax())
        if share(cost[low]) == share(cost[high]):
            return f"{share(cost[low])} (all criteria)"
        return " to ".join(f"{share(cost[i])} ({way_name(WAYS[i])})" for i in (low, high))

    lowest = int(picks.counts[WAYS.index("truth")].argmax())
    text = (
        f"The true error is most often lowest at {value(result.family, lowest)}. Choices exceed "
        f"the lowest true RMSE by a median of {ends(picks.median_cost)} and a mean of "
        f"{ends(picks.mean_cost)}"
    )
    text += (
        ", dominated by a few bad choices." if picks.sets == DATA_SETS and dominated(picks) else "."
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
    middle = percent(QUANTILES[1] - QUANTILES[0])
    heading = (
        f"Test R² of {middle} of random splits lies between {fixed(low)} and {fixed(high)}."
        if fixed(low) != fixed(high)
        else f"Test R² of {middle} of random splits is {fixed(low)}."
    )
    if result.opened:
        below = int(np.sum(scores < result.test.r2))
        own = (
            f"That of the present split is {fixed(result.test.r2)}, higher than in {below} of the "
            f"{SPLITS}."
        )
    else:
        own = "That of the present split is hidden."
    text = (
        f"{SPLITS} splits of the same {result.settings.data.samples} points, test points included; "
        f"{model_name(result.settings.model)} is fitted anew in each. {own}"
    )
    if not result.splits.converged[:, result.own_place].all():
        text += " Some fits did not converge."
    return Verdict("over" if high - low > 0.1 else "neither", heading, text)


def verdict(result: SelectionResult) -> Verdict:
    """Say what the second picture shows."""
    return {
        "curves": curves_verdict,
        "picks": picks_verdict,
        "splits": splits_verdict,
        "learning": learning_verdict,
        "path": path_verdict,
        "geometry": geometry_verdict,
        "looks": looks_verdict,
    }[result.settings.view.panel](result)
