"""A page that somebody leaves and comes back to, by the browser's own ways."""

import shutil

import pytest
from conftest import FLAGS, Visit
from playwright.sync_api import expect

PATH = "voila/render/regression.ipynb"
#: The flag with which playwright keeps Chromium from keeping pages.
UNKEPT = "--disable-back-forward-cache"
#: Whether a page that a test has passed on may open a websocket to this machine.
CHECKS = "LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets"
#: Says whether it was the same when it comes back.
MARK = """() => {
  window.marked = true;
  addEventListener("pageshow", ({ persisted }) => sessionStorage.setItem("persisted", persisted));
}"""


@pytest.fixture(scope="module")
def keeping(chromium):
    """A browser that keeps pages which are left."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    browser = chromium.browser_type.launch(
        executable_path=found,
        args=[*FLAGS, f"--disable-features={CHECKS}"],
        ignore_default_args=[UNKEPT],
    )
    yield browser
    browser.close()


def let_be_kept(tab):
    """Have pages come without the header that keeps Chromium from keeping them."""

    def rewrite(route):
        answer = route.fetch()
        # What is fetched here is not compressed any more.
        gone = ("cache-control", "content-encoding", "content-length")
        headers = {name: value for name, value in answer.headers.items() if name not in gone}
        route.fulfill(status=answer.status, headers=headers, body=answer.body())

    tab.page.route("**/*.ipynb", rewrite)


def expect_alive(tab):
    tab.wait_for_pictures()
    expect(tab.page.locator(".lively-banner")).to_have_count(0)
    frames = tab.frames
    tab.page.locator(".noUi-target:not([disabled]) .noUi-handle").last.press("ArrowRight")
    tab.settle()
    assert tab.frames > frames


@pytest.mark.parametrize(("kind", "way"), [("loaded again", "link"), ("kept", "script")])
def test_a_page_that_is_come_back_to_lives(server, keeping, kind, way):
    tab = Visit(keeping)
    try:
        if kind == "kept":
            let_be_kept(tab)
        tab.open(server.url + PATH)
        tab.wait_for_pictures()
        tab.page.evaluate(MARK)
        if way == "link":
            tab.page.locator(".lively-pages a:not([aria-current])").first.click()
            tab.wait_for_pictures()
        else:
            tab.page.evaluate("location.href = '/voila/tree'")
            tab.page.locator(".lively-gallery").wait_for()
        tab.page.evaluate("history.back()")
        tab.page.wait_for_function("(path) => location.pathname.endsWith(path)", arg=PATH)
        if kind == "kept":
            # It was the same page, which has loaded itself again.
            tab.page.wait_for_function("() => !window.marked")
            assert tab.page.evaluate("sessionStorage.getItem('persisted')") == "true"
        expect_alive(tab)
    finally:
        tab.close()
