"""Forked kernels: processes of their own, as good as plain ones, and replaced like them."""

import asyncio
import os
import resource
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning.factory import KernelProvisionerFactory

from lively.serving import provisioner
from lively.serving.fork import fork_server_client
from lively.serving.fork.fork_server_client import shared_fork_server
from lively.serving.provisioner import ForkedProcess, ForkProvisioner

pytestmark = pytest.mark.skipif(
    not fork_server_client.CAN_FORK, reason="kernels are forked on Linux only"
)


@pytest.fixture(scope="module", autouse=True)
def forked():
    """Fork kernels in this module, and leave no fork server behind."""
    factory = KernelProvisionerFactory.instance()
    before, factory.default_provisioner_name = (
        factory.default_provisioner_name,
        "lively-fork-server",
    )
    yield
    factory.default_provisioner_name = before
    shared_fork_server.close()


@contextmanager
def kernel(**options):
    """A running kernel with a client."""
    manager = KernelManager(**options)
    manager.start_kernel(stderr=None)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        yield manager, client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def run(client, code):
    """Return what the code prints."""
    printed = []

    def keep(message):
        if message["msg_type"] == "stream":
            printed.append(message["content"]["text"])

    reply = client.execute_interactive(code, output_hook=keep, timeout=60)
    assert reply["content"]["status"] == "ok", reply["content"]
    return "".join(printed).strip()


def eventually(condition, seconds=5.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "too late"
        time.sleep(0.05)


def test_a_kernel_is_a_process_of_its_own_that_has_the_stack_already():
    with kernel() as (_, client):
        said = run(
            client,
            "import os, sys; had = 'sklearn' in sys.modules and 'lively.pages.regression' in"
            " sys.modules; print(os.getpid(), os.getppid(), os.getpgrp(), had)",
        ).split()
        assert said[1] == str(shared_fork_server.process.pid)
        assert said[0] == said[2] != said[1]
        assert said[3] == "True"


def test_environment_and_folder_are_the_kernel_s_own(tmp_path):
    manager = KernelManager()
    manager.start_kernel(cwd=str(tmp_path), env={**os.environ, "LIVELY_TEST": "here"})
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        said = run(client, "import os; print(os.getcwd(), os.environ['LIVELY_TEST'])")
        assert said == f"{tmp_path} here"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_visits_are_not_written_into_the_history():
    with kernel() as (_, client):
        assert run(client, "print(get_ipython().history_manager.enabled)") == "False"


def test_two_kernels_draw_different_random_numbers():
    code = (
        "import random, uuid, tempfile, numpy as np;"
        "print(random.random(), np.random.random(), uuid.uuid4(), tempfile.mktemp())"
    )
    with kernel() as (_, one), kernel() as (_, other):
        pairs = zip(run(one, code).split(), run(other, code).split(), strict=True)
        assert all(a != b for a, b in pairs)


def test_a_page_is_made_and_its_widgets_are_found():
    with kernel() as (_, client):
        left = "from ipywidgets.widgets.widget import _instances; print(len(_instances))"
        assert run(client, left) == "0"
        made = "from lively.pages.regression import RegressionPage; page = RegressionPage()"
        assert run(client, f"{made}; print(page.comm.comm_id == page.model_id)") == "True"
        targets = run(client, "print(*get_ipython().kernel.comm_manager.targets)")
        assert "jupyter.widget.control" in targets


@pytest.mark.parametrize(
    "code",
    [
        "from sklearn.ensemble import HistGradientBoostingRegressor as M; M(max_iter=3).fit(X, y)",
        "from sklearn.cluster import KMeans as M; M(3, n_init=2).fit(X)",
        "np.linalg.svd(np.random.rand(400, 400))",
    ],
)
def test_threads_of_numerical_libraries_work(code):
    with kernel() as (_, client):
        prepared = "import numpy as np; X = np.random.rand(5000, 4); y = X[:, 0]; "
        assert run(client, f"{prepared}{code}; print('done')") == "done"


def test_an_interrupt_reaches_the_kernel_and_no_other():
    with kernel() as (manager, client), kernel() as (_, other):
        client.execute("import time; time.sleep(60)")
        time.sleep(0.5)
        manager.interrupt_kernel()
        reply = client.get_shell_msg(timeout=10)
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        assert run(other, "print('here')") == "here"
        assert shared_fork_server.process.poll() is None


def test_a_killed_kernel_is_noticed_and_leaves_nothing():
    with kernel() as (manager, client):
        pid = int(run(client, "import os; print(os.getpid())"))
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: not manager.is_alive())
        eventually(lambda: not psutil.pid_exists(pid))


