"""The project's own papers: copies that must agree, and promises that must hold."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import lively

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
#: Names that differ between the registries.
CONDA = {"matplotlib-base": "matplotlib"}
#: Modules that need more than the package does, and the optional dependencies that have it.
OPTIONAL = {"lively.serving.jupyterhub_identity": "hub"}


def tracked():
    """Return the files of the project that are text."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    paths = [ROOT / name for name in listed]
    return [path for path in paths if path.is_file() and path.suffix != ".png"]


def requirements(lines):
    found = [Requirement(line) for line in lines]
    return {canonicalize_name(item.name): str(item.specifier) for item in found}


def dotted(path):
    """Return the name of a module."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


RUNTIME = requirements(PROJECT["project"]["dependencies"])
EVERYTHING = RUNTIME | requirements(
    line
    for part in ("dependency-groups", "optional-dependencies")
    for lines in (PROJECT.get(part) or PROJECT["project"][part]).values()
    for line in lines
)


def test_conda_names_the_same_packages():
    listed = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    found = requirements(line for line in listed if not re.match(r"(python\b|pip$)", line))
    assert {CONDA.get(name, name): spec for name, spec in found.items()} == RUNTIME


def test_binder_has_the_same_bytes():
    assert (ROOT / "binder/environment.yml").read_bytes() == (ROOT / "environment.yml").read_bytes()


def test_constraints_are_exact_and_satisfy_what_is_declared():
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    versions = {}
    for pin in pins:
        (specifier,) = pin.specifier
        assert specifier.operator == "=="
        versions[canonicalize_name(pin.name)] = specifier.version
    for name, specifier in EVERYTHING.items():
        assert name in versions
        assert Requirement(f"{name}{specifier}").specifier.contains(versions[name]), name


def test_every_dependency_has_its_reason():
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    for name in EVERYTHING:
        assert re.search(rf'"{name}(\[\w+\])?>=[^"]*",\s+# \w', text), name


def test_what_is_imported_is_declared():
    modules = {
        "sklearn": "scikit-learn",
        "annotated_types": "pydantic",
        "pydantic_core": "pydantic",
        "traitlets": "ipywidgets",
        "jupyter_server": "voila",
        "jupyter_client": "voila",
        "tornado": "voila",
        "contourpy": "matplotlib",
        **dict.fromkeys(("jupyter_core", "nbformat"), "voila"),
        **dict.fromkeys(("IPython", "comm"), "ipykernel"),
    }
    imported = set()
    for path in (ROOT / "lively").rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        found = [node.module for node in nodes if isinstance(node, ast.ImportFrom)]
        found += [name.name for n in nodes if isinstance(n, ast.Import) for name in n.names]
        found = [name.split(".")[0] for name in found]
        optional = PROJECT["project"]["optional-dependencies"].get(OPTIONAL.get(dotted(path)), [])
        imported |= set(found) - set(requirements(optional))
    import sys

    third = imported - sys.stdlib_module_names - {"lively"}
    assert {modules.get(name, name) for name in third} <= set(RUNTIME)


def test_nothing_imports_what_needs_more_than_the_package():
    assert set(OPTIONAL) <= {dotted(path) for path in (ROOT / "lively").rglob("*.py")}
    for path in (ROOT / "lively").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [
                name.name for name in getattr(node, "names", []) if isinstance(name, ast.alias)
            ]
            if isinstance(node, ast.ImportFrom):
                names = [node.module, *(f"{node.module}.{name}" for name in names)]
            assert not set(names) & set(OPTIONAL), path


#: The folders of the package, from the bottom to the top; the server's stands beside them.
FOLDERS = ["engine", "learning", "plotting", "ui", "pages"]
#: Those of the server's side, from the bottom to the top; its modules in no folder come last.
SERVING = ["shared", "fork", "built_pages", "visits", "http"]
#: Modules that know nothing of the others, and that all may import.
LEAVES = {"arrays", "log", "visit"}
#: What a page's modules are for, by their names, in the order in which they may import each other;
#: whatever has another name is part of the model.
STAGES = [
    r"\w+_(shapes|curves)",
    r"settings",
    r"data",
    r"\w+",
    r"result",
    r".*(text|names|verdicts?)",
]
STAGES += [r".*(figures?|notice|bars)", r"page|__init__"]
MODEL = 3
MODULES = sorted((ROOT / "lively").rglob("*.py"))


def imported(path):
    """Return the parts of each module of the package that one imports."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "lively":
            parts = node.module.split(".")[1:]
            for name in node.names:
                inner = ROOT.joinpath("lively", *parts, name.name)
                is_module = inner.is_dir() or inner.with_suffix(".py").exists()
                found.append((*parts, name.name) if is_module else tuple(parts))
    return found


def stage(module):
    """Return the number of the stage that a page's module belongs to."""
    found = [i for i, names in enumerate(STAGES) if re.fullmatch(names, module)]
    return next((i for i in found if i != MODEL), MODEL)


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_imports_run_one_way(path):
    parts = path.relative_to(ROOT / "lively").with_suffix("").parts
    if parts == ("__init__",):
        # It names what the other modules offer, and imports them when they are used.
        return
    for other in imported(path):
        if not other or other[0] in LEAVES:
            continue
        if parts[0] == "serving":
            assert other[0] in {"serving", "ui"}, other
            if other[0] == "serving" and parts[1] in SERVING:
                assert SERVING.index(other[1]) <= SERVING.index(parts[1]), other
        else:
            assert parts[0] in FOLDERS, "a leaf imports nothing of the package"
            assert FOLDERS.index(other[0]) <= FOLDERS.index(parts[0]), other


