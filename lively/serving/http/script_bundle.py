"""The scripts of a page in one piece.

Voilà's page asks for some ninety scripts in three waves, each of which waits for the one before.
They are webpack's chunks: each puts functions into a list and runs none of them. So they may all be
put there beforehand, and whoever would have asked for one finds it there already. Only those that
pages use are: another one is asked for by the page that needs it.
"""

import gzip
import re
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from pathlib import Path
from threading import Thread

from jupyter_server.utils import url_path_join
from tornado.web import RequestHandler
from voila.paths import collect_static_paths
from voila.utils import get_voila_labextensions_path

import lively

#: How a chunk begins: it makes a list of its own name unless there is one, and adds to it.
CHUNK_START = re.compile(
    rb"""\s* (?: /\* .*? \*/ \s* )? (?: "use[ ]strict"; \s* )?
    \( (?P<list> self (?: \.\w+ | \["\w+"\] ) ) \s* = \s* (?P=list) \s* \|\| \s* \[\] \)
    \.push\( \[\[""",
    re.VERBOSE,
)
#: The extensions that pages load, as voila.json has them.
EXTENSIONS = (
    "@jupyter-widgets/jupyterlab-manager",
    "@voila-dashboards/widgets-manager8",
    "jupyter-matplotlib",
    "anywidget",
)
#: Bytes. What is larger is for mathematics and diagrams, which no page has.
MAX_CHUNK_BYTES = 400_000
#: The names of the chunks that pages use, written by `tools/chunks.py`; others are asked for by
#: those who need them.
USED_CHUNKS_FILE = Path(lively.__file__).parent / "web/chunks.txt"
#: What pages load scripts of, and under which licences; written by `tools/licences.py`.
LICENCES_FILE = USED_CHUNKS_FILE.with_name("licences.txt")
#: Share of these names that must be there; where fewer are, versions differ.
MIN_SHARE_FOUND = 0.9


def find_chunks(folders: Iterable[Path]) -> Iterator[Path]:
    """Find all chunks in some folders; larger ones are left to be asked for."""
    for folder in folders:
        for path in sorted(folder.glob("*.js")):
            if path.stat().st_size <= MAX_CHUNK_BYTES and CHUNK_START.match(path.read_bytes()):
                yield path


def installed_chunks() -> Iterator[Path]:
    """Find the chunks of Voilà and of the extensions."""
    roots = [Path(root) for root in get_voila_labextensions_path()]
    folders = [Path(folder) for folder in collect_static_paths(["voila"], "lively")]
    return find_chunks(
        [*folders, *(root / name / "static" for name in EXTENSIONS for root in roots)]
    )


def select_chunks(found: Iterable[Path], names: Collection[str]) -> list[Path]:
    """Return the chunks that pages use, or all of them where most names are of other versions.

    Parameters
    ----------
    found : iterable of Path
    names : collection of str
        Of the chunks that pages use.
    """
    everything = list(found)
    used = [path for path in everything if path.name in names]
    return used if len(used) >= MIN_SHARE_FOUND * len(names) else everything


@cache
def script_bundle() -> bytes:
    """Return the chunks that pages use as one script, compressed."""
    texts = (
        path.read_bytes()
        for path in select_chunks(installed_chunks(), USED_CHUNKS_FILE.read_text("utf-8").split())
    )
    # A function for each keeps "use strict" to those that begin with it.
    wrapped = (b"(function(){" + text + b"\n})();\n" for text in texts)
    return gzip.compress(b"".join([b"/*! Licences: licences.txt */\n", *wrapped]), mtime=0)


class ScriptBundleHandler(RequestHandler):
    """Serves the bundle."""

    def get(self) -> None:
        """Send the bundle, or say that the browser has it."""
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.set_header("Content-Encoding", "gzip")
        # Asked for again at each visit, since it must be of the same version as the rest.
        self.set_header("Cache-Control", "no-cache")
        self.finish(script_bundle())


class LicencesHandler(RequestHandler):
    """Serves the list of licences."""

    def get(self) -> None:
        """Send the list."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(LICENCES_FILE.read_bytes())


def script_routes(base_url: str) -> list[tuple[str, type[RequestHandler]]]:
    """Return the handler for a server, and have the bundle made by the time it is asked for."""
    Thread(target=script_bundle, daemon=True).start()
    return [
        (url_path_join(base_url, "lively/scripts.js"), ScriptBundleHandler),
        (url_path_join(base_url, "lively/licences.txt"), LicencesHandler),
    ]
