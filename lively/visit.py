"""What a page's author may know of a visit, and have done for each.

A served page is built once and every visit is a copy of it. What belongs to one visit (its query,
its time, a random number) has no place in the cells of a notebook then, but in a function that is
called for each visit.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qs

Function = TypeVar("Function", bound=Callable[..., Any])

#: A variable of a process: 1 if its page shows tracebacks.
FAULTS = "LIVELY_SHOW_FAULTS"


@dataclass(frozen=True)
class Visit:
    """One visit to a page.

    Attributes
    ----------
    query : str
        What stands behind the question mark of the address.
    url : str
        The whole address; empty where there is none, as in a notebook that is not served.
    theme : str
        The theme that was asked for by the query, or else the server's: "light" or "dark".
    headers : dict of str
        Those headers of the request that Voilà's setting `http_header_envs` names.
    """

    query: str = ""
    url: str = ""
    theme: str = "light"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def arguments(self) -> dict[str, list[str]]:
        """The query, taken apart: the values of each name."""
        return parse_qs(self.query, keep_blank_values=True)

    @classmethod
    def present(cls) -> "Visit":
        """Return the visit that this process is for, as its environment has it."""
        query = os.environ.get("QUERY_STRING", "")
        headers = {
            name.removeprefix("HTTP_").replace("_", "-").title(): value
            for name, value in os.environ.items()
            if name.startswith("HTTP_")
        }
        asked = parse_qs(query).get("theme", [os.environ.get("LIVELY_THEME", "light")])
        return cls(query, os.environ.get("VOILA_REQUEST_URL", ""), asked[-1], headers)


class _Hooks:
    """What is to be called when, in this process."""

    building = False
    visit: list[Callable[[Visit], Any]]
    prepare: list[Callable[[list[Any]], Any]]
    suggest: Callable[[Any], None] | None = None

    def __init__(self) -> None:
        self.visit, self.prepare = [], []


hooks = _Hooks()


def on_visit(function: Function) -> Function:
    """Have a function called for each visit, before the browser gets anything of it.

    It may change widgets and figures: the visitor's first picture is what it leaves. Where the
    notebook is executed for each visit, as in JupyterLab, it is called at once.

    Parameters
    ----------
    function : callable
        Takes a `Visit`.

    Returns
    -------
    callable
        The same function, so that this may be used as a decorator.

    Examples
    --------
    >>> @on_visit
    ... def greet(visit):
    ...     print("degree", visit.arguments.get("degree", ["5"])[0])
    degree 5
    """
    if hooks.building:
        hooks.visit.append(function)
    else:
        function(Visit.present())
    return function


def on_prepare(function: Function) -> Function:
    """Have a function called before visits begin, with what earlier visits have suggested.

    What it prepares is there for all later visits. It must change nothing that is seen, and is not
    called at all where the notebook is executed for each visit.

    Parameters
    ----------
    function : callable
        Takes a list of what was given to `suggest`, the latest last.
    """
    if hooks.building:
        hooks.prepare.append(function)
    return function


def suggest(value: Any) -> None:
    """Suggest to prepare something for later visits; nothing happens where there is no server.

    Parameters
    ----------
    value : object
        Made of what JSON knows, at most some hundred bytes.
    """
    if hooks.suggest is not None:
        hooks.suggest(value)


def served() -> bool:
    """Say whether this process is the one that answers a visitor's browser, and nobody else's.

    It is a fork of a page that was built, or a kernel that Voilà has told which address was asked
    for. A page that is being built must not look for that: it belongs to a visit.
    """
    forked = hooks.suggest is not None
    return forked or (not hooks.building and "VOILA_REQUEST_URL" in os.environ)


def shows_faults() -> bool:
    """Say whether who sees the page is its author, and may see its code and where it lies.

    That is so in a notebook that is not served, and where the server has been told to show
    tracebacks.
    """
    return os.environ.get(FAULTS) == "1" or not (served() or hooks.building)


def begin(visit: Visit) -> None:
    """Call what authors want called for a visit."""
    for function in hooks.visit:
        function(visit)


def prepare(suggestions: Iterable[Any]) -> None:
    """Call what is to prepare for visits."""
    for function in hooks.prepare:
        function(list(suggestions))
