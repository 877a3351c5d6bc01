"""The pages that there are, found from their notebooks; and the marks in a page that is sent."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from jinja2 import ChoiceLoader, DictLoader, Environment, FileSystemLoader, PrefixLoader
from notebooks import ROOT
from tornado.httputil import HTTPHeaders

from lively.serving.built_pages.gallery import (
    DEFAULT_ORDER,
    PageEntry,
    all_notebooks,
    folders_with_pages,
    pages_in_folder,
)
from lively.serving.built_pages.page_header import (
    PageHeaderTransform,
    add_header_transform,
    render_placeholder,
)

HOSTILE = "<script>alert('title')</script>"


@pytest.fixture
def write(tmp_path):
    def write(name, text=None, **metadata):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(json.dumps({"metadata": metadata}) if text is None else text)
        return path

    return write


def titles(root, folder=""):
    return [entry.title for entry in pages_in_folder(root, folder)]


def test_an_entry_is_what_the_notebook_says(write, tmp_path):
    write("curve_fit.ipynb", title="Curve fitting: what  it\nsays", description=" One. ", order=2)
    write("curve_fit.png", "a picture")
    (entry,) = pages_in_folder(tmp_path)
    assert entry == PageEntry("curve_fit.ipynb", "Curve fitting: what it says", "One.", 2, True)
    assert entry.short == "Curve fitting"
    assert entry.address == "voila/render/curve_fit.ipynb"
    assert entry.picture_address == "voila/files/curve_fit.png"


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "7", '{"metadata": 7}', '{"metadata": {"title": 7}}', "[" * 100_000, "\x00"],
)
def test_a_broken_notebook_goes_by_its_name_and_the_others_stay(write, tmp_path, text):
    write("my_page.ipynb", text)
    write("sound.ipynb", title="Sound", order=1)
    assert pages_in_folder(tmp_path)[1] == PageEntry(
        "my_page.ipynb", "My page", "", DEFAULT_ORDER, False
    )
    assert titles(tmp_path) == ["Sound", "My page"]


def test_a_notebook_that_is_no_text_goes_by_its_name(tmp_path):
    (tmp_path / "bytes.ipynb").write_bytes(b"\xff\xfe\x00")
    assert titles(tmp_path) == ["Bytes"]


def test_the_order_is_the_metadata_s_then_the_name_s(write, tmp_path):
    for name, order in (("a", 3), ("c", 1), ("b", 1), ("d", None), ("e", "0"), ("f", 0.5)):
        write(f"{name}.ipynb", title=name, order=order)
    assert titles(tmp_path) == ["b", "c", "a", "d", "e", "f"]


@pytest.mark.parametrize("title", ["No colon", ": nothing before", HOSTILE])
def test_a_title_is_always_short_enough_to_show(title):
    entry = PageEntry("x.ipynb", title, "", 0, False)
    assert entry.short
    assert entry.short in title


def test_names_become_addresses(write, tmp_path):
    write("a b/#1? ä.ipynb")
    (entry,) = pages_in_folder(tmp_path, "a b")
    assert entry.address == "voila/render/a%20b/%231%3F%20%C3%A4.ipynb"


def test_a_notebook_is_read_again_when_it_has_changed(write, tmp_path):
    import os

    path = write("page.ipynb", title="Before")
    assert titles(tmp_path) == ["Before"]
    write("page.ipynb", title="After")
    os.utime(path, ns=(1, 1))
    assert titles(tmp_path) == ["After"]
    write("new.ipynb", title="New", order=1)
    assert titles(tmp_path) == ["New", "After"]


def test_folders_are_looked_at_one_by_one(write, tmp_path):
    write("page.ipynb", title="Here")
    write("more/page.ipynb", title="There")
    write("more/deep/page.ipynb", title="Deeper")
    write("plain/text.txt", "")
    write(".ipynb_checkpoints/page.ipynb", title="Hidden")
    write(".hidden.ipynb", title="Hidden")
    assert titles(tmp_path) == ["Here"]
    assert titles(tmp_path, "more") == ["There"]
    assert folders_with_pages(tmp_path) == ["more"]
    assert folders_with_pages(tmp_path, "/more/") == ["more/deep"]


@pytest.mark.parametrize(
    "folder", ["..", "../outside", "/../outside", "a/../../outside", ".git", "\0", "no", "x" * 5000]
)
def test_nothing_outside_the_root_is_listed(write, tmp_path, folder):
    write("outside/page.ipynb", title="Outside")
    write("root/page.ipynb", title="Inside")
    assert titles(tmp_path / "root", folder) == []
    assert folders_with_pages(tmp_path / "root", folder) == []


def test_a_link_that_leads_nowhere_is_no_page(tmp_path):
    (tmp_path / "gone.ipynb").symlink_to(tmp_path / "nowhere")
    assert pages_in_folder(tmp_path) == []


@pytest.fixture
def forbidden(monkeypatch):
    """Let no folder `lost+found` be looked into, and tell nothing of a file `nobody.ipynb`."""

    def refuse(name, forbidden):
        real = getattr(Path, name)

        def instead(self, *args, **options):
            if forbidden(self):
                raise PermissionError(13, "Permission denied", str(self))
            return real(self, *args, **options)

        monkeypatch.setattr(Path, name, instead)

    refuse("iterdir", lambda path: path.name == "lost+found")
    refuse("stat", lambda path: "lost+found" in path.parts[:-1] or path.stem == "nobody")


def test_what_may_not_be_read_is_left_out(write, tmp_path, forbidden):
    write("lost+found/page.ipynb")
    write("nobody.ipynb")
    write("page.ipynb")
    write("more/page.ipynb")
    assert all_notebooks(tmp_path) == ["page.ipynb", "more/page.ipynb"]
    assert folders_with_pages(tmp_path) == ["more"]
    assert pages_in_folder(tmp_path, "lost+found") == []


def test_a_notebook_that_goes_while_it_is_looked_at_is_no_page(write, tmp_path, monkeypatch):
    write("page.ipynb")
    write("going.ipynb")
    real = Path.exists

    def go(self):
        found = real(self)
        if self.name == "going.ipynb":
            self.unlink()
        return found

    monkeypatch.setattr(Path, "exists", go)
    assert [page.path for page in pages_in_folder(tmp_path)] == ["page.ipynb"]


TEMPLATE = """
{% macro head(base_url, origin, home, pages, here) %}{{ origin }}|{{ here.title }}{% endmacro %}
{% macro pages(base_url, origin, home, pages, here) %}{{ home }}|{{ pages | length }}{% endmacro %}
"""
PAGE = b"<!-- lively: head --><!-- lively: pages --> text <!-- lively: pages -->"


@pytest.fixture
def sent(tmp_path):
    """Return a function that sends parts of an answer through the frame."""
    loader = DictLoader({"frame.html.j2": TEMPLATE})
    settings = {
        "base_url": "/base/",
        "contents_manager": SimpleNamespace(root_dir=str(tmp_path)),
        "voila_jinja2_env": Environment(loader=loader, autoescape=True),
    }

    def sent(path, *parts, kind="text/html; charset=UTF-8", length=None, host="here:1", **headers):
        request = SimpleNamespace(path=path, protocol="http", host=host, headers=headers)
        frame = PageHeaderTransform(SimpleNamespace(settings=settings), request)
        answer = HTTPHeaders({"Content-Type": kind})
        if length:
            answer["Content-Length"] = str(length)
        _, answer, first = frame.transform_first_chunk(200, answer, parts[0], False)
        rest = [frame.transform_chunk(part, False) for part in parts[1:]]
        return answer, b"".join([first, *rest]).decode()

    return sent


def test_a_server_of_one_notebook_has_no_other_pages(write, tmp_path):
    write("page.ipynb", title="Alone", description="By itself.")
    write("other.ipynb", title="Other")
    folder = ROOT / "lively/template"
    settings = {
        "base_url": "/base/",
        "contents_manager": SimpleNamespace(root_dir=str(tmp_path)),
        "voila_jinja2_env": Environment(loader=FileSystemLoader(folder), autoescape=True),
    }
    app = SimpleNamespace(settings=settings, transforms=[])
    add_header_transform(app, "page.ipynb")
    request = SimpleNamespace(path="/base/", protocol="http", host="here:1", headers={})
    made = {
        macro: render_placeholder(macro, settings, request) for macro in ("head", "pages", "others")
    }
    assert "Other" not in "".join(made.values())
    assert "voila/tree" not in "".join(made.values())
    assert 'href="/base/"' in made["pages"]
    assert "<nav" not in made["pages"]
    assert 'content="By itself."' in made["head"]
    # Where nothing compresses the answer, the marks are filled as it is sent.
    answer = HTTPHeaders({"Content-Type": "text/html"})
    filled = app.transforms[0](request).transform_first_chunk(200, answer, PAGE, True)[2].decode()
    assert made["pages"] in filled
    assert made["head"] in filled


def test_marks_are_filled_once_and_the_length_follows(write, sent):
    write("page.ipynb", title="A & B")
    answer, text = sent("/base/voila/render/page.ipynb", PAGE, length=len(PAGE))
    filled = "http://here:1|A &amp; B/base/voila/tree|1 text <!-- lively: pages -->"
    assert text == filled
    assert answer["Content-Length"] == str(len(filled))


def test_marks_are_filled_in_whatever_part_they_come(write, sent):
    write("page.ipynb", title="A")
    parts = (b"<head>", b"<!-- lively: head -->", b"</head>", b"<!-- lively: pages -->", b"end")
    _, text = sent("/base/voila/tree", *parts)
    assert text == "<head>http://here:1|</head>/base/voila/tree|1end"


def test_what_is_no_page_stays_as_it_is(sent):
    answer, text = sent("/base/x.js", PAGE, kind="text/javascript", length=len(PAGE))
    assert text == PAGE.decode()
    assert answer["Content-Length"] == str(len(PAGE))


def test_the_pages_are_those_of_the_folder_that_was_asked_for(write, sent):
    write("top.ipynb", title="Top")
    for name in ("a", "b"):
        write(f"some folder/{name}.ipynb", title=name)
    home = "/base/voila/tree/some%20folder|2"
    assert home in sent("/base/voila/render/some%20folder/a.ipynb", PAGE)[1]
    assert home in sent("/base/voila/tree/some%20folder", PAGE)[1]
    for lost in ("/", "/base/", "/base/voila/tree/no", "/base/voila/render/no/a.ipynb"):
        assert "/base/voila/tree|1" in sent(lost, PAGE)[1]


def test_the_address_is_the_visitor_s_own_and_text(write, sent):
    write("page.ipynb")
    _, text = sent("/base/", PAGE, host='"><b>', **{"X-Forwarded-Proto": "https"})
    assert text.startswith("https://&#34;&gt;&lt;b&gt;|")
    _, text = sent("/base/", PAGE, **{"X-Forwarded-Proto": "javascript"})
    assert text.startswith("http://here:1|")


@pytest.fixture
def template():
    """The templates of served pages, as the server has them."""
    folder = ROOT / "lively"
    loaders = [FileSystemLoader(folder / "template")]
    loaders += [PrefixLoader({"static": FileSystemLoader(folder / "web")})]
    return Environment(loader=ChoiceLoader(loaders), autoescape=True).get_template


def test_an_error_says_whose_it_is_and_nothing_of_its_text_is_markup(template):
    told = {"base_url": "/", "status_message": HOSTILE, "message": HOSTILE, "exception": HOSTILE}
    broken = template("error.html").render(status_code=500, **told)
    assert "it was not you" in broken
    refused = template("error.html").render(status_code=403, **told)
    assert "may not give it" in refused
    lost = template("404.html").render(status_code=404, **told)
    assert "There is no page here" in lost
    for text in (broken, refused, lost):
        assert "<!-- lively: others -->" in text
        assert "<script" not in text


def test_pages_without_a_picture_or_none_at_all_have_their_metadata(template):
    macros = template("frame.html.j2").module
    told = {"base_url": "/", "origin": "http://here", "home": "/voila/tree"}
    page = PageEntry("x.ipynb", HOSTILE, HOSTILE, 0, False)
    for pages, here in (([], None), ([page], None), ([page], page)):
        head = macros.head(**told, pages=pages, here=here)
        assert 'content="summary"' in head
        assert "og:image" not in head
        assert "<script" not in head
        assert 'href="/voila/tree"' in macros.pages(**told, pages=pages, here=here)
        assert 'href="/voila/tree"' in macros.others(**told, pages=pages, here=here)
