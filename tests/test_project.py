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
OPTIONAL = {"lively.serving.hub": "hub"}


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
        found = re.findall(r"^(?:from|import) (\w+)", path.read_text("utf-8"), re.MULTILINE)
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


LAYERS = [
    {
        "log",
        "numbers",
        "sweep",
        "background",
        "work",
        "truths",
        "shapes",
        "curves",
        "checked",
        "runs",
        "screens",
        "powers",
        "decomposition",
        "visit",
    },
    {"fields", "history"},
    {"settings", "live"},
    {"data"},
    {"models"},
    {"diagnostics"},
    {"results"},
    {"words", "figures"},
    {"lettering", "painting"},
    {"canvas"},
    {"controls", "shell", "views", "poster"},
    {"late"},
    {"pages", "serving"},
]


@pytest.mark.parametrize("path", sorted((ROOT / "lively").rglob("*.py")), ids=lambda p: p.stem)
def test_imports_run_one_way(path):
    part = path.relative_to(ROOT / "lively").parts[0].removesuffix(".py")
    if part == "__init__":
        return
    (floor,) = [i for i, layer in enumerate(LAYERS) if part in layer]
    for name in re.findall(r"^from lively\.(\w+)", path.read_text("utf-8"), re.MULTILINE):
        (below,) = [i for i, layer in enumerate(LAYERS) if name in layer]
        assert below <= floor, f"{path.name} imports {name}"


@pytest.mark.parametrize(
    "path", sorted((ROOT / "lively/serving").glob("*.py")), ids=lambda p: p.stem
)
def test_the_server_knows_no_page(path):
    text = path.read_text("utf-8")
    found = re.findall(r"^\s*(?:from|import) lively\.?([\w.]*)(?: import ([\w, ]+))?", text, re.M)
    for module, names in found:
        parts = {module.split(".")[0]} - {""} or set(names.split(", ")) - {""}
        assert parts <= {"serving", "visit", "log"}, path.name


@pytest.mark.parametrize(
    ("module", "allowed"),
    [
        ("ipympl", {"canvas"}),
        (
            "ipywidgets",
            {"controls", "views", "pages", "serving", "poster"},
        ),
        ("pyplot", set()),
        ("sklearn", {"models", "diagnostics"}),
        ("joblib", {"sweep"}),
    ],
)
def test_each_library_has_its_place(module, allowed):
    users = {
        path.relative_to(ROOT / "lively").parts[0].removesuffix(".py")
        for path in (ROOT / "lively").rglob("*.py")
        if re.search(rf"^(from|import) .*\b{module}\b", path.read_text("utf-8"), re.MULTILINE)
    }
    assert users <= allowed


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


def test_architecture_names_every_module():
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    for path in (ROOT / "lively").rglob("*.py"):
        if path.name != "__init__.py":
            assert re.search(rf"\b{path.stem}\b", text), path


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
