"""What the server needs beyond its configuration."""

from datetime import UTC, datetime
from typing import Any

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager


class PatientKernelManager(AsyncMappingKernelManager):  # type: ignore[misc]
    """A kernel manager whose kernels count as idle only from their visit on.

    A heated kernel waits in a pool, idle by the hour. Were it culled by that, it would vanish from
    under the visitor to whom it has just been handed. Voilà's subclass of this class asks for the
    culling of kernels outside the pool only, so the first time that it asks, the kernel's visit has
    just begun.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._visited: set[str] = set()

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """Cull a kernel that has been idle for too long since its visit began."""
        self._visited &= set(self._kernels)
        if kernel_id not in self._visited:
            self._visited.add(kernel_id)
            self._kernels[kernel_id].last_activity = datetime.now(UTC)
        await super().cull_kernel_if_idle(kernel_id)
