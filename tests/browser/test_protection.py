"""What a server refuses, and what it tells browsers to refuse."""

import http.client
import os
import re
import subprocess
import sys
import urllib.parse
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import websocket
from client import PROTOCOL, Client
from conftest import ROOT
from playwright.sync_api import expect

NOTEBOOKS = sorted(path.name for path in (ROOT / "dashboards").glob("*.ipynb"))
PAGE = "voila/render/page.ipynb"
REGRESSION = "voila/render/regression.ipynb"
NOBODY = "00000000-0000-4000-8000-000000000000"
SMALL = "import ipywidgets\nipywidgets.IntSlider(description='A number', value=3)"
#: Is executed for every visit, and takes long enough for Voilà to write that it still does.
SLOW = f"import os, time\nos.environ['QUERY_STRING']\ntime.sleep(3)\n{SMALL}"
HARMFUL = ("root:", "site-packages", "Traceback", "onerror", "<script>alert", '"execute_request"')


def ask(server, path, method="GET", host=None, **headers):
    """Return the status, the headers and the text of an answer; the address is sent as it is."""
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=90)
    line.putrequest(method, "/" + path, skip_host=True, skip_accept_encoding=True)
    line.putheader("Host", f"127.0.0.1:{server.port}" if host is None else host)
    for name, value in {"Content-Length": "0", **headers}.items():
        line.putheader(name.replace("_", "-"), value)
    line.endheaders()
    answer = line.getresponse()
    text = answer.read().decode(errors="replace")
    line.close()
    return answer.status, answer.headers, text


def policy(headers):
    """Return a Content-Security-Policy as a dictionary."""
    (found,) = headers.get_all("Content-Security-Policy")
    return {name: values for name, *values in map(str.split, found.split(";"))}


@pytest.fixture(scope="module")
def small(serve_folder):
    return serve_folder(page=SMALL)


MOUNTS = ["voila/templates", "voila/static", "voila/files", "voila/labextensions"]
MOUNTS += ["voila/api/themes", "voila/tree", "voila/render", "voila/api/contents"]
CLIMBS = [
    *("/../../../../../../../../etc/passwd", "/..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd"),
    *("/%2e%2e/%2e%2e/voila.json", "//etc/passwd", "/~root/.bashrc", "/..%5c..%5cvoila.json"),
    *("/lively/static/../../../../voila.json", "/x/static/%2e%2e/%2e%2e/conf.json"),
    *("/%00", "/lively/static/%00", "/a%0d%0aSet-Cookie:%20a=b.png", "/%ff", "/" + "a" * 3000),
]


@pytest.mark.parametrize("mount", MOUNTS)
def test_no_address_leads_out_of_its_folder_or_to_a_fault(server, mount):
    before = server.log.count("Traceback")
    for climb in CLIMBS:
        status, headers, text = ask(server, mount + climb)
        if status == 302:
            # To where files are, of which this is none.
            assert headers["Location"].startswith("/voila/files/")
            status, headers, text = ask(server, headers["Location"].removeprefix("/"))
        assert status == 404, (mount, climb)
        assert "Set-Cookie" not in headers
        assert not [word for word in HARMFUL if word in text], climb
        assert "There is no page here" in text, climb
    assert server.log.count("Traceback") == before


@pytest.mark.parametrize(
    "path",
    [
        *("voila/templates/", "voila/templates/x", "voila/templates/lively/static/"),
        *("voila/templates/lively/./static/page.css", "voila/templates/nothing/static/x"),
        *("voila/labextensions/x", "voila/api/themes/x", "voila/static/x", "voila/files/x.png"),
        *("voila/files/regression.ipynb", "voila/files/", "voila/labextensions/"),
        *("a%0d%0ab", "%00", "voila/files/a%0d%0ab.png", "voila/files/%00.png", "a/../b"),
    ],
)
def test_an_odd_address_is_answered_with_a_page(server, path):
    log = server.log
    status, _, text = ask(server, path)
    assert status == 404
    assert "There is no page here" in text
    assert "regression.ipynb" in text
    added = server.log[len(log) :]
    assert "Traceback" not in added
    assert "Uncaught" not in added


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "PROPFIND", "DEBUG", "get", "A" * 100])
def test_an_odd_method_is_refused(server, method):
    for path in ("", "voila/tree", REGRESSION, "nothing", "voila/static/voila.js", "login"):
        log = server.log
        status, _, text = ask(server, path, method, X_Secret="reflected")
        assert (status, text.count("\n")) == (405, 1), path
        assert "reflected" not in text
        assert "Uncaught" not in server.log[len(log) :]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
