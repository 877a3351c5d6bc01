"""What tells two versions of a file apart."""

import os
from collections.abc import Iterable

#: When a file was changed last, and how large it is.
Stamp = tuple[int, int]
#: That of a file that is not there.
MISSING: Stamp = (0, 0)


def stamp(path: str) -> Stamp:
    """Return what tells two versions of a file or folder apart."""
    try:
        found = os.stat(path)
    except OSError:
        return MISSING
    return found.st_mtime_ns, found.st_size


def stamps(paths: Iterable[str]) -> dict[str, Stamp]:
    """Return the stamps of some files, by their paths."""
    return {path: stamp(path) for path in paths}
