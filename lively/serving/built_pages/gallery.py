"""The pages that there are, found from their notebooks."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

#: Where a page stands whose notebook does not say it: behind those that do.
LAST = 1_000_000


@dataclass(frozen=True)
class Entry:
    """A page as the gallery shows it.

    Attributes
    ----------
    path : str
        Of its notebook below the server's root folder, with `/` between its parts.
    title, description : str
        From the notebook's metadata. They are text, not markup.
    order : int
        Pages stand in the order of these numbers.
    picture : bool
        Whether there is a picture beside the notebook.
    """

    path: str
    title: str
    description: str
    order: int
    picture: bool

    @property
    def short(self) -> str:
        """The part of the title that names the subject."""
        return self.title.partition(":")[0].strip() or self.title

    @property
    def address(self) -> str:
        """The page's address below the server's."""
        return "voila/render/" + quote(self.path)

    @property
    def picture_address(self) -> str:
        """The picture's address below the server's; Voilà serves pictures beside notebooks."""
        return "voila/files/" + quote(self.path.removesuffix(".ipynb") + ".png")


@lru_cache(maxsize=1000)
def metadata(notebook: Path, changed: int) -> dict[str, Any]:
    """Read a notebook's metadata, once for each time that it `changed`; a broken one has none."""
    try:
        found = json.loads(notebook.read_text("utf-8"))["metadata"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        found = None
    return found if isinstance(found, dict) else {}


def line(found: dict[str, Any], name: str) -> str:
    """Return a text of the metadata as one line; what is no text counts as none."""
    text = found.get(name)
    return " ".join(text.split()) if isinstance(text, str) else ""


def entry(root: Path, notebook: Path) -> Entry:
    """Describe the page that a notebook is, by its file's name if it does not say more."""
    found = metadata(notebook, notebook.stat().st_mtime_ns)
    order = found.get("order")
    return Entry(
        path=notebook.relative_to(root).as_posix(),
        title=line(found, "title") or notebook.stem.replace("_", " ").capitalize(),
        description=line(found, "description"),
        order=order if isinstance(order, int) else LAST,
        picture=notebook.with_suffix(".png").is_file(),
    )


def inside(root: Path, folder: str) -> Path | None:
    """Return a folder below the root, unless it is hidden, outside, or not there."""
    path = root.joinpath(*(part for part in folder.split("/") if part))
    hidden = any(part.startswith(".") for part in folder.split("/"))
    try:
        return None if hidden or not path.is_dir() else path
    except (OSError, ValueError):
        return None


def found_in(path: Path | None) -> Iterator[Path]:
    """Give what is in a folder and not hidden, as far as it can be read; a link may lead nowhere.

    A mounted volume has a folder `lost+found` that nobody else may look into.
    """
    with suppress(OSError):
        for child in path.iterdir() if path else ():
            with suppress(OSError):
                if not child.name.startswith(".") and child.exists():
                    yield child


def notebooks(path: Path | None) -> Iterator[Path]:
    """Give the notebooks in a folder."""
    return (child for child in found_in(path) if child.suffix == ".ipynb")


def below(root: Path, folder: str) -> list[Path]:
    """Return the folders in a folder below the root."""
    return sorted(child for child in found_in(inside(root, folder)) if child.is_dir())


def entries(root: Path, folder: str = "") -> list[Entry]:
    """Return the pages in a folder below the root, in their order."""
    found = []
    for notebook in notebooks(inside(root, folder)):
        # It may have been taken away since.
        with suppress(OSError):
            found.append(entry(root, notebook))
    return sorted(found, key=lambda page: (page.order, page.path))


def folders(root: Path, folder: str = "") -> list[str]:
    """Return the paths of the folders in a folder that have pages in them."""
    return [
        child.relative_to(root).as_posix()
        for child in below(root, folder)
        if any(True for _ in notebooks(child))
    ]


def all_notebooks(root: Path, most: int = 1000) -> list[str]:
    """Return the paths of all pages below the root, those of outer folders first.

    Parameters
    ----------
    root : Path
    most : int
        How many folders are looked at.
    """
    found, waiting = [], [""]
    while waiting and most:
        folder, most = waiting.pop(0), most - 1
        found += [page.path for page in entries(root, folder)]
        waiting += [child.relative_to(root).as_posix() for child in below(root, folder)]
    return found
