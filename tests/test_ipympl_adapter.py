"""The joint to ipympl and matplotlib: private names are there, or the slower way is taken."""

import logging
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backend_bases import FigureCanvasBase
from voila.utils import get_voila_labextensions_path

import lively
from lively.plotting import matplotlib_adapter
from lively.ui import ipympl_adapter
from lively.ui.client import is_name

PACKAGE = Path(lively.__file__).parent
ADAPTER = (PACKAGE / "web/ipympl_adapter.js").read_text("utf-8")
#: Names in ipympl's script that only its own adapter may use.
PRIVATE = (
    r"offscreen_|_for_each_view|waiting_for_image|resize_canvas|update_canvas|jupyter-matplotlib"
)


def script_names():
    """Return the names of ipympl's script that the adapter looks up."""
    lists = re.findall(r"const (?:MODEL|VIEW)_NAMES = \[(.*?)\];", ADAPTER, re.DOTALL)
    return re.findall(r'"(\w+)"', " ".join(lists))


def ipympl_scripts():
    roots = [Path(root) for root in get_voila_labextensions_path()]
    found = [path for root in roots for path in root.glob("jupyter-matplotlib/static/*.js")]
    return "".join(path.read_text("utf-8") for path in found)


def test_the_versions_are_those_that_the_adapters_have_been_tested_with():
    assert version("ipympl") in ipympl_adapter.TESTED_VERSIONS
    assert version("matplotlib") in matplotlib_adapter.TESTED_VERSIONS


def test_all_private_names_are_there():
    assert matplotlib_adapter.missing_names() == []
    assert hasattr(FigureCanvasBase, "_set_device_pixel_ratio")
    from lively.pages.regression import RegressionPage

    for view in RegressionPage().pictures:
        assert view.canvas.missing == ()
        assert not view.canvas.images_only


def test_all_private_names_of_the_script_are_there():
    text = ipympl_scripts()
    assert len(script_names()) > 10
    assert [name for name in script_names() if not re.search(rf"\b{name}\b", text)] == []


@pytest.mark.parametrize(
    "path",
    sorted(path for path in (PACKAGE / "web").glob("*.js") if path.stem != "ipympl_adapter"),
    ids=lambda path: path.name,
)
def test_no_other_script_knows_ipympl_s_names(path):
    assert re.findall(PRIVATE, path.read_text("utf-8")) == []


def test_no_other_module_knows_private_names_of_matplotlib():
    names = [name for names in matplotlib_adapter.TEXT_NAMES.values() for name in names]
    names = {*names, *ipympl_adapter.PRIVATE_NAMES, "_set_device_pixel_ratio", "_png_is_old"}
    # What a renderer overrides bears matplotlib's name.
    names.discard("_prepare_font")
    for path in PACKAGE.rglob("*.py"):
        if not path.stem.endswith("_adapter"):
            text = re.sub(r"self\._size\b", "", path.read_text("utf-8"))
            assert not re.search(rf"\.(?:{'|'.join(names)})\b", text), path


#: A process in which a library has another name for something, as a later release might.
RENAMED = """
import importlib.abc, importlib.machinery, io, json, logging, re, sys

old, modules = sys.argv[1], sys.argv[2].split(",")

class Renamed(importlib.machinery.SourceFileLoader):
    def get_code(self, fullname):
        text = self.get_data(self.path).decode()
        return compile(re.sub(rf"\\b{old}\\b", old + "_renamed", text), self.path, "exec")

class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, fullname, path=None, target=None):
        if fullname in modules:
            spec = importlib.machinery.PathFinder.find_spec(fullname, path)
            spec.loader = Renamed(fullname, spec.origin)
            return spec

sys.meta_path.insert(0, Finder())
log = io.StringIO()
logging.basicConfig(stream=log, level=logging.WARNING)

import numpy as np
from PIL import Image
from lively.pages.regression import RegressionPage

page = RegressionPage()
view = page.pictures[0]
canvas, sent, seen = view.canvas, [], None
canvas.send = lambda content, buffers=None: sent.append((json.loads(content["data"]), buffers))

def ask(kind, **content):
    canvas.receive(canvas, {"type": kind, **content}, [])

def image():
    '''Return what a browser shows that has asked for an image.'''
    global seen
    ask("draw")
    for said, buffers in sent:
        if said["type"] == "binary":
            new = np.asarray(Image.open(io.BytesIO(bytes(buffers[0]))))
            seen = np.where(new[..., 3:] > 0, new, seen if seen is not None else 0)
    sent.clear()
    return seen

def answer():
    '''Do what a browser does that is told that there is something to draw.'''
    return any(said["type"] == "draw" for said, _ in sent)

if ASKS_FIRST:
    ask("set_dpi_ratio", dpi_ratio=2)
if SEES:
    ask("refresh")
ask("send_image_mode")
ask("initialized")
if SEES:
    # A script that says what the page is seen on: nothing comes of it here.
    screen = {"type": "screen", "ratio": 1, "sizes": [[600, 300]] * 2}
    page.shell._hear(page.shell, screen, [])
frames = [said for said, _ in sent if said["type"] == "runs"]
shown = image()
page.controller.change(degree=11)
told = answer()
before, changed = shown.copy(), image()
fresh = canvas.paint().view(np.uint8).reshape(*changed.shape)
print(json.dumps({
    "plain": canvas.images_only, "frames": len(frames),
    "whole": bool((before[..., 3] == 255).all()),
    "told": told, "moved": int((changed != before).sum()), "size": list(changed.shape[:2]),
    "right": bool((changed == fresh).all()), "log": log.getvalue().splitlines(),
}))
"""


