"""What the server needs beyond its configuration."""

from datetime import UTC, datetime
from typing import Any

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager


class PatientKernelManager(AsyncMappingKernelManager):  # type: ignore[misc]
    """A kernel manager that does not cull a kernel before its visitor has come.

    A heated kernel waits in a pool, idle by the hour. Were it culled by that, it would vanish from
    under the visitor to whom it has just been handed. So while it waits it counts as active, and
    its idle time begins with its visit.
    """

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """Cull a kernel that has been idle for too long since it was handed out."""
        if kernel_id in self._waiting():
            self._kernels[kernel_id].last_activity = datetime.now(UTC)
        await super().cull_kernel_if_idle(kernel_id)

    def _waiting(self) -> set[str]:
        """Return the kernels that wait in the pools that Voilà's subclass of this class keeps."""
        pools: dict[str, list[Any]] = getattr(self, "_pools", {})
        return {
            task.result()["kernel_id"]
            for pool in pools.values()
            for task in pool
            if task.done() and not task.cancelled() and task.exception() is None
        }