def test_nothing_can_be_changed(server, method):
    for path in ("", "voila/tree", REGRESSION, "voila/files/regression.png", "voila/api/contents/"):
        status, _, _ = ask(server, path, method)
        assert status in (404, 405), path


QUERIES = [
    *("theme=../../x", "template=../../../etc", "template=lab&theme=dark", "voila-theme=x"),
    *("<script>alert(1)</script>", "%3Cimg%20src=x%20onerror=alert(1)%3E", "a=%00", "a=%ff"),
    *("classic-tree=false", "a=" + "b" * 4000, "__class__=x&{{7*7}}=${7*7}"),
]


@pytest.mark.parametrize("query", QUERIES)
def test_no_query_is_shown_or_taken(server, query):
    marked = query.replace("a=", "reflected=")
    for path in ("voila/tree", REGRESSION):
        status, _, text = ask(server, f"{path}?{marked}")
        assert status == 200
        assert not [word for word in ("onerror", "<script>alert", "reflected") if word in text]


def test_what_a_jupyter_server_has_beside_pages_is_not_there(server):
    visitor = Client(server, "regression.ipynb").connect()
    kernel = f"api/kernels/{visitor.id}"
    for path in (
        *("api", "api/kernels", "api/contents", "api/sessions", "api/terminals", "api/status"),
        *("api/kernelspecs", "api/me", "terminals/websocket/1", "files/regression.ipynb", "lab"),
        *("nbconvert/html/regression.ipynb", "metrics", f"api/kernels/{NOBODY}"),
        *(f"voila/query/{visitor.id}", f"voila/execution/{visitor.id}"),
        *(f"{kernel}/interrupt", f"{kernel}/restart"),
    ):
        for method in ("GET", "POST"):
            assert ask(server, path, method)[0] in (404, 405), path
    for name in ("interrupt", "restart"):
        assert ask(server, f"{kernel}/{name}", "POST")[0] == 404
    visitor.load()
    visitor.leave()


LOCAL = ["localhost", "LOCALHOST:80", "127.0.0.1", "127.9.9.9:1", "[::1]:8866", "localhost."]
FOREIGN = ["evil.example", "evil.example:8866", "localhost.evil.example", "127.0.0.1.evil.example"]
FOREIGN += ["192.168.0.1", "[::2]"]


def test_a_server_of_this_machine_answers_to_its_own_names_only(server):
    for host in LOCAL:
        assert ask(server, "voila/tree", host=host)[0] == 200, host
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13"}
    for host in FOREIGN:
        for path in ("voila/tree", REGRESSION, "nothing", "voila/static/voila.js"):
            status, headers, text = ask(server, path, host=host)
            assert (status, "Protection.hosts" in text) == (403, True), (host, path)
            assert "evil" not in text
            assert "Set-Cookie" not in headers
        line = ask(server, f"api/kernels/{NOBODY}/channels", host=host, **upgrade)
        assert line[0] == 403
    assert "Protection.hosts" in server.log


def test_no_other_site_opens_the_websocket_of_a_visit(server):
    visitor = Client(server, "regression.ipynb")
    address = f"ws://127.0.0.1:{server.port}/api/kernels/{visitor.id}/channels"
    foreign = {"origin": "http://evil.example"}
    # A name that leads here, in a browser that believes it: both are foreign, and agree.
    for told in (foreign, {**foreign, "host": "evil.example"}):
        with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
            websocket.create_connection(address, subprotocols=[PROTOCOL], timeout=30, **told)
    own = {"origin": f"http://127.0.0.1:{server.port}"}
    websocket.create_connection(address, subprotocols=[PROTOCOL], timeout=30, **own).close()


