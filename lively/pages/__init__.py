"""The pages: each says which settings, which computation, which pictures and which words."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from contextlib import suppress
from typing import Any


def all_pages() -> Iterator[type[Any]]:
    """Find the kinds of pages in the modules of this package; one that fails is left out.

    Yields
    ------
    subclass of Page
        In the order of the modules' names.
    """
    from lively.ui.page import Page

    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        # What is wrong with one page is told where it is used.
        with suppress(Exception, SystemExit):
            for kind in vars(importlib.import_module(module.name)).values():
                if inspect.isclass(kind) and issubclass(kind, Page) and kind is not Page:
                    yield kind


def warm_up() -> None:
    """Make one page and its poster: what libraries make at first use is there for all from then on.

    It may be any page that can be made; they use the same widgets, and nearly the same parts of
    matplotlib.
    """
    for kind in all_pages():
        with suppress(Exception, SystemExit):
            kind()._repr_mimebundle_()
            return
