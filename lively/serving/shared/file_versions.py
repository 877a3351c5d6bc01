"""Versions of files, by the time of their last change and their size."""

import os
from collections.abc import Iterable

#: When a file was changed last, and how large it is.
FileVersion = tuple[int, int]
#: That of a file that is not there.
MISSING_FILE: FileVersion = (0, 0)


def version_of_file(path: str) -> FileVersion:
    """Return what tells two versions of a file or folder apart."""
    try:
        found = os.stat(path)
    except OSError:
        return MISSING_FILE
    return found.st_mtime_ns, found.st_size


def file_versions(paths: Iterable[str]) -> dict[str, FileVersion]:
    """Return the stamps of some files, by their paths."""
    return {path: version_of_file(path) for path in paths}