@pytest.mark.parametrize("path", sorted((ROOT / "lively/pages").rglob("*/*.py")), ids=dotted)
def test_no_page_imports_a_page(path):
    page, module = path.relative_to(ROOT / "lively/pages").with_suffix("").parts
    for other in imported(path):
        if other and other[0] == "pages":
            assert other[1] == page
            assert stage(other[2]) <= stage(module), other


@pytest.mark.parametrize(
    ("library", "allowed"),
    [
        ("ipympl", r"ui/ipympl_adapter"),
        ("ipywidgets|anywidget", r"ui/.*|serving/.*|pages/\w+/page"),
        ("matplotlib", r"plotting/.*|ui/.*|serving/.*|pages/\w+/.*(figures?|notice|bars)"),
        ("matplotlib.pyplot", r"nowhere"),
        ("sklearn", r"learning/.*|pages/\w+/\w+"),
        ("joblib", r"engine/parallel"),
        ("pydantic", r"engine/.*|learning/.*|ui/controls|pages/\w+/settings"),
    ],
)
def test_each_library_has_its_place(library, allowed):
    for path in MODULES:
        text = path.read_text("utf-8")
        if re.search(rf"^\s*(from|import) ({library})\b", text, re.MULTILINE):
            module = path.relative_to(ROOT / "lively").with_suffix("").as_posix()
            assert re.fullmatch(allowed, module)


def test_files_are_of_a_size_to_read():
    for path in (ROOT / "lively").rglob("*.py"):
        assert len(path.read_text("utf-8").splitlines()) <= 300, path


def test_version_is_one():
    assert lively.__version__ == PROJECT["project"]["version"]
    assert f"## {lively.__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_documents_name_what_exists():
    for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"):
        text = (ROOT / name).read_text("utf-8")
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
            assert (ROOT / link).exists(), f"{name} links to {link}"
        targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
        for target in re.findall(r"`make ([a-z-]+)", text):
            assert target in targets, f"{name} names make {target}"
        for path in re.findall(r"`(lively/[\w/.]+|dashboards/[\w/.]+|tests/[\w/.]+)`", text):
            if "NAME" not in path:
                assert (ROOT / path).exists(), f"{name} names {path}"


def test_no_file_names_a_registry_s_host_or_a_machine_s_path():
    # Put together here, so that this file does not hold what it looks for.
    hosts = "|".join(
        a + b
        for a, b in [
            ("pypi", r"\.org"),
            ("python", "hosted"),
            ("npm", "js"),
            ("deb", r"\.debian"),
            ("conda", r"\.anaconda"),
        ]
    )
    paths = "|".join(f"/{a}{b}/" for a, b in [("ro", "ot"), ("ho", "me"), ("wo", "rk")])
    for path in tracked():
        text = path.read_text("utf-8")
        assert not re.search(hosts, text), path
        assert not re.search(paths, text), path


def test_pages_ask_no_other_host():
    for path in (ROOT / "lively").rglob("*"):
        if path.suffix in (".html", ".j2", ".css", ".js"):
            text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
            assert "http://" not in text, path
            assert "https://" not in text, path


def test_binder_link_is_made_from_the_checkout_s_remote(tmp_path):
    script = ROOT / "tools/binder-link.sh"
    subprocess.run(["git", "init", "-q", tmp_path], check=True)

    def link():
        return subprocess.run(
            ["sh", script], cwd=tmp_path, capture_output=True, text=True, check=False
        )

    assert "no remote" in link().stderr
    for remote in ("https://github.com/some/where.git", "git@github.com:some/where"):
        subprocess.run(["git", "remote", "remove", "origin"], cwd=tmp_path, capture_output=True)
        subprocess.run(["git", "remote", "add", "origin", remote], cwd=tmp_path, check=True)
        assert link().stdout.strip() == (
            "https://mybinder.org/v2/gh/some/where/HEAD?urlpath=voila%2Ftree%2Fdashboards"
        )
    subprocess.run(["git", "remote", "set-url", "origin", "/some/folder"], cwd=tmp_path, check=True)
    assert link().returncode == 1


#: What each page has of its own under one name: it plays the same part in all of them.
ROLES = {
    *("verdict", "panel_text", "fit_text", "model_text", "share_text", "unconverged_text"),
    *("remarks", "table_rows", "table_markup", "make_points", "residual_data"),
    *("overfits", "underfits"),
}
#: Names that two modules give to different things, and that are still to be changed.
AMBIGUOUS = {"FitFigure", "PageEntry", "true_values", "warm_up"}


def test_no_two_functions_or_classes_have_the_same_public_name():
    homes = {}
    for path in MODULES:
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                homes.setdefault(node.name, []).append(path.relative_to(ROOT / "lively").parts)
    twice = {name for name, found in homes.items() if len(found) > 1 and name[0] != "_"}
    for name in twice & ROLES:
        pages = [parts[1] for parts in homes[name] if parts[0] == "pages"]
        assert len(set(pages)) == len(homes[name]), f"{name} is not one of each page"
    assert twice - ROLES == AMBIGUOUS
