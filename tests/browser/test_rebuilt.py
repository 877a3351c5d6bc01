"""Pages that are built anew: when what they are made from changes, and when there are many."""

import os
import time
import urllib.request

import pytest
from client import Client, eventually
from conftest import write_notebook

HEAD = "import ipywidgets as widgets\n"
SPIN = (
    HEAD
    + """import package
label = widgets.HTML(package.value, description='label')
button = widgets.Button(description='spin')

@button.on_click
def spin(_):
    while True:
        pass

widgets.VBox([label, button])
"""
)
LABEL = HEAD + "widgets.HTML(description='label', value={!r})"


def label(server, path="page.ipynb"):
    """Return what a new visitor of a page is shown."""
    client = Client(server, path).connect().load()
    value = client.state(description="label")["value"]
    client.leave()
    return value


def settled(server):
    """Wait until nothing is built any more."""
    time.sleep(2.5)
    return server


def test_a_notebook_that_is_saved_is_built_anew_and_visits_go_on(serve_folder):
    server = serve_folder(page=LABEL.format("before"))
    client = Client(server, "page.ipynb").connect().load()
    waiting = Client(server, "page.ipynb")
    write_notebook(server.folder / "page.ipynb", LABEL.format("after"), {})
    eventually(lambda: label(server) == "after")
    assert client.load().state(description="label")["value"] == "before"
    # The page that was sent before the change gets the process that belongs to it.
    assert waiting.connect().load().state(description="label")["value"] == "before"
    client.leave()
    waiting.leave()
    eventually(lambda: len(server.processes("lively-page")) == 1)


def test_the_old_page_stays_while_the_new_one_fails(serve_folder):
    server = serve_folder(page=LABEL.format("before"))
    assert label(server) == "before"
    write_notebook(server.folder / "page.ipynb", HEAD + "raise RuntimeError('broken')", {})
    eventually(lambda: "page.ipynb could not be built anew; the old page stays." in server.log)
    assert "RuntimeError: broken" in server.log
    assert label(server) == "before"
    settled(server)
    assert server.log.count("could not be built anew") == 1
    write_notebook(server.folder / "page.ipynb", LABEL.format("mended"), {})
    eventually(lambda: label(server) == "mended")


def test_a_notebook_that_could_not_be_shared_is_tried_again_when_it_changes(serve_folder):
    clock = LABEL.format("clock") + "\nimport time; time.time()\nwidgets.Label()"
    server = serve_folder(page=clock)
    Client(server, "page.ipynb").leave()
    assert not server.processes("lively-page")
    write_notebook(server.folder / "page.ipynb", LABEL.format("shared"), {})
    eventually(lambda: label(server) == "shared" and server.processes("lively-page"))


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("data.txt", "open('data.txt').read().strip()"),
        ("data.csv", "str(__import__('numpy').loadtxt('data.csv', dtype=str))"),
        ("helper.py", "__import__('helper').value"),
    ],
)
def test_what_a_page_has_read_belongs_to_it(serve_folder, name, read):
    content = "value = {!r}" if name.endswith(".py") else "{}"
    server = serve_folder(other=LABEL.format("other"))
    assert label(server, "other.ipynb") == "other"
    (other,) = server.processes("lively-page")
    (server.folder / name).write_text(content.format("before"))
    write_notebook(
        server.folder / "page.ipynb", f"{HEAD}widgets.HTML({read}, description='label')", {}
    )
    assert label(server) == "before"
    (server.folder / name).write_text(content.format("afterwards"))
    eventually(lambda: label(server) == "afterwards")
    assert other.is_running()


def test_a_package_that_changes_is_imported_anew(serve_folder, tmp_path, monkeypatch):
    (tmp_path / "authors").mkdir()
    module = tmp_path / "authors/package.py"
    module.write_text("value = 'before'")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "authors"), prepend=os.pathsep)
    code = f"{HEAD}import package\nwidgets.HTML(package.value, description='label')"
    server = serve_folder("--Templates.preloaded=package", page=code)
    assert label(server) == "before"
    (fork_server,) = server.processes("lively-fork")
    module.write_text("value = 'afterwards'")
    eventually(lambda: label(server) == "afterwards")
    # It stays until nothing is left that it has forked.
    eventually(lambda: not fork_server.is_running())
    module.write_text("value = 'broken")
    eventually(lambda: "page.ipynb could not be built anew" in server.log)
    assert "SyntaxError" in server.log
    assert label(server) == "afterwards"
    module.write_text("value = 'mended'")
    eventually(lambda: label(server) == "mended")


