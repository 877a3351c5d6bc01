"""The opening of a page as the browser's two scripts conduct it: how much is drawn and sent."""

import asyncio
from functools import partial

import numpy as np
import pytest
from page_browser import OWN, Browser
from thorough import quick_are

from lively.pages.bias_variance import BiasVariancePage
from lively.pages.classification import ClassificationPage
from lively.pages.curve_fit import CurveFitPage
from lively.pages.model_selection import ModelSelectionPage
from lively.pages.regression import RegressionPage
from lively.ui import canvas as canvas_module
from lively.ui import scheduler
from lively.ui.prerender import render_html
from lively.ui.screens import MOST_PIXELS, PictureShape, picture_shapes

WIDE = [[1554, 500], [1554, 360]]
PHONE = [[358, 250], [358, 230]]


@pytest.fixture(autouse=True)
def in_time(monkeypatch):
    """Wait for what is slow, however busy the machine is: a second frame would be counted."""
    monkeypatch.setattr(scheduler, "BUDGET", 60.0)


@pytest.fixture
def hasty(monkeypatch):
    monkeypatch.setattr(canvas_module, "PATIENCE", 0.05)


@pytest.mark.parametrize("order", [["theirs", "ours"], ["ours"], ["ours", "theirs"]])
@pytest.mark.parametrize(
    ("ratio", "sizes"), quick_are([(1.25, WIDE)], (1, OWN), (2, OWN), (3, PHONE))
)
def test_each_picture_is_drawn_and_sent_once(order, ratio, sizes, hasty):
    async def opening():
        browser = Browser()
        browser.open(order, ratio=ratio, sizes=sizes)
        await asyncio.sleep(0.15)
        return browser

    browser = asyncio.run(opening())
    assert browser.frames == [[[*size, ratio]] for size in sizes]
    assert (browser.images, browser.asked, browser.draws) == (0, 0, [1, 1])
    assert browser.is_right()


def test_a_picture_that_the_poster_shows_is_not_drawn_again():
    async def opening():
        browser = Browser()
        render_html(browser.page)
        browser.open(["theirs", "ours"])
        return browser

    browser = asyncio.run(opening())
    assert browser.draws == [1, 1]
    assert browser.frames == [[[*size, 1]] for size in OWN]
    assert browser.is_right()


SCREENS = [(1, OWN), (1, WIDE), (3, PHONE), (2, OWN)]


async def opened(kind, ratio, sizes, *, ahead):
    """Return a page's browser after an opening, and how often one was laid out in it."""
    browser = Browser(kind)
    # What refines itself at rest does so before.
    await asyncio.sleep(0.5)
    if ahead:
        browser.page.prepare(SCREENS)
        assert browser.frames == [[], []]
    painted = []
    for canvas in browser.canvases:
        settle = canvas._painting.settle
        canvas._painting.settle = lambda settle=settle: painted.append(1) or settle()
    browser.open(["theirs", "ours"], ratio=ratio, sizes=sizes)
    assert browser.frames == [[[*size, ratio]] for size in sizes]
    return browser, len(painted)


@pytest.mark.parametrize("kind", [RegressionPage, ClassificationPage])
@pytest.mark.parametrize(("ratio", "sizes"), quick_are([SCREENS[2]], *SCREENS[:2], SCREENS[3]))
def test_a_prepared_screen_takes_no_drawing(kind, ratio, sizes):
    async def compare():
        (ready, painted), (plain, _) = await asyncio.gather(
            opened(kind, ratio, sizes, ahead=True), opened(kind, ratio, sizes, ahead=False)
        )
        assert painted == 0
        assert all(map(np.array_equal, ready.shown, plain.shown))
        # Going on from there draws nothing but what moves.
        drawn = list(ready.draws)
        for browser in (ready, plain):
            browser.page.controller.again()
        await asyncio.sleep(0.5)
        assert ready.draws == drawn
        assert all(map(np.array_equal, ready.shown, plain.shown))

    asyncio.run(compare())


def test_what_is_prepared_later_takes_the_place_of_what_was_before():
    async def prepared():
        browser = Browser()
        for width in range(300, 340, 4):
            browser.page.prepare([(1, OWN), (2, [[width, 300]] * len(OWN))])
            assert [len(canvas._ahead) for canvas in browser.canvases] == [2, 2]

    asyncio.run(prepared())


