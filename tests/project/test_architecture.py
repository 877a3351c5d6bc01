"""The tree in ARCHITECTURE.md names what there is."""

import re

from notebooks import ROOT


def tree():
    """Return the paths that the tree names, from its indentation."""
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    (block,) = re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    found, above = [], []
    for line in block.splitlines():
        names, purpose = re.match(r"\s*(\S+(?:, \S+)*)\s{2,}(\S.*)", line).groups()
        assert purpose
        depth = (len(line) - len(line.lstrip())) // 2
        del above[depth:]
        for name in names.split(", "):
            found.append("/".join([*above, name.rstrip("/")]))
            assert (ROOT / found[-1]).is_dir() == name.endswith("/"), line
        above.append(names.rstrip("/"))
    return found


def test_all_that_the_tree_names_exists_and_stands_there_once():
    found = tree()
    assert [path for path in found if not (ROOT / path).exists()] == []
    assert len(found) == len(set(found))


def test_the_tree_has_every_folder_and_every_module_outside_of_the_pages_own():
    found = set(tree())
    folders = {path.parent for path in (ROOT / "lively").rglob("*.py")}
    assert {path.relative_to(ROOT).as_posix() for path in folders} <= found
    modules = {path for path in (ROOT / "lively").rglob("*.py") if path.stem != "__init__"}
    shown = {path.relative_to(ROOT).as_posix() for path in modules if "pages" not in path.parts}
    assert shown <= found


def test_each_record_of_a_decision_is_in_the_index_and_names_what_exists():
    folder = ROOT / "docs/decisions"
    index = (folder / "README.md").read_text("utf-8")
    records = sorted(folder.glob("[0-9]*.md"))
    assert len(records) > 20
    assert re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", index) == [path.name for path in records]
    for number, path in enumerate(records, 1):
        text = path.read_text("utf-8")
        assert text.startswith(f"# {number}. ")
        assert len(text.splitlines()) <= 20, path
        assert "**Held by**" in text
        named = r"`((?:tests|tools|benchmarks|engine|learning|plotting|ui|serving|web)/[\w/.]+)`"
        for name in re.findall(named, text):
            places = (ROOT / name, ROOT / "lively" / name, ROOT / "lively" / f"{name}.py")
            assert any(place.exists() for place in places), f"{path.name} names {name}"


def test_every_document_is_in_the_order_of_reading():
    order = (ROOT / "docs/README.md").read_text("utf-8")
    links = set(re.findall(r"\]\(([^)]+)\)", order))
    assert all((ROOT / "docs" / link).exists() for link in links)
    for path in [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]:
        if path.parent.name != "decisions" and path != ROOT / "docs/README.md":
            assert any((ROOT / "docs" / link).resolve() == path for link in links), path
