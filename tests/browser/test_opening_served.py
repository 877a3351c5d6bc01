"""Opening: the page at once, then the page that lives, in the same place."""

import gzip
import urllib.error
import urllib.request

import pytest

PATH = "voila/render/regression.ipynb"
#: Where everything stands on the page, or on its poster.
PLACES = """(poster) => {
  const page = [...document.querySelectorAll(".lively-page")]
    .find((e) => Boolean(e.closest(".lively-poster")) === poster);
  return [...page.querySelectorAll(
    ".lively-toolbar, .lively-group > *, .lively-views > *, .lively-scores > *, .lively-picture")]
    .map((e) => e.getBoundingClientRect())
    .filter(({width, height}) => width && height)
    .map(({x, y, width, height}) => [x, y, width, height].map(Math.round));
}"""


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_the_living_page_stands_where_its_poster_stood(server, visit, size):
    tab = visit(viewport=dict(zip(("width", "height"), size, strict=True)))
    # Without its own script, the page stays as it came.
    tab.page.route("**/voila.js", lambda route: route.abort())
    tab.open(server.url + PATH)
    tab.page.wait_for_function("() => document.querySelectorAll('.lively-poster img').length === 2")
    tab.page.wait_for_load_state("load")
    stood = tab.page.evaluate(PLACES, True)
    assert len(stood) > 25
    tab.page.unroute("**/voila.js")
    tab.open(server.url + PATH)
    tab.wait_for_pictures()
    assert tab.page.locator(".lively-poster").count() == 0
    assert tab.page.evaluate(PLACES, False) == stood


def test_without_scripts_the_page_shows_pictures_numbers_and_words(server, visit):
    tab = visit(server.url + PATH, java_script_enabled=False)
    poster = tab.page.locator(".lively-poster")
    poster.locator("img").nth(1).wait_for()
    text = poster.inner_text()
    for words in ("Noise σ", "Training R²", "0.93", "Neither under- nor overfitting shows."):
        assert words in text
    assert "need JavaScript" in tab.page.locator("noscript").inner_text()


def test_scripts_come_in_one_piece_and_nothing_is_asked_for_twice(server, visit):
    tab = visit(server.url + PATH)
    tab.wait_for_pictures()
    asked = [url for url in tab.requests if not url.startswith("data:")]
    assert len(asked) == len(set(asked))
    assert len(asked) < 25
    assert not [url for url in asked if url.endswith(".voila.js")]
    assert tab.console == []


def test_the_browser_keeps_the_scripts_as_long_as_they_are_the_same(server):
    address = server.url + "lively/scripts.js"
    with urllib.request.urlopen(address, timeout=60) as answer:
        assert answer.headers["Cache-Control"] == "no-cache"
        assert answer.headers["Content-Encoding"] == "gzip"
        assert len(gzip.decompress(answer.read())) > 1_000_000
        mark = answer.headers["Etag"]
    again = urllib.request.Request(address, headers={"If-None-Match": mark})
    with pytest.raises(urllib.error.HTTPError, match="304"):
        urllib.request.urlopen(again, timeout=60)


def test_a_slow_browser_has_the_time_that_it_needs(server, visit):
    tab = visit()
    tab.page.add_init_script(
        """window.given = [];
        const timeout = AbortSignal.timeout.bind(AbortSignal);
        AbortSignal.timeout = (ms) => { window.given.push(ms); return timeout(ms); };"""
    )
    tab.open(server.url + PATH)
    tab.wait_for_pictures()
    given = tab.page.evaluate("window.given")
    assert given, "whoever makes the widgets has no such limit any more"
    assert min(given) >= 60_000
    assert tab.page.evaluate("AbortSignal.timeout(5) && window.given.at(-1)") == 5
