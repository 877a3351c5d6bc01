"""The front page, the header with the pages, and the page for a mistyped address."""

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser

import nbformat
import pytest
from conftest import ROOT
from playwright.sync_api import expect

HOSTILE = '"><img src=x onerror=alert(1)>: <script>alert(2)</script>'
NOTEBOOKS = sorted((ROOT / "dashboards").glob("*.ipynb"))
PAGES = {path.name: nbformat.read(path, as_version=4).metadata for path in NOTEBOOKS}
PHONE = {"viewport": {"width": 390, "height": 844}}
#: Of the whole front page, with its pictures.
MOST_BYTES = 200_000
WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"


def fetch(address):
    """Return the status and the text of an answer."""
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


class Head(HTMLParser):
    """The metadata of a page."""

    def __init__(self, text):
        super().__init__()
        self.found = {}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        if tag == "meta" and "content" in named:
            name = named.get("name") or named.get("property")
            assert name not in self.found
            self.found[name] = named["content"]


def test_a_card_for_every_notebook_and_its_link_leads_to_the_page(server, visit):
    tab = visit(server.url)
    cards = tab.page.locator(".lively-gallery a")
    expect(cards).to_have_count(len(PAGES))
    found = cards.evaluate_all("links => links.map((a) => [a.getAttribute('href'), a.innerText])")
    for address, text in found:
        page = PAGES[address.removeprefix("/voila/render/")]
        assert text.split("\n") == [page.title, *[""] * (text.count("\n") - 1), page.description]
    order = [PAGES[address.removeprefix("/voila/render/")].order for address, _ in found]
    assert order == sorted(order)
    assert tab.page.evaluate(
        "Promise.all([...document.images].map((i) => (i.loading = 'eager', i.decode())))"
        ".then(() => [...document.images].every((i) => i.naturalWidth === 640))"
    )


def test_by_keyboard_alone_from_the_front_page_to_a_page(server, visit):
    tab = visit(server.url)
    first = tab.page.locator(".lively-gallery a").first
    for _ in range(20):
        tab.page.keyboard.press("Tab")
        if first.evaluate("link => link === document.activeElement"):
            break
    assert first.evaluate("link => parseFloat(getComputedStyle(link).outlineWidth)") >= 3
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url(re.compile(r"/voila/render/\w+\.ipynb$"))
    expect(tab.page.locator(".lively-pages [aria-current=page]")).to_have_count(1)


def test_the_front_page_is_light_starts_no_process_and_asks_no_other_host(server, visit):
    before = {process.pid for process in server.visits()}
    tab = visit()
    sizes = []
    tab.page.on("requestfinished", lambda r: sizes.append(r.sizes()))
    tab.page.goto(server.url, wait_until="networkidle")
    tab.page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    tab.page.wait_for_load_state("networkidle")
    total = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)
    assert 5_000 < total < MOST_BYTES
    assert len(tab.requests) <= 1 + 1 + len(PAGES)
    for request in tab.requests:
        assert request.startswith((server.url, "data:"))
    assert tab.page.locator("script").count() == 0
    assert tab.console == []
    assert tab.failures == []
    assert {process.pid for process in server.visits()} <= before


@pytest.mark.parametrize("path", ["", "nothing", *(f"voila/render/{name}" for name in PAGES)])
def test_on_a_phone_nothing_is_wider_and_the_menu_opens(server, visit, path):
    tab = visit(server.url + path, **PHONE)
    tab.page.wait_for_load_state("load")
    inner, outer = tab.page.evaluate(WIDTHS)
    assert inner <= outer
    nav = tab.page.locator(".lively-pages")
    expect(nav).to_be_hidden()
    tab.page.get_by_role("button", name="Pages").focus()
    tab.page.keyboard.press("Enter")
    expect(nav.get_by_role("link")).to_have_count(len(PAGES))
    expect(nav).to_be_visible()
    tab.page.keyboard.press("Escape")
    expect(nav).to_be_hidden()
    tab.page.keyboard.press("Enter")
    tab.page.keyboard.press("Tab")
    assert nav.get_by_role("link").first.evaluate("link => link === document.activeElement")


@pytest.mark.parametrize("name", PAGES)
def test_every_page_shows_the_others_and_which_one_it_is(server, visit, name):
    tab = visit(server.url + f"voila/render/{name}")
    nav = tab.page.get_by_role("navigation", name="Pages")
    here = nav.locator("[aria-current=page]")
    expect(here).to_have_text(PAGES[name].title.partition(":")[0])
    others = nav.locator("a:not([aria-current])")
    expect(others).to_have_count(len(PAGES) - 1)
    # Not by colour alone.
    assert here.evaluate("link => getComputedStyle(link).fontWeight") == "700"
    expect(tab.page.locator("h1")).to_have_text(PAGES[name].title)
    # What stands in for the page until it lives has a toolbar, too.
    expect(tab.page.locator(".lively-poster")).to_have_count(0, timeout=60_000)
    toolbar = tab.page.locator(".lively-toolbar").last.bounding_box()
    for part in (nav, tab.page.locator(".lively-header h1")):
        box = part.bounding_box()
        assert box["x"] + box["width"] <= toolbar["x"]
        assert box["y"] + box["height"] <= 52
    tab.page.locator(".lively-brand").click()
    expect(tab.page.locator(".lively-gallery a")).to_have_count(len(PAGES))


