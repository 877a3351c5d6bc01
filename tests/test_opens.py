"""Every page opens, is drawn and becomes right, however slow or busy the machine is."""

import asyncio
import importlib
import inspect
import pkgutil
import random
from itertools import product

import pytest
from ipywidgets import Widget

import lively.pages
from lively import late
from lively.fields import Choices, declared
from lively.pages.page import POSTER, Page
from lively.serving.build import TimedLoop
from lively.views import PictureView, Text
from tests.strategies import drawn

#: Seconds: nothing slow is ready within a frame, a frame's time, everything is waited for.
NOTHING, NORMAL, INFINITE = -1.0, late.BUDGET, float("inf")
#: Random settings of each page.
COUNT = 50
#: Seconds by which a page must have come to rest, on any machine.
PATIENCE = 300.0


def find_pages():
    """Return the kinds of pages that there are, by the names of their modules."""
    found = {}
    for module in pkgutil.iter_modules(lively.pages.__path__):
        for kind in vars(importlib.import_module(f"lively.pages.{module.name}")).values():
            if inspect.isclass(kind) and issubclass(kind, Page) and kind is not Page:
                found[kind.__name__] = kind
    return found


PAGES = find_pages()


def panels(kind):
    """Return the changes that lead from a page's start to each of its panels."""
    for group in kind.groups().values():
        if field := group.model_fields.get("panel"):
            return [{"panel": value} for value, _ in declared(field, Choices).labels]
    return [{}]


def shown(page):
    """Return all that is seen of a page: words, pictures, what is dimmed."""
    views = [*page.views, *(view.alternative for view in page.pictures)]
    return {
        "words": [view.widget.value for view in views if isinstance(view, Text)],
        "pictures": [view.canvas.paint().tobytes() for view in page.pictures],
        "dimmed": [view.stale for view in views],
        "said": [page.message.value, page.progress.value, page.cancel.layout.display],
    }


def opened(kind, settings, budget, monkeypatch):
    """Open a page where work has so much time; return what is seen when it has come to rest."""
    monkeypatch.setattr(late, "BUDGET", budget)

    async def visit():
        page = kind(**settings)
        poster = page._repr_mimebundle_()[POSTER]
        at_once = shown(page)
        # A picture, not only its frame.
        assert poster.count("data:image/png") == len(page.pictures) > 0
        assert at_once["said"] == ["", "", "none"]
        if budget == NOTHING:
            assert any(at_once["dimmed"]), "what is not ready is dimmed"
        assert await asyncio.get_running_loop().rest(PATIENCE)
        return page

    with asyncio.Runner(loop_factory=TimedLoop) as runner:
        page = runner.run(visit())
    found = shown(page)
    assert not any(found["dimmed"])
    assert found["said"] == ["", "", "none"]
    assert all(found["words"][: len(page.views)].count("") < len(found["words"]) for _ in [0])
    return found


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Let nobody wait for a hand to rest."""
    monkeypatch.setattr(late, "REST", 0.0)
    monkeypatch.setattr(late, "TURN", 0.0005)
    yield
    Widget.close_all()


def settings_of(name):
    """Return the class of a page's settings."""
    return type(PAGES[name]().live.settings)
