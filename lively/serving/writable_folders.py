"""Where the libraries that pages are made with keep their files, and what is done if they cannot.

Jupyter, IPython and matplotlib write to the home folder. In a container it is often nobody's, or
full. Pages need none of what is kept there beyond the server's own life.
"""

import atexit
import os
import shutil
import tempfile
from logging import Logger
from pathlib import Path

from jupyter_core.paths import jupyter_data_dir, jupyter_runtime_dir
from traitlets.config import Application

#: Bytes for which there must be room.
PROBE_BYTES = 1 << 16


def library_folders() -> dict[str, Path]:
    """Return the folders that are written to, by the variables that name them."""
    home = Path(os.path.expanduser("~"))
    cache = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return {
        "JUPYTER_DATA_DIR": Path(jupyter_data_dir()),
        "JUPYTER_RUNTIME_DIR": Path(jupyter_runtime_dir()),
        "IPYTHONDIR": Path(os.environ.get("IPYTHONDIR") or home / ".ipython"),
        "MPLCONFIGDIR": Path(os.environ.get("MPLCONFIGDIR") or cache / "matplotlib"),
    }


def can_write(folder: Path) -> bool:
    """Return whether files can be put into a folder, which need not be there yet."""
    while not os.path.lexists(folder):
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(PROBE_BYTES))
            file.flush()
    except OSError:
        return False
    return True


def ensure_writable_folders(log: Logger) -> None:
    """Let what cannot be kept in the home folder be kept in a temporary one, and say so."""
    found = library_folders()
    wrong = {name: folder for name, folder in found.items() if not can_write(folder)}
    if not wrong:
        return
    refuge = tempfile.mkdtemp(prefix="lively_")
    atexit.register(shutil.rmtree, refuge, ignore_errors=True)
    for name in wrong:
        os.environ[name] = os.path.join(refuge, name.lower())
    if "JUPYTER_DATA_DIR" in wrong:
        # What is installed there can still be read.
        paths = [str(found["JUPYTER_DATA_DIR"]), os.environ.get("JUPYTER_PATH", "")]
        os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, paths))
    log.warning(
        "The home folder cannot be written, or is full: what belongs there is kept in %s until the "
        "server ends. To keep it, set HOME, or %s, to folders that can be written.",
        refuge,
        ", ".join(wrong),
    )


def require_temporary_folder() -> None:
    """End a server of Voilà's that has no temporary folder, with one line.

    Raises
    ------
    SystemExit
        If there is none.
    """
    # Whatever else has imported this is not ours to end.
    if not Application.initialized() or Application.instance().name != "voila":
        return
    try:
        tempfile.gettempdir()
    except FileNotFoundError as error:
        raise SystemExit(
            "No temporary folder can be written, or all are full. Set TMPDIR to one that has room. "
            f"({error})"
        ) from None