def test_search_engines_and_social_cards_are_told(server):
    _, text = fetch(server.url)
    front = Head(text).found
    assert len(front["description"]) > 50
    for name, page in PAGES.items():
        found = Head(fetch(server.url + f"voila/render/{name}")[1]).found
        assert found["og:title"] == page.title
        assert found["description"] == found["og:description"] == page.description
        picture = server.url + f"voila/files/{name.removesuffix('.ipynb')}.png"
        assert found["og:image"] == picture
        assert found["og:type"] == "website"
        assert found["twitter:card"] == "summary_large_image"
        assert "robots" not in found
        with urllib.request.urlopen(picture, timeout=60) as answer:
            assert answer.headers["Content-Type"] == "image/png"
        assert found.keys() == front.keys()


def test_the_picture_s_address_has_the_name_by_which_the_visitor_came(workshop):
    server = workshop("--Protection.hosts=pages.example", page="1 + 1")
    (server.folder / "page.png").write_bytes(b"")
    headers = {"Host": "pages.example", "X-Forwarded-Proto": "https"}
    with urllib.request.urlopen(
        urllib.request.Request(server.url, headers=headers), timeout=60
    ) as answer:
        image = Head(answer.read().decode()).found["og:image"]
    assert image.startswith("https://pages.example/voila/files/")


@pytest.mark.parametrize(
    "path",
    [
        *("nothing", "nothing.html", "voila/nothing", "voila/tree/nothing", "voila/tree/a/b"),
        *("voila/render/", "voila/render/nothing", "voila/render/nothing.ipynb"),
        *("voila/render/a/nothing.ipynb", "voila/render/../nothing.ipynb"),
        *(p + urllib.parse.quote(HOSTILE, "") for p in ("", "voila/tree/", "voila/render/")),
        "voila/render/" + urllib.parse.quote(HOSTILE, "") + ".ipynb",
        *("%ff", "voila/tree/%ff%fe", "voila/render/%ff.ipynb"),
    ],
)
def test_a_mistyped_address_shows_the_way_back(server, path):
    status, text = fetch(server.url + path)
    assert status == 404
    assert "There is no page here" in text
    assert 'href="/voila/tree"' in text
    for name in PAGES:
        assert f'href="/voila/render/{name}"' in text
    assert "onerror" not in text
    assert "<script" not in text
    assert "<!-- lively" not in text


def test_a_mistyped_address_looks_like_the_front_page(server, visit):
    tab = visit(server.url + "nothing")
    expect(tab.page.get_by_role("heading", level=1)).to_have_text("There is no page here")
    expect(tab.page.locator(".lively-pages a")).to_have_count(len(PAGES))
    tab.page.get_by_role("link", name="To the front page").click()
    expect(tab.page.locator(".lively-gallery a")).to_have_count(len(PAGES))


def test_titles_are_text_and_a_broken_or_a_new_notebook_is_shown(workshop, visit):
    server = workshop("--VoilaConfiguration.default_pool_size=0", page="1 + 1")
    folder = server.log_path.parent / "dashboards"
    notebook = json.loads((folder / "page.ipynb").read_text())
    notebook["metadata"] |= {"title": HOSTILE, "description": HOSTILE, "order": 1}
    (folder / "page.ipynb").write_text(json.dumps(notebook))
    (folder / "broken_one.ipynb").write_text("{")
    (folder / "more").mkdir()
    (folder / "more" / "other.ipynb").write_text(json.dumps(notebook))
    tab = visit(server.url)
    headings = tab.page.locator(".lively-gallery h2")
    expect(headings).to_have_text([HOSTILE, "Broken one"])
    expect(tab.page.locator(".lively-gallery p")).to_have_text([HOSTILE])
    assert Head(tab.page.content()).found["og:title"] == "Interactive machine learning"
    tab.page.get_by_role("link", name="more", exact=True).click()
    expect(headings).to_have_text([HOSTILE])
    tab.page.locator(".lively-gallery a").click()
    expect(tab.page.locator("h1")).to_have_text(HOSTILE)
    expect(tab.page.locator(".lively-pages [aria-current]")).to_have_count(1)
    assert Head(tab.page.content()).found["og:description"] == HOSTILE
    assert tab.page.locator("img[src=x]").count() == 0
    tab.open(server.url + "voila/render/broken_one.ipynb")
    expect(tab.page.get_by_role("heading", level=1)).to_have_text("This page could not be shown")
    assert not [text for text in tab.console if "alert" in text]