def test_other_names_and_frames_can_be_allowed(workshop):
    server = workshop(
        "--Protection.hosts=pages.example",
        "--Protection.frame_ancestors=self",
        "--Protection.frame_ancestors=https://courses.example",
        page=SMALL,
    )
    for host, status in {"pages.example": 200, "localhost": 200, "evil.example": 403}.items():
        assert ask(server, PAGE, host=host)[0] == status
    found = policy(ask(server, PAGE)[1])
    assert found["frame-ancestors"] == ["'self'", "https://courses.example"]
    # Nothing else has changed.
    assert found["script-src"][0] == "'self'"
    assert "'unsafe-inline'" not in found["script-src"]
    assert ask(server, f"voila/api/shutdown/{NOBODY}", "POST")[0] == 404


def test_a_server_for_other_machines_answers_to_any_name_until_some_are_set(workshop):
    server = workshop("--Voila.ip=0.0.0.0", page=SMALL)
    assert ask(server, "voila/tree", host="pages.example")[0] == 200
    server.stop()
    server = workshop("--Voila.ip=0.0.0.0", "--Protection.hosts=pages.example", page=SMALL)
    assert ask(server, "voila/tree", host="pages.example")[0] == 200
    assert ask(server, "voila/tree", host="evil.example")[0] == 403


@pytest.mark.parametrize(
    "path",
    [
        *("voila/tree", REGRESSION, "nothing", "lively/scripts.js", "voila/static/voila.js"),
        *("voila/templates/lively/static/page.css", "voila/files/regression.png", "login"),
        *("voila/labextensions/x", "voila/static/x", "voila/api/contents/"),
    ],
)
def test_every_answer_has_its_headers_and_no_cookie(server, path):
    _, headers, _ = ask(server, path)
    found = policy(headers)
    assert found["default-src"] == ["'self'"]
    assert found["frame-ancestors"] == ["'self'"]
    assert found["base-uri"] == found["object-src"] == ["'none'"]
    scripts = found["script-src"]
    assert scripts[:2] == ["'self'", "blob:"]
    assert all(re.fullmatch("'sha256-[A-Za-z0-9+/]{43}='", source) for source in scripts[2:])
    assert headers.get_all("X-Content-Type-Options") == ["nosniff"]
    assert headers.get_all("Referrer-Policy") == ["same-origin"]
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("path", ["", "nothing", *(f"voila/render/{name}" for name in NOTEBOOKS)])
def test_the_policy_holds_back_nothing_of_a_page(server, visit, path):
    tab = visit(server.url + path)
    if path.endswith(".ipynb"):
        tab.wait_for_pictures()
        tab.page.get_by_role("slider").first.press("ArrowRight")
        tab.settle()
    tab.page.wait_for_load_state("load")
    missing = [text for text in tab.console if "404" in text]
    assert tab.console == missing
    assert len(missing) == (path == "nothing")
    assert tab.context.cookies() == []


def test_the_policy_stops_scripts_that_are_slipped_in(server, visit):
    tab = visit(server.url + REGRESSION)
    tab.wait_for_pictures()
    tab.page.evaluate("""() => {
      const image = document.createElement("div");
      image.innerHTML = '<img src="x:" onerror="window.slipped = 1">';
      const script = document.createElement("script");
      script.textContent = "window.slipped = 2";
      const link = document.createElement("a");
      link.href = "javascript:window.slipped = 3";
      document.body.append(image, script, link);
      link.click();
    }""")
    tab.page.wait_for_timeout(500)
    assert tab.page.evaluate("window.slipped") is None
    assert sum("Content Security Policy" in text for text in tab.console) >= 3


def test_a_page_that_is_executed_for_each_visit_is_whole_too(workshop, visit):
    server = workshop("--VoilaConfiguration.http_keep_alive_timeout=1", page=SLOW)
    assert "window.voila_heartbeat()</script>" in ask(server, PAGE)[2]
    tab = visit(server.url + PAGE)
    expect(tab.page.get_by_role("slider")).to_have_count(1, timeout=60_000)
    assert tab.console == []


