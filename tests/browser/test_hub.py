"""The pages as a service of a real JupyterHub, in the configuration that SECURITY.md has."""

import http.client
import os
import re
import secrets
import shutil
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
import websocket
from client import Client, eventually, open_line
from conftest import ROOT, VISITS, Server, free_port, write_notebook

CONFIG = re.compile(r"```python\n(# jupyterhub_config\.py\n.*?)```", re.DOTALL)
#: What a test's Hub has besides: a proxy, one password for all, and a service that may do nothing.
MORE = """
import sys

sys.path.insert(0, {folder!r})
c.JupyterHub.proxy_class = "hub_proxy.PassThrough"
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = {password!r}
c.Authenticator.allow_all = True
c.JupyterHub.db_url = "sqlite://"
c.JupyterHub.ip = "127.0.0.1"
c.JupyterHub.hub_port = {port}
c.JupyterHub.services[0]["api_token"] = {token!r}
c.JupyterHub.services.append({{"name": "other", "api_token": {other!r}}})
"""
PASSWORD, TOKEN, OTHER = (secrets.token_hex() for _ in range(3))
PAGE = "services/lively/voila/render/page.ipynb"
END = "voila/api/shutdown"
PAGES = [PAGE, "services/lively/", "services/lively/voila/tree"]
SQUARE = """
import os
import ipywidgets as widgets
n, square = widgets.IntSlider(3, description="n"), widgets.Text(description="square")
def answer(change):
    square.value = f"{change.new ** 2}, {os.environ.get('JUPYTERHUB_API_TOKEN')}"
n.observe(answer, "value")
widgets.VBox([n, square])
"""
ENVIRONMENT = "import os\nprint(dict(os.environ))"


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """A Hub with two notebooks as its service."""
    folder = tmp_path_factory.mktemp("hub")
    (folder / "dashboards").mkdir()
    shutil.copy(ROOT / "voila.json", folder)
    write_notebook(folder / "dashboards/page.ipynb", SQUARE, {})
    write_notebook(folder / "dashboards/environment.ipynb", ENVIRONMENT, {})
    config = CONFIG.search((ROOT / "SECURITY.md").read_text("utf-8"))[1]
    config = config.replace("/srv/lively/.venv/bin", str(Path(sys.executable).parent))
    config = config.replace("/srv/lively", str(folder)).replace("8866", str(free_port()))
    own = {"folder": str(Path(__file__).parent), "port": free_port()}
    config += MORE.format(**own, password=PASSWORD, token=TOKEN, other=OTHER)
    (folder / "config.py").write_text(config, "utf-8")
    command = [sys.executable, "-m", "jupyterhub", "--config=config.py"]
    made = Server(command, folder, folder / "log", PAGES[-1])
    yield made
    log = made.log
    below = psutil.Process(made.process.pid).children(recursive=True)
    made.stop()
    _, left = psutil.wait_procs(below, 20)
    for process in left:
        process.kill()
    assert below
    assert not left
    assert "Traceback" not in log


class Browser:
    """Follows redirects and keeps cookies, as a visitor's browser does."""

    def __init__(self, hub):
        self.url, self.cookies = hub.url, CookieJar()
        kept = urllib.request.HTTPCookieProcessor(self.cookies)
        self._opener = urllib.request.build_opener(kept)

    def open(self, path, form=None, **headers):
        """Return the status, the address and the text that a path leads to."""
        address = urllib.parse.urljoin(self.url, path)
        sent = None if form is None else urllib.parse.urlencode(form).encode()
        headers |= {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin"}
        asked = urllib.request.Request(address, sent, headers)
        try:
            answer = self._opener.open(asked, timeout=120)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            text = answer.read().decode()
        return SimpleNamespace(status=answer.status, url=answer.url, text=text)

    def log_in(self, name, path):
        """Ask for a page, fill in the form that comes instead, and return what follows."""
        form = self.open(path)
        assert form.url.startswith(f"{self.url}hub/login?next="), form.url
        token = re.search(r'name="_xsrf" value="([^"]+)"', form.text)[1]
        filled = {"username": name, "password": PASSWORD, "_xsrf": token}
        return self.open(form.url, filled)

    def cookie(self):
        """Return what the browser sends to the service as its cookies."""
        asked = urllib.request.Request(f"{self.url}services/lively/")
        self.cookies.add_cookie_header(asked)
        return asked.get_header("Cookie")


@pytest.fixture
def browser(hub):
    return Browser(hub)


@pytest.fixture
def come(hub):
    """Return a function by which ada, who may, comes to a page."""
    clients = []

    def begin(path="page.ipynb"):
        browser = Browser(hub)
        assert browser.log_in("ada", PAGE).status == 200
        service = SimpleNamespace(url=f"{hub.url}services/lively/")
        clients.append(Client(service, path, Cookie=browser.cookie()))
        return clients[-1]

    yield begin
    for client in clients:
        client.leave()
    eventually(lambda: not any(map(hub.processes, VISITS)))


def answer(hub, path, method="GET", **headers):
    """Return the status, the headers and the text of an answer, which may lead elsewhere."""
    line = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=60)
    line.request(method, f"/{path}", headers=headers)
    found = line.getresponse()
    text = found.read().decode()
    line.close()
    return found.status, found.headers, text


