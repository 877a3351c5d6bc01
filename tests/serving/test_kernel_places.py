"""The places of visits whose notebooks are executed for each, without a server."""

import asyncio

import pytest

from lively.serving.visits import kernel_places
from lively.serving.visits.kernel_places import KernelPlaces, RecordingKernelManager

UNOPENED, IDLE = 30, 600


class Manager:
    """Stands for a server's manager of kernels."""

    def __init__(self):
        self.connections = {"somebody's own": 0}
        self.started, self.broken = [], False

    def __contains__(self, kernel_id):
        return kernel_id in self.connections

    def kernel_model(self, kernel_id):
        return {"connections": self.connections[kernel_id]}

    async def start_kernel(self, **options):
        if self.broken:
            raise OSError("no kernel")
        self.started.append(options)
        kernel_id = str(len(self.started))
        self.connections[kernel_id] = 0
        return kernel_id

    async def shutdown_kernel(self, kernel_id):
        del self.connections[kernel_id]


@pytest.fixture
def clock(monkeypatch):
    """The time, in a list."""
    now = [1000.0]
    monkeypatch.setattr(kernel_places, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def manager():
    return Manager()


@pytest.fixture
def visits(manager):
    return KernelPlaces(manager)


def start(place, manager):
    noting = RecordingKernelManager(manager, place, {"LIVELY_PAGE": "page.ipynb"})
    asyncio.run(noting.start_kernel(kernel_name="python3", path="", env={"A": "b"}))


def come(visits, manager):
    """Let a visitor get a page; return the kernel's id."""
    with visits.entering() as place:
        start(place, manager)
    return place.kernel_id


def cull(visits):
    asyncio.run(visits.cull(UNOPENED, IDLE))


def test_a_visit_takes_one_place_from_the_first_cell_to_its_end(visits, manager):
    with visits.entering() as place:
        assert visits.count == 1
        start(place, manager)
        # Its cells are running.
        assert visits.count == 1
    assert visits.count == 1
    del manager.connections[place.kernel_id]
    assert visits.count == 0


def test_a_page_that_could_not_be_made_takes_none(visits, manager):
    manager.broken = True
    with pytest.raises(OSError, match="no kernel"):
        come(visits, manager)
    assert visits.count == 0


def test_the_kernel_knows_its_page_and_what_voila_says(visits, manager):
    come(visits, manager)
    assert manager.started[0]["env"] == {"A": "b", "LIVELY_PAGE": "page.ipynb"}


def test_a_kernel_that_no_browser_has_come_to_is_shut_down(visits, manager, clock):
    kernel_id = come(visits, manager)
    clock[0] += UNOPENED - 1
    cull(visits)
    assert kernel_id in manager
    clock[0] += 2
    cull(visits)
    assert kernel_id not in manager
    assert visits.count == 0


def test_a_kernel_whose_cells_run_is_let_be(visits, manager, clock):
    with visits.entering() as place:
        start(place, manager)
        clock[0] += 10 * IDLE
        cull(visits)
        assert place.kernel_id in manager
    # The browser has its time from when the page is there.
    clock[0] += UNOPENED - 1
    cull(visits)
    assert place.kernel_id in manager


def test_a_visit_that_has_lost_its_line_is_waited_for(visits, manager, clock):
    kernel_id = come(visits, manager)
    manager.connections[kernel_id] = 1
    for _ in range(3):
        clock[0] += 10 * IDLE
        cull(visits)
    manager.connections[kernel_id] = 0
    clock[0] += IDLE - 1
    cull(visits)
    assert kernel_id in manager
    clock[0] += 2
    cull(visits)
    assert kernel_id not in manager


def test_kernels_of_those_who_work_in_the_same_server_are_let_be(visits, manager, clock):
    come(visits, manager)
    clock[0] += 10 * IDLE
    cull(visits)
    assert list(manager.connections) == ["somebody's own"]
    assert visits.count == 0


def test_what_the_manager_has_besides_is_there(visits, manager):
    with visits.entering() as place:
        noting = RecordingKernelManager(manager, place, {})
        assert noting.connections is manager.connections
        # By which Voilà finds out that it is an extension of a Jupyter server.
        assert not hasattr(noting, "notebook_data")
