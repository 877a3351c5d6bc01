"""What a penalty does to coefficients, in words."""

import numpy as np

from lively.engine.formatting import format_exponent, format_number, format_share
from lively.pages.model_selection.regularization_path import PLANE_POWERS
from lively.pages.model_selection.result import SelectionResult
from lively.ui.verdict import Verdict

#: Coefficients below this share of the largest are rounding errors.
ROUNDING = 1e-12
CHOOSE = "Choose ridge, LASSO or elastic net instead of None to see coefficients shrink."


def zeros_heading(zeros: int, count: int) -> str:
    """Say how many coefficients are exactly zero."""
    if count == 1:
        return f"The only coefficient is {'' if zeros else 'not '}zero at this α."
    if zeros == count:
        return f"{'Both' if count == 2 else f'All {count}'} coefficients are zero at this α."
    if not zeros:
        none = "Neither coefficient" if count == 2 else f"None of the {count} coefficients"
        return f"{none} is zero at this α."
    return f"{zeros} of {count} coefficients {'is' if zeros == 1 else 'are'} zero at this α."


def path_verdict(result: SelectionResult) -> Verdict:
    """Say what the penalty does to the coefficients at the present weight."""
    path, model = result.path, result.settings.model
    if path is None:
        return Verdict("neither", "No penalty, so no path.", CHOOSE)
    place = path.nearest(model.alpha)
    now, weakest = path.coefficients[:, place], path.coefficients[:, -1]
    heading = zeros_heading(int(np.sum(now == 0)), len(now))
    text = (
        "Ridge shrinks coefficients towards zero, but sets none to zero."
        if model.penalty == "ridge"
        else "The absolute values in the penalty set coefficients exactly to zero."
    )
    size = float(np.linalg.norm(weakest))
    if size > 0 and now.any():
        text += (
            f" At α = {format_number(model.alpha, 2)}, the coefficient norm is "
            f"{format_share(float(np.linalg.norm(now)) / size)} of that at "
            f"α = {format_number(float(path.weights[-1]), 2)}."
        )
    if not path.converged[place]:
        text += " The fit at this α did not converge."
    elif not path.converged.all():
        text += " At the marked α, fits did not converge."
    return Verdict("neither", heading, text)


def geometry_verdict(result: SelectionResult) -> Verdict:
    """Say where each penalty moves the two coefficients."""
    plane = result.plane
    if plane is None:
        return Verdict("neither", "No penalty, so no geometry.", CHOOSE)
    names = [f"x{format_exponent(power) if power > 1 else ''}" for power in PLANE_POWERS]
    zero = [name for name, b in zip(names, plane.absolute, strict=True) if b == 0]
    if len(zero) == len(names):
        heading = "At this α, L1 sets both coefficients to zero."
    elif zero:
        heading = f"At this α, L1 sets the coefficient of {zero[0]} to zero."
    else:
        heading = "At this α, neither penalty sets a coefficient to zero."

    # What is zero but for rounding is written as zero.
    least = ROUNDING * max(np.abs(plane.lowest).max(), np.finfo(np.float64).tiny)

    def point(b: np.ndarray) -> str:
        return f"({', '.join(format_number(v if abs(v) > least else 0.0, 2) for v in b)})"

    return Verdict(
        "neither",
        heading,
        f"Coefficients without a penalty: {point(plane.lowest)}; with L1: {point(plane.absolute)}; "
        f"with L2: {point(plane.squared)}. L1 allows a diamond, with corners on the axes; L2 "
        f"allows a disc, without corners."
        f"{'' if plane.converged else ' The fit did not converge.'}",
    )
