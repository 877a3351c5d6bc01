"""One sentence for each panel of the page on choosing a model: what there is to see in it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lively.models.looks import judge, optimism
from lively.models.picks import DATA_SETS, WAYS, way_name
from lively.models.resampling import QUANTILES, SPLITS
from lively.models.shrinkage import PLANE
from lively.numbers import fixed, number, percent, superscript
from lively.results.model_selection import SelectionResult
from lively.settings.model_selection import SHORT
from lively.words.selection_names import candidate, criterion_name, model_name, times, value

#: From so much more error than the best candidate's on, a choice is called a bad one.
MUCH = 0.05
#: Errors this many times apart are called apart.
APART = 1.25

Kind = Literal["under", "over", "neither"]


@dataclass(frozen=True)
class Verdict:
    """What there is to see, and the figures that say so."""

    kind: Kind
    heading: str
    text: str

    def __str__(self) -> str:
        return f"{self.heading} {self.text}"


def excess(result: SelectionResult, place: int) -> float:
    """Return how much larger a candidate's true error is than the best one's, as a share."""
    truth = result.criteria.truth
    least = float(truth.min())
    return float(np.sqrt(truth[place] / least)) - 1 if least > 0 else 0.0


def curves_verdict(result: SelectionResult) -> Verdict:
    """Compare what the criterion chooses with what the truth would."""
    family, choices = result.family, result.criteria.choices
    criterion = result.settings.rule.criterion
    chosen, best = choices[criterion], choices["truth"]
    simplest = choices.get(criterion + "+", chosen)
    heading = f"{criterion_name(criterion)} chooses {candidate(family, chosen)}."
    rule = ""
    if criterion + "+" in choices:
        rule = f"The one-standard-error rule: {value(family, simplest)}"
        rule += (
            f", {percent(excess(result, simplest))} above the best. " if simplest != best else ". "
        )
    cost = excess(result, chosen)
    if chosen == best:
        text = "So does the truth, which nobody has in practice."
    else:
        text = (
            f"The truth would choose {value(family, best)}: "
            f"the true error of {value(family, chosen)} is {percent(cost)} larger."
        )
    if cost <= MUCH:
        return Verdict("neither", heading, rule + text)
    return Verdict("over" if chosen > best else "under", heading, rule + text)


def picks_verdict(result: SelectionResult) -> Verdict:
    """Say which way of choosing costs least, and which most."""
    picks, criterion = result.picks, result.settings.rule.criterion
    counts = picks.counts[WAYS.index(criterion)]
    most = int(counts.argmax())
    pick = candidate(result.family, most)
    heading = f"{SHORT[criterion]} picks {pick} in {counts[most]} of {picks.sets}."
    cost = picks.excess[:-1]
    low, high = int(cost.argmin()), int(cost.argmax())
    least = picks.counts[WAYS.index("truth")].argmax()
    text = (
        f"The truth's pick is most often {value(result.family, int(least))}. A pick's error is, in "
        f"the median, {percent(cost[low])} above the best by {way_name(WAYS[low])}, "
        f"{percent(cost[high])} by {way_name(WAYS[high])}."
    )
    if picks.sets < DATA_SETS:
        heading = f"After {picks.sets} of {DATA_SETS} data sets: {heading}"
    return Verdict("neither", heading, text)


def splits_verdict(result: SelectionResult) -> Verdict:
    """Say how far apart the splits' scores are, and where the present one's lies."""
    scores = result.splits.r2[:, result.own_place]
    low, high = np.quantile(scores, QUANTILES)
    heading = f"A split says R² {fixed(low)} to {fixed(high)}."
    if result.opened:
        below = np.mean(scores < result.test.r2)
        own = f"The present split says {fixed(result.test.r2)}, more than {below:.0%} of them."
    else:
        own = "What the present split says is sealed."
    text = (
        f"Same {result.settings.data.samples} points, sealed ones too, same "
        f"{model_name(result.settings.model)}: between these lie nine in ten of {SPLITS} splits. "
        f"{own}"
    )
    return Verdict("over" if high - low > 0.1 else "neither", heading, text)


def learning_verdict(result: SelectionResult) -> Verdict:
    """Say whether more points would help: whether training and validation are still apart."""
    learning, noise = result.learning, result.settings.data.noise
    train, held_out, _ = np.sqrt(learning.medians(result.own_place)[:, -1])
    points = int(learning.sizes[-1])
    figures = f"On {points} points: training {fixed(train)}, validation {fixed(held_out)}"
    level = f"noise level {number(noise)}"
    if held_out > APART * train + 1e-9:
        ratio = "" if train < 1e-9 else f", {number(held_out / train, 2)} times as much"
        return Verdict(
            "over",
            "More points would help.",
            f"{figures}{ratio}; {level}. The model still follows noise that more points would "
            f"average out.",
        )
    if train > APART * noise + 1e-9:
        return Verdict(
            "under",
            "More points would hardly help.",
            f"{figures}; {level}. The two have met above the noise: the model misses the shape, "
            f"on however many points.",
        )
    return Verdict(
        "neither",
        "More points would change little.",
        f"{figures}; {level}. The two have met near the noise.",
    )


NO_PENALTY = Verdict(
    "neither",
    "No penalty, so no path.",
    "Choose ridge, LASSO or elastic net in place of None, and the coefficients shrink.",
)


def path_verdict(result: SelectionResult) -> Verdict:
    """Say what the penalty does to the coefficients at the present weight."""
    path, model = result.path, result.settings.model
    if path is None:
        return NO_PENALTY
    now = path.coefficients[:, path.nearest(model.alpha)]
    weakest = path.coefficients[:, -1]
    left = int(np.sum(now != 0))
    size = np.linalg.norm(now) / (np.linalg.norm(weakest) or 1)
    heading = f"{left} of {model.degree} coefficients are not zero."
    text = (
        f"At α = {number(model.alpha, 2)} their length is {percent(float(size))} of that at "
        f"α = {number(float(path.weights[-1]), 2)}. "
    )
    text += (
        "Ridge makes coefficients small, none of them zero."
        if model.penalty == "ridge"
        else "Absolute values in the penalty make zeros, one after the other."
    )
    return Verdict("neither", heading, text)


def geometry_verdict(result: SelectionResult) -> Verdict:
    """Say where each penalty draws the two coefficients."""
    plane = result.plane
    if plane is None:
        return Verdict("neither", "No penalty, so no geometry.", NO_PENALTY.text)
    names = [f"x{superscript(power) if power > 1 else ''}" for power in PLANE]
    zero = [name for name, b in zip(names, plane.absolute, strict=True) if b == 0]
    heading = (
        f"L1 sets the coefficient of {' and of '.join(zero)} to zero."
        if zero
        else "Neither penalty sets a coefficient to zero yet."
    )

    def point(b: np.ndarray) -> str:
        return f"({number(b[0], 2)}, {number(b[1], 2)})"

    return Verdict(
        "neither",
        heading,
        f"From {point(plane.lowest)} without a penalty, L1 draws the two to "
        f"{point(plane.absolute)}, L2 to {point(plane.squared)}. Only the diamond has corners.",
    )


def looks_verdict(result: SelectionResult) -> Verdict:
    """Say what the looks so far are worth: what choosing the best of them hides."""
    rivals = result.rivals
    others = result.seen_before - len(rivals)
    before = (
        f" The same draws were looked at {times(others)} under other settings." if others else ""
    )
    if not rivals:
        if others:
            return Verdict("over", "Not unseen any more.", before.strip())
        return Verdict(
            "neither",
            "Nobody has looked.",
            f"The {len(result.parts.test.x)} test points are sealed. Choose first, then open them "
            f"once: the squared error that they tell is then right on average.",
        )
    if len(rivals) == 1:
        shown, true, error = judge(rivals[0]).roots
        told = (
            f"Of {model_name(rivals[0].model)}, the test RMSE is {fixed(shown)} ± {fixed(error)}, "
            f"the true one {fixed(true)}."
        )
        if others:
            return Verdict("over", "Not the first look.", told + before)
        return Verdict("neither", "One look.", f"{told} Squared, a first look is right on average.")
    found, first = optimism(rivals), optimism(rivals[:1])
    return Verdict(
        "over",
        f"{len(rivals)} looks.",
        f"Kept for its test RMSE, the best of {len(rivals)} hides {fixed(found.hidden)} "
        f"({percent(found.share)}) of its true one; the first look alone hides "
        f"{fixed(first.hidden)}: medians over {number(found.sets)} test sets of {found.points} "
        f"points drawn anew.{before}",
    )


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
