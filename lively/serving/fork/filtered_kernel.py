"""The kernel of a notebook that is executed for each visit."""

import logging
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from traitlets import Type

from lively.serving.fork.comm_filter import CommFilter
from lively.serving.fork.error_log_filter import ErrorLogFilter
from lively.serving.fork.kernel_shell import TracebackHidingShell


class FilteredKernel(IPythonKernel):  # type: ignore[misc]
    """A kernel over ZMQ for one visit; of comm messages it handles only those of a browser."""

    shell_class = Type(TracebackHidingShell)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._gate = CommFilter(self.comm_manager)
        # ipykernel logs by handlers of its own, and makes one for tornado: a message that cannot be
        # read is a traceback there.
        faults = ErrorLogFilter()
        for log in (self.log, logging.getLogger("tornado")):
            for handler in log.handlers:
                handler.addFilter(faults)

    def should_handle(self, stream: Any, msg: dict[str, Any], idents: Any) -> bool:
        """Return whether a message is dealt with."""
        try:
            self._gate.check(msg)
        except ValueError as error:
            self.log.debug("A visitor sent what no browser sends: %s", error)
            return False
        return bool(super().should_handle(stream, msg, idents))
