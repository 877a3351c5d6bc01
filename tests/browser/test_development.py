"""`make run`: whoever writes a page sees what is saved, and what it raises, without a restart."""

import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request

import nbformat
import pytest
from client import Client, eventually
from conftest import PATIENCE, ROOT, free_port

#: What is saved: the file, what is there, what is put in its place, and where it is then seen.
CHANGES = [
    ("lively/pages/regression/page.py", '"Training"', '"Saved part"', "Saved part"),
    ("lively/ui/page.py", '"Nothing to undo"', '"Nothing saved to undo"', "Nothing saved to undo"),
    ("lively/web/page.css", r"\Z", "\n.saved-page-style { color: red }\n", ".saved-page-style"),
    ("lively/web/shell.js", r"\A", "// saved script\n", "// saved script"),
    ("lively/web/frame.css", r"\Z", "\n.saved-frame-style { color: red }\n", ".saved-frame-style"),
    (
        "lively/template/index.html.j2",
        "<noscript>",
        '<noscript id="saved">',
        '<noscript id="saved">',
    ),
]


@pytest.fixture(scope="module")
def author(tmp_path_factory):
    """Serve a copy of the project as `make run` does, with one page."""
    folder = tmp_path_factory.mktemp("author")
    for name in ("lively", "dashboards", "tools"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("voila.json", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    for path in (folder / "dashboards").glob("*.ipynb"):
        if path.stem != "regression":
            path.unlink()
    port = free_port()
    log = folder / "log"
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "tools/serve.py", f"--port={port}"],
            cwd=folder, env=environment, stdout=out, stderr=out,
        )  # fmt: skip
    author = Author(folder, f"http://127.0.0.1:{port}/", log)
    try:
        eventually(lambda: "The pages are at" in author.log, seconds=180)
        yield author
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


class Author:
    def __init__(self, folder, url, log):
        self.folder, self.url, self._log = folder, url, log

    @property
    def log(self):
        return self._log.read_text()

    def html(self):
        address = f"{self.url}voila/render/regression.ipynb"
        with urllib.request.urlopen(address, timeout=PATIENCE / 1000) as answer:
            return answer.read().decode()

    def sees(self):
        """Return all that a new visitor is sent: the page, and the states of its widgets."""
        visitor = Client(self, "regression.ipynb").connect().load()
        states = [str(state) for state in visitor.states.values()]
        visitor.leave()
        # The browser asks for it anew when its address has changed.
        address = re.search(r'href="/([^"]*/frame\.css[^"]*)"', visitor.page)[1]
        with urllib.request.urlopen(self.url + address, timeout=PATIENCE / 1000) as answer:
            return "\n".join([visitor.page, answer.read().decode(), *states])

    def save(self, name, old, new):
        path = self.folder / name
        before = path.read_text("utf-8")
        changed, count = re.subn(old if old[:1] == "\\" else re.escape(old), lambda _: new, before)
        assert count >= 1
        path.write_text(changed, "utf-8")
        return lambda: path.write_text(before, "utf-8")


@pytest.mark.parametrize(
    ("name", "old", "new", "seen"), CHANGES, ids=[change[0] for change in CHANGES]
)
def test_what_is_saved_is_seen_by_the_next_visit(author, name, old, new, seen):
    assert seen not in author.sees()
    author.save(name, old, new)
    eventually(lambda: seen in author.sees(), seconds=120)


def test_a_notebook_that_is_saved_is_seen(author):
    path = author.folder / "dashboards/regression.ipynb"
    notebook = nbformat.read(path, as_version=4)
    next(
        cell for cell in notebook.cells if cell.cell_type == "markdown"
    ).source += "\n\nSaved words."
    nbformat.write(notebook, path)
    eventually(lambda: "Saved words." in author.html(), seconds=120)


@pytest.mark.parametrize(
    "name", ["lively/pages/regression/text.py", "lively/ui/views.py", "lively/engine/settings.py"]
)
def test_what_a_saved_module_raises_is_on_the_page_until_it_is_mended(author, name):
    mend = author.save(name, r"\Z", "\nraise RuntimeError('just saved')\n")
    eventually(lambda: "RuntimeError" in author.html(), seconds=120)
    sent = author.html()
    assert "just saved" in sent
    assert "Traceback" in sent
    mend()
    eventually(lambda: 'class="lively-poster"' in author.html(), seconds=120)


def test_make_dev_is_make_run():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert re.search(r"^dev: run\b", makefile, re.MULTILINE)
