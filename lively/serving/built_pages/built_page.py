"""The server's end of a page that has been built: its HTML, its process, what it was made of."""

import asyncio
import socket
from time import monotonic
from typing import Any

from lively.serving.built_pages.page_html import PageHtml
from lively.serving.fork.fork_server_client import FORK_TIMEOUT, kill_process
from lively.serving.shared import process_messages
from lively.serving.shared.file_versions import FileVersion

#: Seconds between two times that a page prepares anything.
PREPARE_INTERVAL = 10.0


class BuiltPage:
    """A page that has been built, and the connection to the process that holds it.

    Parameters
    ----------
    path : str
        Of the notebook below the root folder.
    connection : socket.socket
    pidfd : int
        A descriptor of the process.
    page : PageHtml
    files : dict
        Stamps of what the page was made from.
    """

    def __init__(
        self,
        path: str,
        connection: socket.socket,
        pidfd: int,
        page: PageHtml,
        files: dict[str, FileVersion],
    ) -> None:
        self.path, self.page, self.files = path, page, files
        self.visits = 0
        self._connection = connection
        self._pidfd: int | None = pidfd
        self._prepared = 0.0
        self._expected, self._retired = 0, False

    @property
    def alive(self) -> bool:
        """Whether the process is there."""
        try:
            return bool(self._connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except BlockingIOError:
            return True
        except OSError:
            return False

    def has_changed(self, found: dict[str, FileVersion]) -> bool:
        """Return whether something that the page was made from is not what it was.

        Parameters
        ----------
        found : dict
            Stamps of at least these files as they are now.
        """
        return any(found[path] != known for path, known in self.files.items())

    async def fork(
        self, connection: socket.socket, environment: dict[str, str], memory: int
    ) -> None:
        """Fork a visit with a connection to the server, which may use so many bytes of memory.

        Raises
        ------
        OSError
            If the process is gone.
        TimeoutError
            If it takes no requests any more; it is ended then, so that another takes its place.
        """
        request = {"environment": environment, "memory": memory}
        try:
            await process_messages.send_when_ready(
                self._connection, request, connection.fileno(), seconds=FORK_TIMEOUT
            )
        except TimeoutError:
            self.close()
            raise
        self.visits += 1

    def prepare(self, suggestions: list[Any]) -> bool:
        """Let something be prepared for later visits; return whether it was time for that."""
        if monotonic() < self._prepared + PREPARE_INTERVAL:
            return False
        try:
            process_messages.send_message(
                self._connection, {"suggestions": suggestions}, flags=socket.MSG_DONTWAIT
            )
        except OSError:
            # It is busy, or gone.
            return False
        self._prepared = monotonic()
        return True

    def expect(self, more: int) -> None:
        """Count visitors who have been sent the page and have not connected yet."""
        self._expected += more
        if self._retired and self._expected <= 0:
            self.close()

    def retire(self, seconds: float) -> None:
        """End the process when all who have the page have come, or after so many seconds."""
        self._retired = True
        self.expect(0)
        asyncio.get_running_loop().call_later(seconds, self.close)

    def close(self) -> None:
        """End the process; the visits that were forked from it live on."""
        process_messages.shut_down_socket(self._connection)
        if self._pidfd is not None:
            kill_process(self._pidfd)
            self._pidfd = None