SCRIPT = "from IPython.display import HTML\nHTML('<script>window.mine = 1</script>')"


@pytest.mark.parametrize("allowed", [False, True])
def test_a_notebook_s_own_scripts_can_be_allowed(workshop, visit, allowed):
    options = ["--Protection.script_sources=unsafe-inline"] if allowed else []
    server = workshop(*options, page=f"{SMALL}", other=f"{SCRIPT}")
    tab = visit(server.url + "voila/render/other.ipynb")
    tab.page.wait_for_load_state("networkidle")
    tab.page.wait_for_timeout(1000)
    assert tab.page.evaluate("window.mine") == (1 if allowed else None)


def test_only_those_that_are_allowed_show_a_page_in_a_frame(server, workshop, visit, tmp_path):
    other = workshop("--Protection.frame_ancestors=http://localhost:*", page=SMALL)
    handler = partial(SimpleHTTPRequestHandler, directory=tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as outside:
        Thread(target=outside.serve_forever, daemon=True).start()
        for framed, shown in ((server, 0), (other, 1)):
            frame = f'<iframe src="{framed.url}voila/tree"></iframe>'
            (tmp_path / "index.html").write_text(frame)
            tab = visit(f"http://localhost:{outside.server_port}/")
            tab.page.wait_for_load_state("networkidle")
            assert tab.page.frames[1].locator(".lively-brand").count() == shown
            assert bool([text for text in tab.console if "frame-ancestors" in text]) != shown
        outside.shutdown()


TOKEN = "a token of 20 letters"


@pytest.fixture(scope="module")
def closed(serve_folder):
    options = (f"--Voila.token={TOKEN}", "--Voila.base_url=/pages/")
    return serve_folder(*options, ready="pages/login", page=SMALL)


def test_without_the_token_nothing_of_a_page_is_seen(closed):
    for path in ("pages/voila/tree", "pages/" + PAGE, "pages/nothing", "pages/"):
        status, headers, _ = ask(closed, path)
        assert status == 302
        assert headers["Location"].startswith("/pages/login?next=%2Fpages%2F")
        assert "Set-Cookie" not in headers
    kernel = f"pages/api/kernels/{NOBODY}"
    for path, method in ((f"pages/voila/api/shutdown/{NOBODY}", "POST"), (kernel, "GET")):
        assert ask(closed, path, method)[0] == 403
    for path in ("login", "logout", "voila/labextensions/x", "voila/static/x", "voila/files/x.png"):
        status, headers, text = ask(closed, f"pages/{path}")
        assert status == (404 if "/" in path else 200)
        assert "ipynb" not in text
    for wrong in ("", "x", TOKEN[:-1]):
        sent = ask(closed, "pages/login?password=" + urllib.parse.quote(wrong), "POST")
        assert (sent[0], "Set-Cookie" in sent[1]) == (401, False)
        assert ask(closed, "pages/" + PAGE, Authorization=f"token {wrong}")[0] == 302


def test_the_token_lets_in_through_the_form_or_the_address(closed, visit):
    page = closed.url + "pages/" + PAGE
    quoted = urllib.parse.quote(TOKEN)
    for how in ("form", "address"):
        tab = visit(page if how == "form" else f"{page}?token={quoted}")
        if how == "form":
            tab.page.get_by_label("Token or password").fill("x")
            tab.page.keyboard.press("Enter")
            expect(tab.page.get_by_role("alert")).to_have_text("Invalid credentials")
            tab.page.get_by_label("Token or password").fill(TOKEN)
            tab.page.get_by_role("button", name="Log in").click()
        expect(tab.page.get_by_role("slider")).to_have_count(1, timeout=60_000)
        (cookie,) = tab.context.cookies()
        assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Lax", "/pages/")
        assert TOKEN not in tab.page.content()
        # The kernel answers: the websocket is let in too.
        tab.page.get_by_role("slider").press("ArrowRight")
        tab.settle()
        assert [text for text in tab.console if "401" not in text] == []
        tab.open(closed.url + "pages/logout")
        expect(tab.page.get_by_role("heading", level=1)).to_have_text("You are logged out")
        assert tab.context.cookies() == []
        tab.open(page)
        expect(tab.page.get_by_label("Token or password")).to_be_visible()


def test_whoever_has_the_token_cannot_change_the_password(closed):
    asked = urllib.parse.urlencode({"password": TOKEN, "new_password": "mine"})
    assert ask(closed, "pages/login?" + asked, "POST")[0] == 302
    for word, status in (("mine", 401), (TOKEN, 302)):
        sent = urllib.parse.urlencode({"password": word})
        assert ask(closed, "pages/login?" + sent, "POST")[0] == status


NONSENSE = [None, True, -1, 1e308, "x" * 1000, "<b>a</b>\nTraceback", [], [1, 2, 3], {"a": 1}]
BROKEN = """
from lively.pages.regression import RegressionPage

page = RegressionPage()
compute = page.controller._compute

def broken(settings):
    if settings.model.degree == 9:
        raise ArithmeticError("out of order")
    return compute(settings)

page.controller._compute = broken
page
"""


def test_a_visitor_s_nonsense_is_told_from_a_fault(workshop):
    server = workshop("--Voila.log_level=DEBUG", page=BROKEN)
    visitor = Client(server, "page.ipynb").connect().load()
    sliders = [
        n for n, w in visitor.states.items() if "value" in w["state"] and "max" in w["state"]
    ]
    assert len(sliders) > 4
    for number in visitor.states:
        for value in NONSENSE:
            visitor.set(number, value=value, index=value)
    visitor.click("Undo"), visitor.click("Redo"), visitor.click("Reset")
    said = [line for line in server.log.splitlines() if "[lively]" in line]
    assert "Traceback (most" not in server.log
    assert [line for line in said if "[lively] DEBUG page.ipynb: RegressionPage refused: " in line]
    assert [line for line in said if "[lively] DEBUG" not in line] == []
    visitor.set(visitor.find(description="Degree"), value=9)
    assert server.log.count("Traceback (most") == 1
    (fault,) = [line for line in server.log.splitlines() if "[lively] ERROR" in line]
    assert re.search(
        r"page.ipynb: RegressionPage could not show RegressionSettings\(.*degree=9", fault
    )


def test_refusals_are_not_logged_unless_asked_for(server):
    visitor = Client(server, "regression.ipynb").connect().load()
    log = server.log
    visitor.set(visitor.find(description="Degree"), value=1e308)
    visitor.click("Redo")
    assert server.log == log


NO_HOME = ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME")
NO_HOME += ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "MPLCONFIGDIR")


