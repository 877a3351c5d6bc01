"""The HTML of a page: rendered once, compressed once, and filled in for every visit."""

import asyncio
import re
import zlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from nbformat import NotebookNode, from_dict
from voila.execute import strip_code_cell_warnings
from voila.notebook_renderer import NotebookRenderer
from voila.utils import get_page_config

#: Stands in the HTML where the number of a visit belongs; it looks like one.
VISIT_ID_PLACEHOLDER = "00000000-0000-4000-8000-000000000000"
GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
#: The last block of what is compressed, which is empty.
DEFLATE_END = b"\x03\x00"


def deflate(content: bytes, level: int) -> bytes:
    """Compress a piece so that it can be joined with others."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush(zlib.Z_FULL_FLUSH)


class PageHtml:
    """HTML with placeholders in it.

    Parameters
    ----------
    text : str
    marks : sequence of str
        What will be replaced for every visit.
    """

    def __init__(self, text: str, marks: Sequence[str]) -> None:
        either = "|".join(re.escape(mark) for mark in marks)
        # Every second piece is a mark.
        self._pieces = [piece.encode() for piece in re.split(f"({either})", text)]
        self._deflated = [deflate(piece, 9) for piece in self._pieces[::2]]

    def same(self, other: "PageHtml") -> bool:
        """Return whether another page has the same HTML."""
        return self._pieces == other._pieces

    def fill(self, filling: Mapping[str, bytes]) -> bytes:
        """Return the HTML with placeholders filled in; those without a value stay."""
        return b"".join(self._filled(filling))

    def fill_gzip(self, filling: Mapping[str, bytes]) -> bytes:
        """Return the same, compressed: only what is filled in has to be compressed now."""
        checksum, size, written = 0, 0, [GZIP_HEADER]
        for index, piece in enumerate(self._filled(filling)):
            checksum, size = zlib.crc32(piece, checksum), size + len(piece)
            written.append(self._deflated[index // 2] if index % 2 == 0 else deflate(piece, 1))
        numbers = (number.to_bytes(4, "little") for number in (checksum, size % 2**32))
        return b"".join([*written, DEFLATE_END, *numbers])

    def _filled(self, filling: Mapping[str, bytes]) -> list[bytes]:
        return [
            piece if index % 2 == 0 else filling.get(piece.decode(), piece)
            for index, piece in enumerate(self._pieces)
        ]


@dataclass(frozen=True)
class VoilaSite:
    """What Voilà needs to render a page.

    Attributes
    ----------
    configuration : VoilaConfiguration
    config : traitlets.config.Config
    template_paths : list of str
    settings : dict
        Of the server's application.
    log : logging.Logger
    """

    configuration: Any
    config: Any
    template_paths: list[str]
    settings: dict[str, Any]
    log: Any

    @property
    def base_url(self) -> str:
        """The beginning of all addresses."""
        return str(self.settings["base_url"])

    async def renderer(self, path: str) -> "BuiltPageRenderer":
        """Return the renderer of a notebook, with the notebook read.

        Parameters
        ----------
        path : str
            Of the notebook below the root folder.
        """
        common = {
            "base_url": self.base_url,
            "settings": self.settings,
            "log": self.log,
            "voila_configuration": self.configuration,
        }
        config = get_page_config(**common)
        # A page asks no other host, and browsers are told so; as standalone, it goes without.
        if urlsplit(config["fullMathjaxUrl"] or "").netloc:
            config["fullMathjaxUrl"] = config["mathjaxConfig"] = None
        if self.configuration.page_config_hook:
            config = self.configuration.page_config_hook(config, **common, notebook_path=path)
        made = BuiltPageRenderer(
            request_handler=None,
            voila_configuration=self.configuration,
            traitlet_config=self.config,
            notebook_path=path,
            template_paths=self.template_paths,
            config_manager=self.settings["config_manager"],
            contents_manager=self.settings["contents_manager"],
            base_url=self.base_url,
            kernel_spec_manager=self.settings["kernel_spec_manager"],
            page_config=config,
            mathjax_config=self.settings.get("mathjax_config"),
            mathjax_url=self.settings.get("mathjax_url"),
        )
        await made.initialize(template=None, theme=None)
        return made


class BuiltPageRenderer(NotebookRenderer):  # type: ignore[misc]
    """Voilà's renderer, for a notebook whose cells have been run already."""

    outputs: list[list[dict[str, Any]]]

    @property
    def code(self) -> list[str]:
        """The code of the cells."""
        return [cell.source for cell in self.notebook.cells if cell.cell_type == "code"]

    def render(self, outputs: list[list[dict[str, Any]]], marks: Sequence[str]) -> PageHtml:
        """Return the page, with what its cells show.

        Parameters
        ----------
        outputs : list of list of dict
            Of each code cell, as nbformat has them.
        marks : sequence of str
            In the template, beside the number of the visit.
        """
        self.outputs = outputs
        text = asyncio.run(self.generate_content_str(VISIT_ID_PLACEHOLDER))
        return PageHtml(text, [VISIT_ID_PLACEHOLDER, *marks])

    async def _jinja_kernel_start(self, nb: Any, kernel_id: str, kernel_future: Any) -> str:
        return kernel_id

    async def _jinja_notebook_execute(self, nb: NotebookNode, kernel_id: str) -> None:
        nb.cells = [cell async for cell in self._jinja_cell_generator(nb, kernel_id)]

    async def _jinja_cell_generator(
        self, nb: NotebookNode, kernel_id: str
    ) -> AsyncIterator[NotebookNode]:
        shown = iter(self.outputs)
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs = [from_dict(output) for output in next(shown)]
                if not self.voila_configuration.show_tracebacks:
                    strip_code_cell_warnings(cell)
            yield cell