def test_a_picture_that_changed_since_is_sent_as_it_is():
    async def opening():
        browser = Browser()
        browser.page.prepare(SCREENS)
        browser.page.controller.change(degree=3)
        assert browser.frames == [[], []]
        browser.open(["theirs", "ours"], ratio=3, sizes=PHONE)
        return browser

    browser = asyncio.run(opening())
    assert list(map(len, browser.frames)) == [1, 1]
    assert browser.is_right()


def test_another_screen_is_one_frame_for_each_picture_that_has_another_shape():
    async def opening():
        browser = Browser()
        browser.open(["theirs", "ours"])
        browser.screen(anew=False)
        assert list(map(len, browser.frames)) == [1, 1]
        browser.screen(sizes=[OWN[0], [914, 300]], anew=False)
        assert list(map(len, browser.frames)) == [1, 2]
        browser.screen(ratio=2, sizes=[OWN[0], [914, 300]], anew=False)
        assert list(map(len, browser.frames)) == [2, 3]
        drawn = list(browser.draws)
        browser.screen(anew=False)
        assert browser.draws == drawn
        return browser

    assert asyncio.run(opening()).is_right()


@pytest.mark.parametrize(
    ("kind", "panel"),
    quick_are(
        [(RegressionPage, "predicted")],
        *((CurveFitPage, "correlation"), (BiasVariancePage, "x")),
        *((ClassificationPage, "confusion"), (ModelSelectionPage, "geometry")),
    ),
)
def test_every_page_looks_the_same_wherever_its_window_has_been(kind, panel):
    browser = Browser(kind)
    browser.screen()
    browser.page.controller.change(panel=panel)
    for ratio, sizes in ((3, PHONE), (1, OWN), (3, PHONE), (1.25, WIDE)):
        browser.screen(ratio, sizes, anew=False)
        assert browser.is_right()


def test_what_is_not_computed_yet_is_not_seen(monkeypatch):
    async def opening():
        # Of another seed than other tests', which leave their results in the cache.
        browser = Browser(partial(ModelSelectionPage, seed=8642))
        render_html(browser.page)
        browser.open(["theirs", "ours"])
        return browser

    monkeypatch.setattr(scheduler, "BUDGET", -1)
    browser = asyncio.run(opening())
    assert np.ptp(browser.shown[1]) == 0


def test_a_script_that_starts_again_gets_whole_frames():
    # The page is loaded again in JupyterLab, or its script has lost a frame.
    async def opening():
        browser = Browser()
        for _ in range(2):
            browser.open(["theirs", "ours"])
        browser.page.controller.change(degree=4)
        return browser

    browser = asyncio.run(opening())
    assert browser.frames == [[[*size, 1], [*size, 1], None] for size in OWN]
    assert browser.draws == [1, 1]
    assert browser.is_right()


def test_without_our_script_there_are_images_after_a_moment(hasty):
    async def opening():
        browser = Browser()
        browser.ipympl(ratio=2)
        assert browser.images == 0
        await asyncio.sleep(0.15)
        assert browser.images == 2
        browser.page.controller.change(degree=3)
        # From now on, the browser asks and is answered at once.
        assert browser.asked == 2
        browser.ipympl("draw")
        assert browser.images == 4
        assert [canvas.device_pixel_ratio for canvas in browser.canvases] == [2, 2]
        # Late, but here: our script takes over.
        browser.screen(ratio=2)
        browser.page.controller.change(degree=4)
        await asyncio.sleep(0.15)
        return browser

    browser = asyncio.run(opening())
    assert browser.images == 4
    assert browser.frames == [[[*size, 2], None] for size in OWN]
    assert browser.is_right()


def test_without_a_loop_an_image_comes_at_once():
    browser = Browser()
    browser.page.controller.change(degree=8)
    browser.ipympl()
    assert (browser.images, browser.frames) == (2, [[], []])


def test_no_image_is_kept_as_text():
    browser = Browser()
    browser.page.prepare([])
    browser.page.prepare(SCREENS)
    browser.ipympl("initialized", "refresh")
    assert [canvas._data_url for canvas in browser.canvases] == [None, None]


@pytest.fixture(scope="module")
def refusing():
    """One page for all that it refuses: nothing of it sticks."""
    return Browser()


