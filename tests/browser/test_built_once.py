"""Which notebooks are built once, and what is executed for each visit, with the reason."""

import http.client
import re

import pytest
from client import Client, eventually, fetch

HEAD = "import ipywidgets as widgets\n"
#: Notebooks that must not be shared, and what the server says of each.
UNSHARED = {
    "query": ("import os; print(os.environ.get('QUERY_STRING'))", "it reads QUERY_STRING"),
    "address": ("import os; print(os.getenv('VOILA_REQUEST_URL'))", "it reads VOILA_REQUEST_URL"),
    "header": (
        "import os; os.environ.get('HTTP_ACCEPT_LANGUAGE')",
        "it reads HTTP_ACCEPT_LANGUAGE",
    ),
    "helper": (
        "from voila.utils import get_query_string; print(get_query_string())",
        "it reads .*QUERY_STRING",
    ),
    "environment": ("import os; print(len(dict(os.environ)))", "it reads the whole environment"),
    "clock": ("import time; print(time.time())", "it uses the time"),
    "now": ("from datetime import datetime as d; print(d.now())", "it uses the time"),
    "today": ("import datetime; print(datetime.date.today())", "it uses the time"),
    "process": ("import os; print(os.getpid())", "it uses its process id"),
    "draws": ("import random; print(random.random())", "random numbers without a seed"),
    "numpy_draws": ("import numpy; print(numpy.random.rand())", "random numbers without a seed"),
    "generator": (
        "import numpy; rng = numpy.random.default_rng()\nprint(rng.normal())",
        "random numbers without a seed",
    ),
    "old_generator": (
        "import numpy; rng = numpy.random.RandomState()",
        "random numbers without a seed",
    ),
    "own_generator": ("import random; rng = random.Random()", "random numbers without a seed"),
    "secret": ("import secrets; print(secrets.token_hex())", "random numbers without a seed"),
    "thread": (
        "import threading; event = threading.Event()\n"
        "threading.Thread(target=event.wait, daemon=True).start()",
        "it starts a thread",
    ),
    "child": (
        "import subprocess; child = subprocess.Popen(['sleep', '1000'])",
        "it starts a process",
    ),
    "ended": (
        "import subprocess; print(subprocess.check_output(['date'])[:0])",
        "it starts a process",
    ),
    "system": ("import os; os.system('true')", "it starts a process"),
    "shell": ("!date", "it starts a process"),
    "bytes": ("import os; print(os.environb.get(b'QUERY_STRING'))", "it reads QUERY_STRING"),
    "socket": ("import socket; kept = socket.socket()", "it keeps open socket"),
    "pipe": ("import os; kept = os.pipe()", "it keeps open pipe"),
    "file": ("import tempfile; kept = tempfile.TemporaryFile()", "it keeps open "),
    "folder": ("import tempfile; kept = tempfile.TemporaryDirectory()", "a temporary file"),
    "written": ("open('written.txt', 'w').write('once')", "it writes a file, .*written.txt"),
    "lock": ("import multiprocessing; kept = multiprocessing.Lock()", "it shares memory"),
    "memory": (
        "import mmap; kept = mmap.mmap(-1, 4096)",
        "it shares memory",
    ),
    "task": (
        "import asyncio\nasync def run():\n    while True:\n        await asyncio.sleep(1)\n"
        "kept = asyncio.ensure_future(run())",
        "it never comes to rest",
    ),
    "raises": ("raise RuntimeError('in a cell')", "it raises an exception"),
}
#: Notebooks that look alike and may be shared.
SHARED = {
    "seeded": "import random; random.seed(3); print(random.random())",
    "seeded_numpy": "import numpy; numpy.random.seed(3); print(numpy.random.rand())",
    "seeded_generator": "import numpy; print(numpy.random.default_rng(3).normal())",
    "seeded_old": "import numpy; rng = numpy.random.RandomState(3); print(rng.rand())",
    "copied": "import copy, numpy; rng = copy.deepcopy(numpy.random.RandomState(3))",
    "read": "print(open('read.ipynb').read(5)); kept = open('read.ipynb')",
    "joined": "import threading; t = threading.Thread(target=print); t.start(); t.join()",
    "closed": "import socket; socket.socket().close()",
    "later": "import asyncio\nkept = asyncio.ensure_future(asyncio.sleep(0.1))",
    "measured": "import time; began = time.perf_counter(); print(time.perf_counter() >= began)",
    "home": "import os; print(bool(os.environ['PATH']))",
    "plotted": "import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show()",
}
BUTTON = "\nbutton = widgets.Button(description='go')\nbutton"