def run_renamed(name, modules, script=RENAMED, ratio=False, sees=True):
    code = script.replace("ASKS_FIRST", str(ratio)).replace("SEES", str(sees))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, name, ",".join(modules)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    import json

    return json.loads(done.stdout.splitlines()[-1])


CORE = "matplotlib.backends.backend_webagg_core"
IPYMPL = "ipympl.backend_nbagg"


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("name", "modules"),
    [
        ("_size", [IPYMPL]),
        ("_force_full", [IPYMPL, CORE]),
        ("syncing_data_url", [IPYMPL]),
    ],
)
def test_without_a_private_name_of_ipympl_images_are_sent(name, modules):
    found = run_renamed(name, modules)
    assert found["plain"]
    assert found["frames"] == 0
    assert found["whole"]
    assert found["told"]
    assert found["right"]
    assert found["moved"] > 0
    (line,) = found["log"]
    assert f"The canvas of ipympl {version('ipympl')} has no {name}." in line


@pytest.mark.thorough
@pytest.mark.parametrize("ratio", [False, True])
def test_without_matplotlib_s_way_to_set_the_ratio_figures_have_it_all_the_same(ratio):
    modules = ["matplotlib.backend_bases", CORE, IPYMPL]
    found = run_renamed("_set_device_pixel_ratio", modules, ratio=ratio, sees=False)
    usual = run_renamed("nothing_of_that_name", modules, ratio=ratio, sees=False)
    assert found["size"] == usual["size"]
    assert found["right"]
    assert found["log"] == []


#: The same picture, drawn by a matplotlib that lacks something and by one that does not.
TEXT = (
    RENAMED.partition("import numpy as np")[0]
    + """
import hashlib
from lively.pages.regression import RegressionPage
from lively.plotting.matplotlib_adapter import can_place_glyphs
pixels = [view.canvas.paint().tobytes() for view in RegressionPage().pictures]
print(json.dumps({"fast": can_place_glyphs(), "log": log.getvalue().splitlines(),
    "pixels": [hashlib.sha256(part).hexdigest() for part in pixels]}))
"""
)
AGG, FONTS = "matplotlib.backends.backend_agg", "matplotlib.font_manager"


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("name", "modules"),
    [
        ("_draw_text_glyphs_and_boxes", [AGG]),
        ("_prepare_font", [AGG]),
        ("_find_fonts_by_props", [FONTS, AGG, "matplotlib.text", "matplotlib.textpath"]),
    ],
)
def test_without_a_private_name_of_matplotlib_text_looks_the_same(name, modules):
    found, usual = (run_renamed(tried, modules, TEXT) for tried in (name, "nothing_of_that_name"))
    assert usual["fast"]
    assert not found["fast"]
    assert found["pixels"] == usual["pixels"]
    (line,) = found["log"]
    assert name in line


def test_a_script_that_lacks_names_is_sent_images(caplog):
    import asyncio

    from lively.pages.regression import RegressionPage

    async def talk():
        page = RegressionPage()
        sent = []
        for view in page.pictures:
            view.canvas.send = lambda content, buffers=None: sent.append(content["data"])
        message = {"type": "screen", "ratio": 1, "sizes": [[600, 300]] * 2, "anew": True}
        page.shell._hear(page.shell, message, [])
        assert sum('"runs"' in said for said in sent) == 2
        sent.clear()
        page.shell._hear(page.shell, {"type": "images", "missing": ["offscreen_context"]}, [])
        assert sum('"draw"' in said for said in sent) == 2
        for view in page.pictures:
            view.canvas.receive(view.canvas, {"type": "draw"}, [])
        assert sum('"binary"' in said for said in sent) == 2
        sent.clear()
        page.controller.change(degree=11)
        page.shell._hear(page.shell, message, [])
        assert not any('"runs"' in said for said in sent)
        assert sum('"draw"' in said for said in sent) == 2
        return page

    ipympl_adapter.log_missing.cache_clear()
    with caplog.at_level(logging.WARNING):
        page = asyncio.run(talk())
    (record,) = caplog.records
    assert "The script of ipympl" in record.getMessage()
    assert "has no offscreen_context." in record.getMessage()
    assert all(view.canvas.images_only for view in page.pictures)


@pytest.mark.parametrize("value", ["a b", "x" * 41, "", 3, None, ["x"], "a\nb"])
def test_a_browser_cannot_have_anything_logged(value):
    assert not is_name(value)
    assert is_name("offscreen_context")
    assert np.all([is_name(name) for name in script_names()])
