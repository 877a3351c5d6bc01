"""Notebooks: the text of a page and one-line calls, stored without outputs, and they run."""

import ast
import struct
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

DASHBOARDS = Path(__file__).parents[1] / "dashboards"
NOTEBOOKS = sorted(DASHBOARDS.glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request):
    return request.param


@pytest.fixture
def notebook(path):
    return nbformat.read(path, as_version=4)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_there_are_notebooks():
    found = {path.stem for path in NOTEBOOKS}
    pages = {"regression", "classification", "curve_fit", "bias_variance", "model_selection"}
    assert found >= pages


def test_stored_without_outputs(notebook):
    for cell in code(notebook):
        assert cell.outputs == []
        assert cell.execution_count is None


def test_thin(notebook):
    for cell in code(notebook):
        statements = ast.parse(cell.source).body
        assert len(statements) <= 3
        for statement in statements:
            # Imports, one assignment, calls: whatever has a body of its own belongs in the package.
            assert isinstance(statement, ast.ImportFrom | ast.Assign | ast.Expr)


def test_title_description_and_kernel(notebook):
    # What the gallery, the header, search engines and social cards show.
    subject, _, rest = notebook.metadata.title.partition(":")
    assert 3 <= len(subject) <= 16
    assert rest.strip()
    assert 20 <= len(notebook.metadata.description) <= 120
    assert "\n" not in notebook.metadata.title + notebook.metadata.description
    assert isinstance(notebook.metadata.order, int)
    assert notebook.metadata.kernelspec.name == "python3"


def test_no_two_pages_have_the_same_title_or_place():
    found = [nbformat.read(path, as_version=4).metadata for path in NOTEBOOKS]
    assert len({each.title for each in found}) == len(found)
    assert len({each.order for each in found}) == len(found)


def test_every_page_has_its_picture(path):
    # Made by `make screenshots`; the gallery shows all of them at once.
    picture = path.with_suffix(".png")
    assert picture.is_file()
    head = picture.read_bytes()[:24]
    assert head.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", head[16:24]) == (640, 360)
    assert 2_000 < picture.stat().st_size < 40_000


def test_every_picture_has_its_page():
    pictures = {path.stem for path in DASHBOARDS.glob("*.png")}
    assert pictures == {path.stem for path in NOTEBOOKS}


def test_every_page_is_linked_from_the_readme(path, notebook):
    text = (DASHBOARDS.parent / "README.md").read_text("utf-8")
    assert f"[{notebook.metadata.title}](dashboards/{path.name})" in text


def test_words_before_every_button(notebook):
    # The page lays out the cells after the introduction in pairs.
    kinds = [cell.cell_type for cell in notebook.cells]
    assert kinds[:2] == ["code", "markdown"]
    assert kinds[2:] == ["markdown", "code"] * (len(kinds[2:]) // 2)
    assert len(kinds[2:]) // 2 >= 3


def test_every_page_has_a_test_of_its_numbers(path):
    tests = {test.stem for test in Path(__file__).parent.glob("test_*.py")}
    assert any(name.startswith(f"test_{path.stem}") for name in tests)


def test_runs_as_plain_python(notebook):
    names = {}
    for cell in code(notebook):
        exec(cell.source, names)
    names["page"].close()


@pytest.mark.thorough
def test_runs_in_a_kernel(path, notebook):
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": path.parent}}
    ).execute()
    first = code(notebook)[0].outputs[0]
    assert "application/vnd.jupyter.widget-view+json" in first.data
    assert not [
        output
        for cell in code(notebook)
        for output in cell.outputs
        if output.output_type in ("error", "stream")
    ]
