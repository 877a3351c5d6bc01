"""Where the project's files are, and what the notebooks hold."""

import ast
from pathlib import Path
from typing import Any, NamedTuple

import nbformat

import lively

ROOT = Path(lively.__file__).parents[1]
DASHBOARDS = ROOT / "dashboards"


class Step(NamedTuple):
    """A step of a notebook: its text, what its button says, and the settings that this changes."""

    words: str
    button: str
    changes: dict[str, Any]


def read_steps(name):
    """Return the steps of a notebook, in order.

    Parameters
    ----------
    name : str
        Of its file, without the suffix.

    Returns
    -------
    list of Step
    """
    cells = nbformat.read(DASHBOARDS / f"{name}.ipynb", as_version=4).cells[2:]
    found = []
    for words, code in zip(cells[::2], cells[1::2], strict=True):
        call = ast.parse(code.source).body[0].value
        changes = {item.arg: ast.literal_eval(item.value) for item in call.keywords}
        found.append(Step(words.source, ast.literal_eval(call.args[0]), changes))
    return found
