"""Notebooks: the text of a page and one-line calls, stored without outputs, and they run."""

import ast
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
    assert {"regression", "classification", "curve_fit"} <= {path.stem for path in NOTEBOOKS}


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


def test_title_and_kernel(notebook):
    assert notebook.metadata.title
    assert notebook.metadata.kernelspec.name == "python3"


def test_words_before_every_button(notebook):
    # The page lays out the cells after the introduction in pairs.
    kinds = [cell.cell_type for cell in notebook.cells]
    assert kinds[:2] == ["code", "markdown"]
    assert kinds[2:] == ["markdown", "code"] * (len(kinds[2:]) // 2)
    assert len(kinds[2:]) // 2 >= 6


def test_every_page_has_its_tests(path):
    tests = {test.stem for test in Path(__file__).parent.rglob("test_*.py")}
    assert f"test_{path.stem}_page" in tests
    assert f"test_{path.stem}_served" in tests


def test_runs(path, notebook):
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
