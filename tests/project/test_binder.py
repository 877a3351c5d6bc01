"""The Binder files, through repo2docker's own detection."""

import pytest
from notebooks import ROOT
from repo2docker.app import Repo2Docker
from repo2docker.buildpacks import CondaBuildPack


@pytest.fixture
def pack(monkeypatch):
    monkeypatch.chdir(ROOT)
    return CondaBuildPack(Repo2Docker().base_image)


def test_conda_is_detected_with_the_python_that_is_asked_for(pack):
    assert pack.detect()
    assert pack.binder_dir == "binder"
    assert pack.python_version == "3.12"


def test_packages_come_before_the_code_so_that_images_are_cached(pack):
    files = pack.get_preassemble_script_files()
    assert "binder/environment.yml" in files
    text = (ROOT / "binder/environment.yml").read_text("utf-8")
    assert "-e ." not in text.split("dependencies:")[1]


def test_post_build_installs_the_package_alone(pack):
    (script,) = pack.get_post_build_scripts()
    path = ROOT / script
    assert path.stat().st_mode & 0o111
    assert "pip install --no-deps --no-cache-dir ." in path.read_text("utf-8")