@pytest.mark.parametrize(
    ("ratio", "sizes", "sentence"),
    [
        *((ratio, OWN, "ratio must be") for ratio in (0, 9, -1, "2", None, True, [], float("nan"))),
        *(
            (1, [size, [400, 300]], "pairs of integers")
            for size in ([1e9, 300], ["a", 1], "ab", [400], [True, 300], [10, 10], None, [400, 1.5])
        ),
        *((1, sizes, "2 pairs") for sizes in ("x", None, 5, {}, [[400, 300]], [[400, 300]] * 3)),
        (4, [[4000, 400], [400, 300]], "at most 12 million pixels"),
    ],
)
def test_what_is_no_screen_is_refused(refusing, ratio, sizes, sentence):
    browser = refusing
    browser.screen(ratio, sizes)
    assert sentence in browser.page.message.value
    assert browser.frames == [[], []]
    assert [list(canvas.shape[:2]) for canvas in browser.canvases] == OWN
    browser.page.shell._handle_custom_msg("screen", [])
    browser.page.shell._handle_custom_msg({"type": ["screen"]}, [])


@pytest.mark.parametrize(
    ("own", "drawn"),
    quick_are([(0.25, 0.5), (1.1, 1.1)], (1 / 3, 0.5), (0.5, 0.5), (4, 4), (5, 4), (8, 4)),
)
def test_what_a_screen_has_more_or_less_of_is_the_browser_s_to_make(own, drawn):
    browser = Browser()
    browser.screen(own)
    assert browser.frames == [[[*size, drawn]] for size in OWN]
    for (width, height), shown in zip(OWN, browser.shown, strict=True):
        assert shown.shape == (int(height * drawn), int(width * drawn))
    assert browser.page.message.value == ""


@pytest.mark.parametrize("ratio", quick_are([0.25, 1.1], 1 / 3, 5, 8))
def test_ipympl_s_own_script_gets_images_in_the_ratio_that_it_has(ratio):
    browser = Browser()
    browser.ipympl(ratio=ratio)
    for (width, height), canvas in zip(OWN, browser.canvases, strict=True):
        # Where there are more pixels than there may be, it has none at all.
        if width * height * ratio**2 <= MOST_PIXELS:
            assert canvas.shape == (width, height, ratio)
            assert canvas.get_width_height(physical=True) == (
                int(width * ratio),
                int(height * ratio),
            )
        else:
            assert canvas.shape == (width, height, 1)
    browser.screen(ratio)
    assert [canvas.shape.ratio for canvas in browser.canvases] == [min(max(ratio, 0.5), 4)] * 2


def test_a_picture_that_cannot_be_drawn_is_said(monkeypatch):
    browser = Browser()
    monkeypatch.setattr(browser.canvases[0].figure, "draw", lambda renderer: 1 / 0)
    browser.screen()
    assert "ZeroDivisionError" in browser.page.message.value
    # What was said stays while the window changes.
    monkeypatch.undo()
    browser.screen(sizes=WIDE)
    assert "ZeroDivisionError" in browser.page.message.value
    assert browser.is_right()


def test_a_screen_without_sizes_leaves_them():
    browser = Browser()
    browser.screen(2, [])
    assert browser.frames == [[[*size, 2]] for size in OWN]


def test_a_page_may_have_twelve_million_pixels():
    present = [PictureShape(914, 338, 1), PictureShape(914, 232, 1)]
    assert picture_shapes(2, [[2000, 1000], [2000, 500]], present) == [
        (2000, 1000, 2),
        (2000, 500, 2),
    ]
    assert MOST_PIXELS == 3_000_000 * 2**2
    with pytest.raises(ValueError, match="12 million"):
        picture_shapes(2, [[2000, 1000], [2000, 501]], present)


def test_the_script_keeps_to_the_same_limits():
    from lively.ui import screens
    from lively.ui.client import BrowserClient

    for line in (
        f"const SMALLEST = {screens.SMALLEST};",
        f"const LARGEST = {screens.LARGEST};",
        f"const RATIOS = [{screens.RATIOS[0]:g}, {screens.RATIOS[1]:g}];",
        f"const MOST = {screens.MOST_PIXELS // 10**6}e6;",
    ):
        assert line in BrowserClient._esm
