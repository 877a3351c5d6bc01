"""The scripts of a page in one piece."""

import gzip
import json
import re
import runpy
from pathlib import Path

import pytest

from lively.serving.http.script_bundle import (
    CHUNK_START,
    EXTENSIONS,
    LICENCES_FILE,
    MAX_CHUNK_BYTES,
    USED_CHUNKS_FILE,
    find_chunks,
    installed_chunks,
    script_bundle,
    select_chunks,
)

ROOT = Path(__file__).parents[1]


def test_the_extensions_are_those_of_the_configuration():
    allowed = json.loads((ROOT / "voila.json").read_text())["VoilaConfiguration"]
    assert list(EXTENSIONS) == allowed["extension_allowlist"]


@pytest.mark.parametrize(
    "text",
    [
        b'"use strict";(self.webpackChunk_A=self.webpackChunk_A||[]).push([[12],{}]);',
        b"/*! For license */\n(self.rspackChunk_b=self.rspackChunk_b||[]).push([[7],{}])",
        b'"use strict";\n(self["webpackChunk_c"] = self["webpackChunk_c"] || []).push([["2"], {}])',
    ],
)
def test_chunks_are_known_by_their_beginning(text):
    assert CHUNK_START.match(text)


@pytest.mark.parametrize(
    "text",
    [
        b"var _JUPYTERLAB;(()=>{})();",
        b"(self.webpackChunk_A=self.webpackChunk_B||[]).push([[12],{}]);",
        b"alert(1);(self.webpackChunk_A=self.webpackChunk_A||[]).push([[12],{}]);",
    ],
)
def test_what_runs_by_itself_is_no_chunk(text):
    assert not CHUNK_START.match(text)


def test_the_bundle_has_the_chunks_that_pages_use_and_no_others():
    text = gzip.decompress(script_bundle())
    names = USED_CHUNKS_FILE.read_text("utf-8").split()
    found = list(installed_chunks())
    assert set(names) < {path.name for path in found}
    held = [path.name for path in found if path.read_bytes() in text]
    assert sorted(held) == sorted(names)
    assert len(text) < 0.8 * sum(path.stat().st_size for path in found)


def test_where_versions_differ_all_chunks_are_taken():
    found = [Path(f"{number}.js") for number in range(10)]
    names = [f"{number}.js" for number in range(5)]
    assert select_chunks(found, names) == found[:5]
    assert select_chunks(found, [*names, *(f"other{number}.js" for number in range(5))]) == found


def test_only_chunks_of_some_size_are_taken(tmp_path):
    strict = b'"use strict";(self.a=self.a||[]).push([[1],{}]) // last'
    (tmp_path / "1.js").write_bytes(strict)
    (tmp_path / "2.js").write_bytes(b"alert(1)")
    (tmp_path / "3.js").write_bytes(b"(self.a=self.a||[]).push([[1],{}])" + b" " * MAX_CHUNK_BYTES)
    assert list(find_chunks([tmp_path, tmp_path / "nowhere"])) == [tmp_path / "1.js"]


@pytest.mark.thorough
def test_the_licences_of_all_scripts_are_written_down():
    tool = runpy.run_path(str(ROOT / "tools/licences.py"))
    assert LICENCES_FILE.read_text("utf-8") == tool["written"]()
    assert gzip.decompress(script_bundle()).startswith(b"/*! Licences: licences.txt */")
    for name in ("voila", "ipympl", "anywidget", "react", "backbone", "nouislider"):
        assert re.search(
            rf"^{name} [\d.]+: (MIT|BSD)", LICENCES_FILE.read_text("utf-8"), re.MULTILINE
        )
