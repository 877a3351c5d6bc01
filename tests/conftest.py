"""What all tests share."""

import gc
from collections.abc import Iterator

import pytest
import thorough
from hypothesis import HealthCheck, settings
from ipywidgets import Widget
from ipywidgets.widgets.widget import _instances

#: Slow machines are no failures; the examples are the same in every run.
settings.register_profile(
    "lively",
    deadline=None,
    derandomize=True,
    print_blob=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("lively")


def pytest_configure(config: pytest.Config) -> None:
    """Look at fewer random examples where what is exhaustive is left out."""
    thorough.be_quick("not thorough" in config.option.markexpr)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the browser's tests last: while a browser is driven, the thread has a running loop."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


class Count:
    """How often a page has computed something, and which of its pictures it has sent.

    Attributes
    ----------
    computations : int
    frames : list of FigureView
    """

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Count from nothing."""
        self.computations, self.frames = 0, []


@pytest.fixture
def counting(monkeypatch):
    """Return a function that counts what a page does from now on."""

    def count(page):
        made, compute = Count(), page.controller._compute

        def counted(settings):
            made.computations += 1
            return compute(settings)

        monkeypatch.setattr(page.controller, "_compute", counted)
        for view in page.pictures:
            monkeypatch.setattr(view.canvas, "refresh", lambda view=view: made.frames.append(view))
        return made

    return count


@pytest.fixture(autouse=True)
def _let_go_of_pages() -> Iterator[None]:
    """Close the pages that a test has made, which would fill the memory of a whole run."""
    # Those of a module's fixtures are there already, and stay.
    before = set(_instances)
    yield
    for model in set(_instances) - before:
        _instances[model].close()


@pytest.fixture(scope="module", autouse=True)
def _let_go_of_all_pages() -> Iterator[None]:
    """Close the pages of a module's fixtures as well."""
    yield
    Widget.close_all()
    gc.collect()
