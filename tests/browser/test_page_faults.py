"""One page's fault stays that page's: in its module, its words, its constructor, its notebook."""

import os
import shutil
import urllib.request

import pytest
from client import eventually
from conftest import PATIENCE, ROOT, start_voila

SENTENCE = "The page cannot be shown. Whoever runs the server finds the reason in its log."
POSTER = 'class="lively-poster"'
#: By page: the file that is broken, what is put at its end or in place of what, and the fault.
FAULTS = {
    "regression": ("lively/pages/regression/page.py", "", "raise RuntimeError('in import')"),
    "classification": ("lively/pages/classification/text.py", "", "def (:"),
    "curve_fit": (
        "lively/pages/curve_fit/page.py",
        '        """Make the parts that show a result."""',
        "        raise RuntimeError('in constructor')",
    ),
    "bias_variance": (
        "dashboards/bias_variance.ipynb",
        "page = BiasVariancePage()",
        "page = BiasVariancePage(degree='in cell')",
    ),
}
#: What the log says of each.
LOGGED = ["RuntimeError: in import", "SyntaxError", "RuntimeError: in constructor", "in cell"]
WHOLE = "model_selection"


def break_pages(folder):
    """Break all pages but one; return the files as they were."""
    before = {}
    for name, old, new in FAULTS.values():
        path = folder / name
        before[path] = text = path.read_text("utf-8")
        broken = text.replace(old, new) if old else f"{text}\n{new}\n"
        assert broken != text, name
        path.write_text(broken, "utf-8")
    return before


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """Serve a copy of the package, in which all pages but one are broken."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("lively", "dashboards"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    shutil.copy(ROOT / "voila.json", folder)
    for path in (folder / "dashboards").glob("*.ipynb"):
        if path.stem not in (*FAULTS, WHOLE):
            path.unlink()
    before = break_pages(folder)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)
        server = start_voila(folder, folder / "log")
    server.before = before
    yield server
    server.stop()


def html(server, page):
    """Return the HTML of a page."""
    address = f"{server.url}voila/render/{page}.ipynb"
    with urllib.request.urlopen(address, timeout=PATIENCE / 1000) as answer:
        return answer.read().decode()


def test_the_others_are_built_once_and_strangers_get_a_sentence(broken):
    assert POSTER in html(broken, WHOLE)
    eventually(lambda: len(broken.processes("lively-page")) == 1)
    (built,) = broken.processes("lively-page")
    for page in FAULTS:
        sent = html(broken, page)
        assert SENTENCE in sent
        assert POSTER not in sent
        assert str(broken.log_path.parent) not in sent
        assert "Traceback" not in sent
        for said in LOGGED:
            assert said not in sent
    for said in LOGGED:
        assert said in broken.log
    assert broken.log.count("Traceback") >= len(FAULTS)
    assert "is executed for each visit: it raises an exception" in broken.log
    assert f"{WHOLE}.ipynb is executed" not in broken.log
    # The process that has imported what pages use is still the first one.
    assert len(broken.processes("lively-fork")) == 1
    assert broken.processes("lively-page") == [built]


def test_an_author_sees_the_traceback(serve_folder):
    server = serve_folder("--VoilaConfiguration.show_tracebacks=True", page="x = 1\nx / 0")
    sent = html(server, "page")
    assert "ZeroDivisionError" in sent
    assert SENTENCE not in sent


def test_a_broken_page_says_so_in_a_browser(broken, chromium):
    page = chromium.new_page()
    page.goto(f"{broken.url}voila/render/regression.ipynb")
    page.get_by_text(SENTENCE).wait_for(timeout=PATIENCE)
    # The way to the others is there.
    assert page.locator(".lively-pages a").count() == len(FAULTS) + 1
    assert "in import" not in page.locator("body").inner_text()
    page.close()


def test_what_is_mended_is_built_again_without_a_restart(broken):
    (fork_server,) = broken.processes("lively-fork")
    for path, text in broken.before.items():
        path.write_text(text, "utf-8")
    eventually(lambda: all(POSTER in html(broken, page) for page in (*FAULTS, WHOLE)))
    eventually(lambda: len(broken.processes("lively-page")) >= len(FAULTS) + 1)
    # One that had imported what was broken would have gone on to fail.
    assert broken.processes("lively-fork") != [fork_server]