def test_the_end_of_a_process_is_noticed_however_many_files_are_open():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    files = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    try:
        with subprocess.Popen(["sleep", "60"]) as process:
            pidfd = os.pidfd_open(process.pid)
            assert pidfd > 1024
            forked = ForkedProcess(process.pid, pidfd)
            assert forked.poll() is None
            forked.kill()
            assert forked.wait() == 0
            assert forked.poll() == 0
    finally:
        for descriptor in files:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_shut_down_kernel_ends():
    with kernel() as (manager, client):
        pid = int(run(client, "import os; print(os.getpid())"))
        manager.shutdown_kernel()
        eventually(lambda: not psutil.pid_exists(pid))


def test_kernels_outlive_the_fork_server_and_the_next_one_has_another():
    with kernel() as (manager, client):
        before = shared_fork_server.process.pid
        os.kill(before, signal.SIGKILL)
        eventually(lambda: shared_fork_server.process.poll() is not None)
        with kernel() as (_, other):
            assert shared_fork_server.process.pid != before
            assert run(other, "print('other')") == "other"
        assert manager.is_alive()
        assert run(client, "print('one')") == "one"


def test_where_no_fork_server_can_be_had_kernels_are_plain(monkeypatch, caplog):
    async def broken(request):
        raise OSError("no memory")

    monkeypatch.setattr(provisioner, "fork_kernel", broken)
    with kernel() as (manager, client):
        assert isinstance(manager.provisioner.process, subprocess.Popen)
        assert run(client, "print('plain')") == "plain"
    assert "no memory" in caplog.text


def test_where_there_is_no_fork_kernels_are_plain(monkeypatch):
    monkeypatch.setattr(fork_server_client, "CAN_FORK", False)
    with kernel() as (manager, client):
        assert isinstance(manager.provisioner.process, subprocess.Popen)
        assert run(client, "print('plain')") == "plain"


def test_other_kernels_are_started_as_they_say(tmp_path):
    provisioner = ForkProvisioner(kernel_id="x", kernel_spec=KernelSpec())
    provisioner.connection_info = {}
    mark = tmp_path / "mark"
    command = [sys.executable, "-c", f"open({str(mark)!r}, 'w')"]

    async def launch():
        await provisioner.launch_kernel(command)
        await provisioner.wait()

    asyncio.run(launch())
    assert mark.exists()


SERVER = """
import sys, time
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning.factory import KernelProvisionerFactory

KernelProvisionerFactory.instance().default_provisioner_name = "lively-fork-server"
manager = KernelManager()
manager.start_kernel()
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=60)
print("up", flush=True)
time.sleep(600)
"""


def test_when_the_server_is_gone_all_are_gone(tmp_path):
    script = tmp_path / "server.py"
    script.write_text(SERVER)
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE) as server:
        assert server.stdout.readline() == b"up\n"
        below = psutil.Process(server.pid).children(recursive=True)
        assert len(below) == 2
        server.kill()
    eventually(lambda: not any(process.is_running() for process in below))


def test_voila_json_asks_for_it():
    text = (Path(__file__).parent.parent / "voila.json").read_text("utf-8")
    assert '"default_provisioner_name": "lively-fork-server"' in text
