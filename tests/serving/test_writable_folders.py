"""Where files are kept that the home folder may not take."""

import errno
import logging
import os
import tempfile

import pytest

from lively.serving import writable_folders


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    """Have a home folder in which nothing can be kept, and the refuge below another."""
    for name in ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "MPLCONFIGDIR"):
        # Whatever is set in a test is taken back after it.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("JUPYTER_PATH", "/elsewhere")
    for name in ("XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/dev/null/home")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_looking_leaves_nothing(tmp_path):
    assert writable_folders.can_write(tmp_path)
    assert writable_folders.can_write(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("")
    assert not writable_folders.can_write(tmp_path / "file")
    assert not writable_folders.can_write(tmp_path / "file" / "below")


def test_a_full_folder_cannot_be_written(tmp_path, monkeypatch):
    class Full:
        __enter__ = lambda self: self  # noqa: E731
        __exit__ = lambda self, *error: None  # noqa: E731

        def write(self, content):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", lambda dir: Full())
    assert not writable_folders.can_write(tmp_path)


def test_what_can_be_kept_stays_where_it_is(monkeypatch, tmp_path, caplog):
    for name in ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "MPLCONFIGDIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    writable_folders.ensure_writable_folders(logging.getLogger("lively"))
    assert caplog.records == []
    assert os.environ["IPYTHONDIR"] == str(tmp_path / "IPYTHONDIR")


def test_the_rest_is_kept_aside_with_one_line(nowhere, caplog, monkeypatch):
    monkeypatch.setenv("MPLCONFIGDIR", str(nowhere / "kept"))
    before = writable_folders.library_folders()
    writable_folders.ensure_writable_folders(logging.getLogger("lively"))
    (record,) = caplog.records
    assert "JUPYTER_DATA_DIR, JUPYTER_RUNTIME_DIR, IPYTHONDIR, to folders" in record.getMessage()
    found = writable_folders.library_folders()
    assert found["MPLCONFIGDIR"] == nowhere / "kept"
    for name in ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        assert nowhere in found[name].parents
        assert writable_folders.can_write(found[name])
    paths = os.environ["JUPYTER_PATH"].split(os.pathsep)
    assert paths == [str(before["JUPYTER_DATA_DIR"]), "/elsewhere"]
