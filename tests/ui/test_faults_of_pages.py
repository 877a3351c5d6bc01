"""What goes wrong on a page is said there, to its author in full, and the page goes on."""

import asyncio
import logging
from pathlib import Path

import pytest

from lively.pages.regression import RegressionPage
from lively.ui import scheduler
from lively.visit import FAULTS


class Faulty(RegressionPage):
    """A page that is broken at one noise."""

    def slow_part(self, result):
        """Fail in the slow part, at once or where others can go on first."""
        if result.settings.data.noise == 9:
            raise ArithmeticError("in the slow part <&>")
        return super().slow_part(result)


def change(page, **changes):
    """Change a page and wait until it has come to rest."""

    async def visit():
        page.controller.change(**changes)
        while any(view.stale for view in page.views) and not page.message.value:
            await asyncio.sleep(scheduler.YIELD_SECONDS)

    asyncio.run(visit())


@pytest.mark.parametrize("budget", [-1.0, float("inf")])
@pytest.mark.parametrize("author", [True, False])
def test_a_fault_in_the_slow_part(monkeypatch, caplog, budget, author):
    monkeypatch.setattr(scheduler, "BUDGET", budget)
    monkeypatch.setattr(scheduler, "REST_SECONDS", 0.0)
    # As a server says it that shows no tracebacks.
    monkeypatch.setenv(FAULTS, str(int(author)))
    if not author:
        monkeypatch.setenv("VOILA_REQUEST_URL", "http://localhost/")
    page = Faulty()
    before = page.verdict.widget.value
    with caplog.at_level(logging.ERROR, "lively"):
        change(page, noise=9.0)
    assert "ArithmeticError: in the slow part" in caplog.text
    assert ("in the slow part &lt;&amp;&gt;" in page.message.value) == author
    assert ("Traceback" in page.message.value) == author
    assert (Path(__file__).name in page.message.value) == author
    assert page.message.value.startswith("Not shown")
    assert page.progress.value == ""
    assert page.verdict.widget.value == before
    # It goes on with other settings.
    change(page, noise=3.0)
    assert page.message.value == ""
    assert page.verdict.widget.value != before
    assert not any(view.stale for view in page.views)


def test_a_fault_in_a_picture(monkeypatch, caplog):
    page = RegressionPage()
    shown = page.fit_view.canvas.paint().copy()
    draw = page.fit_view.picture.draw

    def broken(result):
        if result.settings.model.degree == 9:
            raise ArithmeticError("in a picture")
        draw(result)

    monkeypatch.setattr(page.fit_view.picture, "draw", broken)
    with caplog.at_level(logging.ERROR, "lively"):
        change(page, degree=9)
    assert "ArithmeticError: in a picture" in caplog.text
    assert page.controller.settings.model.degree == 7
    assert (page.fit_view.canvas.paint() == shown).all()
    change(page, degree=3)
    assert page.message.value == ""


def test_a_fault_at_the_start_is_raised_where_the_page_is_made():
    with pytest.raises(ArithmeticError, match="in the slow part"):
        Faulty(noise=9.0)