def refusal(hub, number, cookie=None):
    """Return the status with which a websocket does not open."""
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        open_line(f"{hub.url}services/lively/", number, cookie)
    return refused.value.status_code


@pytest.mark.parametrize("path", PAGES)
def test_who_is_not_logged_in_is_sent_to_the_hub(hub, browser, path):
    status, headers, text = answer(hub, path)
    assert (status, text) == (302, "")
    asked = urllib.parse.urlsplit(headers["Location"])
    assert asked.path == "/hub/api/oauth2/authorize"
    assert urllib.parse.parse_qs(asked.query)["client_id"] == ["service-lively"]
    assert browser.open(path).url.startswith(f"{hub.url}hub/login?next=")


def test_who_may_come_gets_a_page_that_lives(hub, browser, come):
    first = browser.log_in("ada", PAGE)
    assert (first.status, first.url) == (200, hub.url + PAGE)
    assert '"kernelId": "' in first.text
    client = come().connect().load()
    assert client.state(description="n")["value"] == 3
    client.set(client.find(description="n"), value=9)
    # The visit has no token either.
    assert client.state(description="square")["value"] == "81, None"
    assert len(hub.processes("lively-page")) == 1
    assert len(hub.processes("lively-visit")) == 1


def test_a_visit_is_nobody_else_s_who_is_not_logged_in(hub, come):
    client = come().connect().load()
    kernel, end = (f"services/lively/{path}/{client.id}" for path in ("api/kernels", END))
    assert answer(hub, kernel)[0] == 403
    assert answer(hub, end, "POST")[0] == 403
    assert refusal(hub, client.id) == 403
    assert refusal(hub, client.id, "service-lively=forged") == 403
    # They are there for whoever is.
    assert answer(hub, kernel, Cookie=client.cookie)[0] == 200
    assert len(hub.processes("lively-visit")) == 1


def test_who_has_not_got_the_scope_is_refused(hub, browser, come):
    client = come().connect().load()
    refused = browser.log_in("eve", PAGE)
    assert (refused.status, "kernelId" in refused.text) == (403, False)
    assert "You do not have permission to access JupyterHub service lively" in refused.text
    assert refusal(hub, client.id, browser.cookie()) == 403
    # Somebody whom the Hub knows, and who has not asked it for the way to the pages.
    for path in PAGES:
        status, _, text = answer(hub, path, Authorization=f"token {OTHER}")
        assert (status, "kernelId" in text) == (403, False), path
        assert "page.ipynb" not in text
    assert "service other is not allowed" in hub.log


def test_the_service_s_token_stays_with_the_server(hub, come):
    shown = come("environment.ipynb").page
    assert "JUPYTERHUB_CLIENT_ID" in shown
    assert "JUPYTERHUB_API_TOKEN" not in shown
    assert TOKEN not in shown
    assert "environment.ipynb is executed for each visit" in hub.log
    (fork_server,) = hub.processes("lively-fork")
    assert fork_server.parent().environ()["JUPYTERHUB_API_TOKEN"] == TOKEN
    inherited = fork_server.environ()
    assert inherited["JUPYTERHUB_CLIENT_ID"] == "service-lively"
    assert TOKEN not in inherited.values()
    assert TOKEN not in hub.log
    # Voilà prints an address with a token where there is one that pages could ask for.
    assert "Voilà is running at" in hub.log
    assert "?token=" not in hub.log


def test_the_login_is_a_cookie_of_the_service_alone(browser):
    browser.log_in("ada", PAGE)
    assert browser.open(PAGES[-1]).status == 200
    (cookie,) = (cookie for cookie in browser.cookies if cookie.name.startswith("service-"))
    assert (cookie.name, cookie.path) == ("service-lively", "/services/lively/")
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "Lax"


def test_who_has_logged_out_is_asked_again(hub, browser):
    browser.log_in("ada", PAGE)
    assert browser.open("services/lively/logout").url.startswith(f"{hub.url}hub/")
    browser.log_in("ada", PAGE)


def test_the_server_is_asked_for_by_the_hub_s_name(hub):
    assert answer(hub, PAGE, Host="hub.example.org")[0] == 302
    status, _, text = answer(hub, PAGE, Host="hub.example.com")
    assert status == 403
    assert "Protection.hosts" in text


def test_without_a_hub_there_is_no_server():
    provider = (
        "--Voila.identity_provider_class=lively.serving.jupyterhub_identity.HubIdentityProvider"
    )
    told = subprocess.run(
        [Path(sys.executable).with_name("voila"), "dashboards/", "--no-browser", provider],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if "JUPYTERHUB" not in name},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert told.returncode == 1
    assert told.stderr.splitlines()[-1].startswith("JUPYTERHUB_API_TOKEN must be set")
