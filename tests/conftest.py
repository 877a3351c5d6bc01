"""What all tests share."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from ipywidgets import Widget

#: Slow machines are no failures; the examples are the same in every run.
settings.register_profile(
    "lively",
    deadline=None,
    derandomize=True,
    print_blob=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("lively")


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


@pytest.fixture(scope="module", autouse=True)
def _let_go_of_pages() -> Iterator[None]:
    """Close the pages of a module's tests, which would fill the memory of a whole run."""
    yield
    Widget.close_all()
