"""The pages, each in a folder of its own, and the one place that says which there are."""

import importlib
import inspect
import logging
import pkgutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

logger = logging.getLogger("lively")


@dataclass(frozen=True)
class PageEntry:
    """A page that there is.

    Attributes
    ----------
    name : str
        That of its folder.
    page : subclass of Page
    settings : subclass of PageSettings
    notebook : str
        File name of the notebook that shows it.
    """

    name: str
    page: type[Any]
    settings: type[Any]
    notebook: str


def registry() -> dict[str, PageEntry]:
    """Return all pages by their names; one that cannot be imported is left out.

    A page is a folder in this package that names one subclass of `Page`. What is wrong with a page
    that is left out is said where it is shown.
    """
    from lively.ui.page import Page

    found = {}
    for module in pkgutil.iter_modules(__path__):
        try:
            for kind in vars(importlib.import_module(f"{__name__}.{module.name}")).values():
                if inspect.isclass(kind) and issubclass(kind, Page) and kind is not Page:
                    found[module.name] = PageEntry(
                        module.name, kind, kind.settings_class, f"{module.name}.ipynb"
                    )
        except (Exception, SystemExit):
            logger.debug("The page %s is left out.", module.name, exc_info=True)
    return found


def all_pages() -> Iterator[type[Any]]:
    """Yield the class of every page, in the order of their names; see `registry`."""
    for entry in registry().values():
        yield entry.page


def warm_up() -> None:
    """Make one page and its poster: what libraries make at first use is there for all from then on.

    It may be any page that can be made; they use the same widgets, and nearly the same parts of
    matplotlib.
    """
    for kind in all_pages():
        with suppress(Exception, SystemExit):
            kind()._repr_mimebundle_()
            return