@pytest.fixture(scope="module")
def kinds(serve_folder):
    """A server of all these notebooks."""
    codes = {name: code for name, (code, _) in UNSHARED.items()} | SHARED
    return serve_folder(
        "--Templates.most=100", **{name: HEAD + code + BUTTON for name, code in codes.items()}
    )


@pytest.mark.parametrize("name", UNSHARED)
def test_what_belongs_to_a_visit_is_executed_for_each(kinds, name):
    client = Client(kinds, f"{name}.ipynb", **{"Accept-Language": "en"})
    lines = [line for line in kinds.log.splitlines() if f" {name}.ipynb is executed" in line]
    assert len(lines) == 1
    assert re.search(UNSHARED[name][1], lines[0]), lines[0]
    if name == "raises":
        assert "There was an error when executing cell" in client.page
        assert "RuntimeError: in a cell" in kinds.log
    else:
        client.connect().load()
        assert client.find(description="go")
    client.leave()


@pytest.mark.parametrize("name", SHARED)
def test_what_is_the_same_for_all_is_built_once(kinds, name):
    one, other = (Client(kinds, f"{name}.ipynb") for _ in range(2))
    assert f" {name}.ipynb is executed" not in kinds.log
    assert one.id != other.id
    assert one.page.replace(one.id, "") == other.page.replace(other.id, "")
    one.connect().load()
    assert one.find(description="go")
    one.leave()


@pytest.mark.parametrize("name", ["clock", "draws", "generator", "process", "secret"])
def test_two_visitors_of_what_is_executed_see_their_own(kinds, name):
    one, other = (Client(kinds, f"{name}.ipynb") for _ in range(2))
    said = [re.search(r"<pre>(.*)", client.page)[1] for client in (one, other)]
    assert said[0] != said[1]
    for client in (one, other):
        client.leave()


def test_each_visit_is_told_its_own_query_where_the_notebook_is_executed(kinds):
    pages = [fetch(f"{kinds.url}voila/render/query.ipynb?n={number}") for number in range(2)]
    assert [f"n={number}" in page for number, page in enumerate(pages)] == [True, True]


def test_a_notebook_that_takes_too_long_is_given_up(serve_folder):
    code = f"{HEAD}import time\nwhile True:\n    time.sleep(0.01)"
    server = serve_folder("--Templates.seconds=2", "--VoilaExecutor.timeout=2", page=code)
    eventually(lambda: "executed for each visit: it takes more than 2 s." in server.log)
    eventually(lambda: not server.processes("lively-page"))


def test_a_page_has_one_address(serve_folder):
    server = serve_folder(page=HEAD + BUTTON)
    Client(server, "page.ipynb")
    (template,) = server.processes("lively-page")
    for path in ("./page.ipynb", "a/../page.ipynb", "/page.ipynb"):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("GET", f"/voila/render/{path}")
        connection.getresponse().read()
        connection.close()
    assert server.processes("lively-page") == [template]


def test_an_author_can_say_that_a_notebook_must_be_executed(serve_folder):
    server = serve_folder(metadata={"lively": {"build_once": False}}, page=HEAD + BUTTON)
    Client(server, "page.ipynb").leave()
    assert "page.ipynb is executed for each visit: its metadata say so." in server.log


def test_a_notebook_of_another_kernel_is_executed_by_it(serve_folder):
    server = serve_folder(metadata={"kernelspec": {"name": "other"}}, page=HEAD + BUTTON)
    with pytest.raises(OSError, match="500"):
        fetch(f"{server.url}voila/render/page.ipynb")
    assert eventually(lambda: "page.ipynb is executed for each visit" in server.log)


def test_a_setting_has_all_notebooks_executed(serve_folder):
    server = serve_folder("--Templates.built_once=False", page=HEAD + BUTTON)
    client = Client(server, "page.ipynb").connect().load()
    assert client.find(description="go")
    assert not server.processes("lively-page")
    (kernel,) = server.processes("lively-kernel")
    client.leave()
    eventually(lambda: not kernel.is_running())
