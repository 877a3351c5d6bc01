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
DEFAULT_ORDER = 1_000_000


@dataclass(frozen=True)
class PageEntry:
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
        """The part of the title before the colon: its subject."""
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
def notebook_metadata(notebook: Path, changed: int) -> dict[str, Any]:
    """Read a notebook's metadata, once for each time that it `changed`; a broken one has none."""
    try:
        found = json.loads(notebook.read_text("utf-8"))["metadata"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        found = None
    return found if isinstance(found, dict) else {}


def single_line_text(found: dict[str, Any], name: str) -> str:
    """Return a text of the metadata on one line, or nothing if it is no text."""
    text = found.get(name)
    return " ".join(text.split()) if isinstance(text, str) else ""


def describe_page(root: Path, notebook: Path) -> PageEntry:
    """Describe the page of a notebook, by the file's name where its metadata lack a title."""
    found = notebook_metadata(notebook, notebook.stat().st_mtime_ns)
    order = found.get("order")
    return PageEntry(
        path=notebook.relative_to(root).as_posix(),
        title=single_line_text(found, "title") or notebook.stem.replace("_", " ").capitalize(),
        description=single_line_text(found, "description"),
        order=order if isinstance(order, int) else DEFAULT_ORDER,
        picture=notebook.with_suffix(".png").is_file(),
    )


def visible_folder(root: Path, folder: str) -> Path | None:
    """Return a folder below the root, unless it is hidden, outside, or not there."""
    path = root.joinpath(*(part for part in folder.split("/") if part))
    hidden = any(part.startswith(".") for part in folder.split("/"))
    try:
        return None if hidden or not path.is_dir() else path
    except (OSError, ValueError):
        return None


def visible_children(path: Path | None) -> Iterator[Path]:
    """Yield what is in a folder, not hidden, and readable; a link may lead nowhere.

    A mounted volume has a folder `lost+found` that nobody else may look into.
    """
    with suppress(OSError):
        for child in path.iterdir() if path else ():
            with suppress(OSError):
                if not child.name.startswith(".") and child.exists():
                    yield child


def notebooks_in(path: Path | None) -> Iterator[Path]:
    """Yield the notebooks in a folder."""
    return (child for child in visible_children(path) if child.suffix == ".ipynb")


def subfolders(root: Path, folder: str) -> list[Path]:
    """Return the folders in a folder below the root."""
    return sorted(
        child for child in visible_children(visible_folder(root, folder)) if child.is_dir()
    )


def pages_in_folder(root: Path, folder: str = "") -> list[PageEntry]:
    """Return the pages in a folder below the root, in their order."""
    found = []
    for notebook in notebooks_in(visible_folder(root, folder)):
        # It may have been taken away since.
        with suppress(OSError):
            found.append(describe_page(root, notebook))
    return sorted(found, key=lambda page: (page.order, page.path))


def folders_with_pages(root: Path, folder: str = "") -> list[str]:
    """Return the paths of the folders in a folder that have pages in them."""
    return [
        child.relative_to(root).as_posix()
        for child in subfolders(root, folder)
        if any(True for _ in notebooks_in(child))
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
        found += [page.path for page in pages_in_folder(root, folder)]
        waiting += [child.relative_to(root).as_posix() for child in subfolders(root, folder)]
    return found