@pytest.mark.parametrize("built_once", [True, False])
def test_a_home_folder_that_cannot_be_written_is_one_line(workshop, monkeypatch, built_once):
    for name in NO_HOME:
        monkeypatch.delenv(name, raising=False)
    # Below what is no folder nobody can write, not even the superuser.
    monkeypatch.setenv("HOME", "/dev/null/home")
    server = workshop(f"--Templates.built_once={built_once}", page=SMALL)
    assert Client(server, "page.ipynb").connect().load().state(description="A number")
    (line,) = [text for text in server.log.splitlines() if "HOME" in text]
    assert "cannot be written" in line
    assert "Traceback" not in server.log
    (folder,) = re.findall(r"is kept in (\S+)", line)
    assert os.path.isdir(folder)
    server.stop()
    assert not os.path.exists(folder)


def test_no_temporary_folder_is_one_line():
    # The list is of the standard library, and all but the first of it would have to be read-only.
    start = "import tempfile; tempfile._candidate_tempdir_list = lambda: ['/dev/null/x']; "
    start += "from voila.app import main; main(['dashboards/', '--no-browser', '--port=0'])"
    ended = subprocess.run(
        [sys.executable, "-c", start], cwd=ROOT, capture_output=True, text=True, timeout=90
    )
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "Set TMPDIR" in ended.stderr