def test_what_comes_of_an_old_process_ends_with_the_server(serve_folder, tmp_path, monkeypatch):
    (tmp_path / "authors").mkdir()
    module = tmp_path / "authors/package.py"
    module.write_text("value = 'before'")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "authors"), prepend=os.pathsep)
    server = serve_folder("--Templates.preloaded=package", page=SPIN)
    client = Client(server, "page.ipynb").connect().load()
    (visit,) = server.processes("lively-visit")
    (fork_server,) = server.processes("lively-fork")
    module.write_text("value = 'afterwards'")
    eventually(lambda: label(server) == "afterwards")
    # Its parent is gone, and whoever takes its place has to take note of its end.
    eventually(lambda: visit.ppid() == fork_server.pid, seconds=30)
    click = {"method": "custom", "content": {"event": "click"}}
    client.send("comm_msg", {"comm_id": client.find(description="spin"), "data": click})
    client.line.recv()
    server.process.kill()
    server.process.wait()
    eventually(lambda: not visit.is_running() and not fork_server.is_running())


def test_a_visit_whose_template_has_gone_leaves_no_zombie(serve_folder):
    server = serve_folder(page=SPIN.replace("package.value", "'before'").replace("package", "time"))
    client = Client(server, "page.ipynb").connect().load()
    (visit,) = server.processes("lively-visit")
    (fork_server,) = server.processes("lively-fork")
    (page,) = server.processes("lively-page")
    page.kill()
    eventually(lambda: visit.ppid() == fork_server.pid)
    client.leave()
    eventually(lambda: not visit.is_running())


def test_what_a_failed_page_had_read_is_looked_at_as_well(serve_folder):
    server = serve_folder(page=LABEL.format("before"))
    (server.folder / "helper.py").write_text("value = 1 / 0")
    code = f"{HEAD}import helper\nwidgets.HTML(helper.value, description='label')"
    write_notebook(server.folder / "page.ipynb", code, {})
    eventually(lambda: "ZeroDivisionError" in server.log)
    assert label(server) == "before"
    (server.folder / "helper.py").write_text("value = 'mended'")
    eventually(lambda: label(server) == "mended")


def test_what_an_executed_notebook_writes_is_no_reason_to_build_it_again(serve_folder):
    code = (
        f"{HEAD}import os, time\nos.listdir('.')\nopen(f'{{time.time_ns()}}.txt', 'w').close()\n"
        "widgets.HTML('written', description='label')"
    )
    server = serve_folder(page=code)
    for _ in range(3):
        assert label(server) == "written"
    assert server.log.count("page.ipynb is executed for each visit") == 1


@pytest.mark.parametrize("built_once", [True, False])
def test_a_long_query_is_told_to_the_visit(serve_folder, built_once):
    code = (
        HEAD + "from lively.visit import on_visit\nlabel = widgets.HTML(description='label')\n"
        "@on_visit\ndef tell(visit):\n    label.value = str(len(visit.query))\nlabel"
    )
    server = serve_folder(f"--Templates.built_once={built_once}", page=code)
    assert label(server) == "0"
    (fork_server,) = server.processes("lively-fork")
    query = "x=" + "y" * 50_000
    client = Client(server, "page.ipynb", f"?{query}").connect().load()
    assert client.state(description="label")["value"] == str(len(query))
    client.leave()
    assert server.processes("lively-fork") == [fork_server]


def test_a_module_that_cannot_be_imported_hurts_no_page_but_its_own(
    serve_folder, tmp_path, monkeypatch
):
    package = tmp_path / "authors"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "bad.py").write_text("raise RuntimeError('in a module')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    server = serve_folder(
        "--Templates.preloaded=authors", page=LABEL.format("good"), bad="import authors.bad"
    )
    assert label(server) == "good"
    assert "authors.bad could not be imported before it is needed." in server.log
    assert "RuntimeError: in a module" in server.log
    assert "There was an error" in Client(server, "bad.ipynb").page


def test_of_many_pages_those_are_kept_that_are_used_most(serve_folder):
    names = [f"page{number}" for number in range(5)]
    server = serve_folder("--Templates.most=2", **{name: LABEL.format(name) for name in names})
    for name in [*names, *names]:
        assert label(server, f"{name}.ipynb") == name
        assert len(server.processes("lively-page")) <= 3
    settled(server)
    assert len(server.processes("lively-page")) == 2
    before = set(server.processes("lively-page"))
    for name in (*names[3:], names[3]):
        assert label(server, f"{name}.ipynb") == name
    assert set(server.processes("lively-page")) == before


def test_pages_in_folders_are_built_too_and_know_where_they_lie(serve_folder):
    server = serve_folder(page=LABEL.format("outer"))
    (server.folder / "inner").mkdir()
    (server.folder / "inner/word.txt").write_text("inner")
    code = f"{HEAD}widgets.HTML(open('word.txt').read(), description='label')"
    write_notebook(server.folder / "inner/page.ipynb", code, {})
    assert label(server, "inner/page.ipynb") == "inner"
    assert label(server) == "outer"


def test_the_server_answers_while_pages_are_built(serve_folder):
    slow = HEAD + "import time; time.sleep(3)\n" + LABEL.format("slow").partition("\n")[2]
    server = serve_folder(aaa=LABEL.format("quick"), slow=slow)
    started = time.monotonic()
    urllib.request.urlopen(f"{server.url}voila/tree", timeout=30).close()
    assert label(server, "aaa.ipynb") == "quick"
    assert label(server, "slow.ipynb") == "slow"
    assert time.monotonic() - started < 60
