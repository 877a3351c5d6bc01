"""The same page in JupyterLab, and served by a Jupyter server that has Voilà as an extension."""

import shutil
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from conftest import ROOT, Server
from playwright.sync_api import expect

from lively.engine.formatting import format_fixed
from lively.pages.regression.result import RegressionResult
from lively.pages.regression.settings import RegressionSettings


def start_lab(folder):
    """Start JupyterLab with copies of the notebooks."""
    shutil.copytree(ROOT / "dashboards", folder / "dashboards")
    shutil.copy(ROOT / "voila.json", folder)
    command = [
        str(Path(sys.executable).with_name("jupyter-lab")),
        "--no-browser",
        "--allow-root",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=",
        "--ServerApp.root_dir=dashboards",
        # The theme that is chosen in the test is not to be that of whoever runs it.
        f"--LabApp.user_settings_dir={folder / 'settings'}",
        "--LabApp.news_url=",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    return Server(command, folder, folder / "log", "api/status")


def run_all(tab):
    """Run all cells of the notebook that is open."""
    page = tab.page
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=90_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.locator(".lively-page").first.scroll_into_view_if_needed()


@pytest.fixture
def lab(tmp_path):
    server = start_lab(tmp_path)
    yield server
    server.stop()


def test_notebook_runs_in_jupyterlab(lab, visit):
    tab = visit(
        lab.url + "lab/tree/regression.ipynb?reset", viewport={"width": 1500, "height": 1000}
    )
    page = tab.page
    run_all(tab)
    tab.wait_for_pictures()
    tab.control("Degree").press("ArrowRight")
    result = RegressionResult(RegressionSettings().replace(degree=8))
    scores = page.locator(".lively-score")
    expect(scores.nth(0)).to_contain_text(format_fixed(result.fit.train.rmse), timeout=20_000)
    # People's own kernels are as they would be without the pages.
    (kernel,) = lab.visits()
    assert "ipykernel_launcher" in " ".join(kernel.cmdline())
    assert not lab.processes("lively-fork")
    expect(scores.nth(1)).to_contain_text(format_fixed(result.fit.test.rmse))
    page.get_by_role("button", name="Residuals").click()
    tab.settle()
    assert tab.words(1).startswith("Residuals")
    # A step's button, further down, moves the same page.
    page.get_by_role("button", name="Show a straight line").click()
    expect(page.locator(".lively-verdict")).to_contain_text("Underfitting.", timeout=20_000)
    # The page takes JupyterLab's theme.
    card = page.locator(".lively-card").first
    expect(card).to_have_css("background-color", "rgb(255, 255, 255)")
    page.get_by_role("menuitem", name="Settings", exact=True).click()
    page.locator(".lm-Menu").get_by_text("Theme", exact=True).hover()
    page.get_by_text("JupyterLab Dark", exact=True).click()
    expect(card).to_have_css("background-color", "rgb(26, 26, 26)", timeout=20_000)
    assert tab.page.locator(".lively-banner").count() == 0


def test_pages_served_by_a_jupyter_server_as_on_binder(lab, visit):
    tab = visit(lab.url + "voila/render/regression.ipynb")
    tab.wait_for_pictures()
    assert lab.url + "lively/scripts.js" in tab.requests
    assert not [url for url in tab.requests if url.endswith(".voila.js")]
    assert tab.failures == []
    assert tab.console == []
    assert [url for url in tab.requests if not url.startswith((lab.url, "data:", "blob:"))] == []
    tab.control("Degree").press("ArrowRight")
    result = RegressionResult(RegressionSettings().replace(degree=8))
    score = tab.page.locator(".lively-score").first
    expect(score).to_contain_text(format_fixed(result.fit.train.rmse), timeout=20_000)


def test_front_page_and_header_of_a_jupyter_server_as_on_binder(lab, visit):
    tab = visit(lab.url + "voila/tree")
    tab.page.get_by_role("link", name="Regression: fit noisy data").click()
    expect(tab.page.locator(".lively-pages [aria-current=page]")).to_have_text("Regression")
    assert tab.page.locator("meta[property='og:image']").get_attribute("content") == (
        lab.url + "voila/files/regression.png"
    )
    for path in ("voila/render/nothing", "voila/render/nothing.ipynb", "voila/tree/nothing"):
        tab.open(lab.url + path)
        expect(tab.page.get_by_role("heading", level=1)).to_have_text("There is no page here")


def test_only_the_pages_of_a_jupyter_server_are_protected_by_us(lab):
    for path in ("voila/tree", "voila/render/regression.ipynb", "lab", "api/status"):
        with urllib.request.urlopen(lab.url + path, timeout=120) as answer:
            policies = answer.headers.get_all("Content-Security-Policy")
            ours = "script-src 'self' blob:" in policies[0]
            assert (len(policies), ours) == (1, path.startswith("voila"))
            assert (answer.headers["Referrer-Policy"] == "same-origin") == ours
    # Names are the Jupyter server's own to check.
    asked = urllib.request.Request(lab.url + "voila/tree", headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(asked, timeout=60)
