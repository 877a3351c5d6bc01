"""What a result shows, said in a sentence."""

import html
from dataclasses import dataclass

#: The kind of a verdict that finds nothing wrong, and is shown as good.
GOOD = "neither"


@dataclass(frozen=True)
class Verdict:
    """What a result shows: first in a few words, then in a sentence, then in figures.

    Parameters
    ----------
    kind : str
        What was found: "under" or "over", say. `GOOD` ("neither") is shown as good, everything
        else as a warning; the card has the class ``lively-<kind>``.
    heading : str
        A few words, with a full stop.
    text : str
        The sentence that a reader needs, with the numbers that it rests on.
    statistics : str
        What stands behind it, for those who want to know: standard errors, limits of chance.

    Examples
    --------
    >>> str(Verdict("over", "Overfitting.", "A larger k has a lower error.", "± 0.8."))
    'Overfitting. A larger k has a lower error. ± 0.8.'
    """

    kind: str
    heading: str
    text: str
    statistics: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.heading, self.text, self.statistics) if part)

    def markup(self) -> str:
        """Return the markup of the verdict's card."""
        more = (
            f' <span class="lively-statistics">{html.escape(self.statistics)}</span>'
            if self.statistics
            else ""
        )
        return (
            f'<div class="lively-say lively-{self.kind}"><p><b>{html.escape(self.heading)}</b> '
            f"{html.escape(self.text)}{more}</p></div>"
        )
