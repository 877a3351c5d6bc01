"""Every page opens, is drawn and becomes right, however slow or busy the machine is."""

import asyncio
import hashlib
import random

import numpy as np
import pytest
from ipywidgets import Widget
from registry import FEWER, PAGES, panels
from strategies import drawn
from thorough import examples

from lively.serving.fork.cell_runner import IdleAwareEventLoop
from lively.ui import scheduler
from lively.ui.page import POSTER
from lively.ui.views import TextView

#: Seconds: nothing slow is ready within a frame, a frame's time, everything is waited for.
NOTHING, NORMAL, INFINITE = -1.0, scheduler.BUDGET, float("inf")
#: Random settings of each page, the parts that they are tested in, and of how many one is opened
#: where nothing is ready: the page goes on to the others.
COUNT, PARTS, OPENED = 50, 2, 5
#: Seconds by which a page must have come to rest, on any machine.
PATIENCE = 300.0


def digest(pixels):
    """Return how many colours a picture has, and what tells it from others."""
    return len(np.unique(pixels)), hashlib.sha256(pixels).hexdigest()[:16]


def shown(page, draws=True):
    """Return all that is seen of a page: words, pictures if they are drawn, what is dimmed."""
    views = [*page.views, *(view.alternative for view in page.pictures)]
    return {
        "words": [view.widget.value for view in views if isinstance(view, TextView)],
        "pictures": [digest(view.canvas.paint()) for view in page.pictures if draws],
        "dimmed": [view.stale for view in views],
        "said": [page.message.value, page.progress.value, page.cancel.layout.display],
    }


class Visitor:
    """Somebody for whom slow work has so many seconds in a frame."""

    def __init__(self, kind, budget, monkeypatch):
        self.kind, self.budget, self.monkeypatch = kind, budget, monkeypatch
        self.runner, self.page = asyncio.Runner(loop_factory=IdleAwareEventLoop), None

    def open(self, settings):
        """Open a page; return what is seen of it at once, its poster, and what is seen at rest."""

        def open():
            self.page = self.kind(**settings)
            return self.page._repr_mimebundle_()[POSTER]

        return self._do(open)

    def change(self, settings):
        """Change the page that is open; return the same, but for the poster."""
        at_once, _, at_rest = self._do(lambda: self.page.controller.change(**settings))
        return at_once, at_rest

    def _do(self, act):
        self.monkeypatch.setattr(scheduler, "BUDGET", self.budget)

        async def turn():
            came = act()
            # What is drawn at once is looked at where it is not all.
            at_once = shown(self.page, draws=self.budget == NOTHING)
            assert await asyncio.get_running_loop().rest(PATIENCE), "it comes to rest"
            return at_once, came, shown(self.page)

        return self.runner.run(turn())


@pytest.fixture
def visitor(monkeypatch):
    """Return what makes visitors, who do not wait for a hand to rest; fewer fits are made."""
    for name, number in FEWER.items():
        monkeypatch.setattr(name, number)
    monkeypatch.setattr(scheduler, "REST_SECONDS", 0.0)
    monkeypatch.setattr(scheduler, "YIELD_SECONDS", 0.0005)
    made = []

    def make(kind, budget):
        made.append(Visitor(kind, budget, monkeypatch))
        return made[-1]

    yield make
    for each in made:
        each.runner.close()
    Widget.close_all()


def is_whole(found, page):
    """Say whether nothing is missing: a picture has colours, and words are there."""
    colours = [count for count, _ in found["pictures"]]
    described = found["words"][-len(page.pictures) :]
    return (
        not any(found["dimmed"])
        and found["said"] == ["", "", "none"]
        and min(colours) > 5
        and all(described)
    )


def start(name):
    """Return a page's kind, and its settings at the start."""
    kind = PAGES[name]
    page = kind()
    return kind, page.controller.settings


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_with_every_panel(visitor, name):
    kind, settings = start(name)
    whole = visitor(kind, INFINITE)
    busy = visitor(kind, NORMAL)
    at_once, poster, right = whole.open({})
    assert right["words"] == at_once["words"]
    assert poster.count("data:image/png") == len(whole.page.pictures) > 0
    assert busy.open({})[2] == right
    for changes in panels(type(settings)):
        at_once, right = whole.change(changes)
        assert right["words"] == at_once["words"]
        assert is_whole(right, whole.page), changes
        assert busy.change(changes)[1] == right, changes
        slow = visitor(kind, NOTHING)
        at_once, poster, at_rest = slow.open(changes)
        assert at_once["said"] == ["", "", "none"]
        assert any(at_once["dimmed"])
        assert poster.count("data:image/png") == len(slow.page.pictures)
        assert at_rest == right, changes


@pytest.mark.parametrize("part", [pytest.param(0, marks=pytest.mark.thorough), 1])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_at_random_settings(visitor, name, part):
    kind, settings = start(name)
    rng = random.Random(f"{name} {part}")
    whole, busy, slow = (visitor(kind, budget) for budget in (INFINITE, NORMAL, NOTHING))
    for number in range(examples(COUNT // PARTS)):
        changes = drawn(type(settings), rng).flat()
        opens = number % OPENED == 0
        # Before anybody else: it has to do the work itself.
        if opens:
            at_once, poster, at_rest = slow.open(changes)
            assert poster.count("data:image/png") == len(slow.page.pictures)
        else:
            at_once, at_rest = slow.change(changes)
        assert at_once["said"][0] == "", changes
        assert any(at_once["dimmed"]), changes
        if number == 0:
            now, _, right = whole.open(changes)
            busy.open(changes)
        else:
            now, right = whole.change(changes)
        if number % OPENED == 1:
            assert busy.change(changes)[1] == right, changes
        # Pictures may be refined at rest.
        assert now["words"] == right["words"], changes
        assert is_whole(right, whole.page), changes
        assert at_rest == right, changes
