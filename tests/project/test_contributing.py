"""What CONTRIBUTING promises to authors of pages: the example runs, names and classes exist."""

import importlib
import re
import subprocess
import sys
import types

import numpy as np
import pytest
from notebooks import ROOT
from sklearn.model_selection import GridSearchCV
from sklearn.tree import DecisionTreeRegressor

import lively
from lively.pages import all_pages, registry
from lively.ui.page import Page

TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
STYLES = (ROOT / "docs/style-classes.md").read_text("utf-8")
PAGES = sorted((ROOT / "lively/pages").rglob("*.py"))
CLASS = re.compile(r"\blively-[\w-]+")


@pytest.fixture(scope="module")
def example():
    """The small page, as a module."""
    source = re.search(r"```python\n(.*?class TreePage\(.*?)```", TEXT, re.DOTALL)[1]
    assert len(source.splitlines()) <= 100
    made = types.ModuleType("tree_page")
    exec(compile(source, "CONTRIBUTING.md", "exec"), vars(made))
    return made


@pytest.fixture(scope="module")
def page(example):
    return example.TreePage()


def test_the_example_is_a_page(example, page):
    page.controller.change(depth=6, noise=2.0)
    result = page.controller.result
    assert page.message.value == ""
    assert result.settings.model.depth == 6
    assert len(page.pictures) == 2
    shown = [view.widget.value for view in page.views[2:]]
    assert f"RMSE {result.errors.train[5]:.2f}" in shown[0]
    assert f"RMSE {result.errors.test[5]:.2f}" in shown[1]
    assert example.verdict(result).text in shown[2]
    np.testing.assert_array_equal(page.pictures[0].picture.curve.get_ydata(), result.curve)


def test_the_example_s_numbers_are_scikit_learn_s(page):
    page.controller.change(depth=6, noise=2.0)
    train, errors = page.controller.result.parts.train, page.controller.result.errors
    search = GridSearchCV(
        DecisionTreeRegressor(random_state=0),
        {"max_depth": range(1, 11)},
        scoring="neg_mean_squared_error",
    ).fit(train.x[:, None], train.y)
    mean = -search.cv_results_["mean_test_score"]
    np.testing.assert_allclose(errors.validation, np.sqrt(mean))


def test_the_example_s_curve_can_be_clicked(page):
    page.controller.change(depth=2)
    curves = page.pictures[1].picture.curves
    page._clicked(types.SimpleNamespace(inaxes=curves.ax, xdata=7.2))
    assert page.controller.settings.model.depth == 7


def test_cards_and_buttons_come_by_themselves(page):
    workbench = page.children[-1]
    cards = workbench.children[0].children
    titles = [re.sub("<.*?>", "", card.children[0].value) for card in cards]
    assert titles == ["Data", "Split", "Model"]
    rows = cards[0].children
    assert rows[1] is page.controls.widgets["function"]
    assert rows[2] is page.views[-1].widget
    seed, button = rows[-2].children
    assert (seed, button.description) == (page.controls.widgets["seed"], "New sample")
    before = page.controller.settings.data.seed
    button.click()
    assert page.controller.settings.data.seed == before + 1
    assert cards[1].children[-2].children[1].description == "New split"


@pytest.mark.parametrize("name", lively.__all__)
def test_public_names_are_there_and_documented(name):
    found = getattr(lively, name)
    assert f"`{name}`" in TEXT
    if isinstance(found, type) or callable(found):
        assert (found.__doc__ or "").strip()
    assert name in dir(lively)


def test_other_names_are_not_there():
    with pytest.raises(AttributeError, match="module 'lively' has no attribute 'Pages'"):
        _ = lively.Pages


def test_importing_lively_imports_nothing_of_it():
    code = (
        "import lively, sys; print([m for m in sys.modules if m.startswith(('lively.', 'numpy'))])"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert told.stdout.decode().strip() == "[]"


def documented():
    return set(re.findall(r"^\| `(lively-[\w-]+)`", STYLES, re.MULTILINE))


def test_documented_style_classes_are_in_the_style_sheet():
    there = set(CLASS.findall((ROOT / "lively/web/page.css").read_text("utf-8")))
    assert len(documented()) > 20
    assert documented() <= there


@pytest.mark.parametrize(
    "path", sorted((ROOT / "lively/pages").rglob("*.py")), ids=lambda path: path.stem
)
def test_pages_use_documented_style_classes_only(path):
    assert set(CLASS.findall(path.read_text("utf-8"))) <= documented()


def test_every_documented_style_class_is_used():
    used = {
        name
        for path in (ROOT / "lively").rglob("*.py")
        for name in CLASS.findall(path.read_text("utf-8"))
    }
    assert documented() <= used


def test_the_registry_names_every_page_and_its_notebook():
    found = registry()
    folders = {path.parent.name for path in (ROOT / "lively/pages").glob("*/page.py")}
    assert found.keys() == folders
    for name, entry in found.items():
        assert entry.name == name
        assert issubclass(entry.page, Page)
        assert entry.page.settings_class is entry.settings
        assert (ROOT / "dashboards" / entry.notebook).is_file()
    assert list(all_pages()) == [entry.page for entry in found.values()]


@pytest.mark.parametrize("error", [ImportError("gone"), SystemExit(1), ZeroDivisionError()])
def test_a_page_that_cannot_be_imported_is_left_out(monkeypatch, error):
    real = importlib.import_module

    def broken(name):
        if name == "lively.pages.curve_fit":
            raise error
        return real(name)

    whole = registry()
    monkeypatch.setattr(importlib, "import_module", broken)
    assert registry().keys() == whole.keys() - {"curve_fit"}
