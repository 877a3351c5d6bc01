"""What style sheets and scripts may use of a browser: what those of two years ago know.

That pages are legible and work without the rest is tried in a browser (`test_older_served`).
"""

import re
from pathlib import Path

import pytest

import lively
from lively.ui.client import BrowserClient

WEB = Path(lively.__file__).with_name("web")
#: Not in Chromium 109, Firefox 115 or Safari 16.
STYLE = {
    "colours": r"light-dark\(|color-mix\(|\boklch\(|\bfrom var\(",
    "rules": r"@container|@scope|@starting-style|@layer|^\s+&",
    "text": r"text-wrap|\blh\b",
    "anchors": r"anchor\(|position-anchor",
}
SCRIPT = {
    "arrays": r"\.(toSorted|toReversed|toSpliced|findLast|findLastIndex|with)\(",
    "groups": r"(Object|Map)\.groupBy",
    "promises": r"Promise\.(withResolvers|try)",
    "sets": r"\.(union|intersection|difference|isSubsetOf|isSupersetOf)\(",
    "iterators": r"\.(values|keys|entries)\(\)\.(map|filter|take|drop|toArray)\(",
    "regular expressions": r"/v[gimsuy]*[.,;)]",
    "signals": r"AbortSignal\.any",
    "addresses": r"URL\.(canParse|parse)\(",
    "resources": r"\b(await )?using \w+ =",
    "popovers": r"\.(showPopover|hidePopover|togglePopover)\(",
    "transitions": r"startViewTransition",
}
#: What may be found by `:has()`, since pages are legible and work without: the room before the
#: first page, the cursor over a poster, where toolbars and cells of several pages stand.
DECORATED = re.compile(
    r"script:only-child|> \.lively-poster"
    r"|\.lively-cells:has\(.*toolbar|\[cell-index\]:has\(\.lively-page\)"
)


def text(name):
    """Return a style sheet without its comments."""
    return re.sub(r"/\*.*?\*/", "", (WEB / name).read_text("utf-8"), flags=re.DOTALL)


def selectors(name):
    """Return what stands before the braces of a style sheet."""
    return [part.strip() for part in re.findall(r"([^{};]+)\{", text(name))]


@pytest.mark.parametrize("name", sorted(path.name for path in WEB.glob("*.css")))
def test_style_sheets(name):
    for what, pattern in STYLE.items():
        assert not re.search(pattern, text(name), re.MULTILINE), what
    for selector in selectors(name):
        # Older browsers drop a rule with a selector that they do not know, as a whole.
        if ":has(" in selector and not selector.startswith("@"):
            assert len(re.split(r",(?![^(]*\))", selector)) == 1
            assert DECORATED.search(selector), selector
        if ":popover-open" in selector and not selector.startswith("@supports"):
            assert "," not in selector


@pytest.mark.parametrize("name", sorted(path.name for path in WEB.glob("*.js")))
def test_scripts(name):
    script = (WEB / name).read_text("utf-8")
    for what, pattern in SCRIPT.items():
        assert not re.search(pattern, script), what


def test_every_colour_is_one_by_day_and_one_by_night():
    pairs = re.findall(r"--lively-([\w-]+): (.*);", text("colours.css"))
    colours = {name: value for name, value in pairs if name not in ("day", "night")}
    assert len(colours) > 15
    value = r"(#[0-9a-f]{3,6}|rgb\([^)]*\))"
    for name, pair in colours.items():
        if name != "focus":
            assert re.fullmatch(
                rf"var\(--lively-day, {value}\) var\(--lively-night, {value}\)", pair
            )


def test_every_variable_that_is_used_is_set_somewhere():
    styles = "".join(text(path.name) for path in WEB.glob("*.css"))
    used = set(re.findall(r"var\((--[\w-]+)", styles)) - set(re.findall(r"(--[\w-]+):", styles))
    assert all(name.startswith("--jp-") for name in used)


def test_the_widget_brings_all_its_scripts_as_one_module():
    assert BrowserClient._esm.count("export default") == 1
    assert not re.search(r"^import ", BrowserClient._esm, re.MULTILINE)
    declared = re.findall(r"^(?:const|let|function|class) (\w+)", BrowserClient._esm, re.MULTILINE)
    assert len(declared) > 10
    assert len(declared) == len(set(declared))
