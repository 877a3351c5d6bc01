"""The server's side: who makes a page, and who answers its visitors.

Nothing here knows a page. `ARCHITECTURE.md` says which process makes what.
"""

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Serve the pages where Voilà is an extension of a Jupyter server, as on Binder."""
    from lively.serving.jupyter_extension import load_extension

    load_extension(server)
