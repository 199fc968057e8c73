"""The set-up: does nothing twice, and ends with a plain sentence when something is missing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import setup_venv

ROOT = Path(__file__).parent.parent


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with small requirements, in a folder whose name has a blank."""
    root = tmp_path / "my book"
    root.mkdir()
    for name in ("constraints.txt", "requirements.txt", "pyproject.toml"):
        (root / name).write_text("")
    monkeypatch.setattr(setup_venv, "ROOT", root)
    monkeypatch.setattr(setup_venv, "VENV", root / ".venv")
    monkeypatch.setattr(setup_venv, "STAMP", root / ".venv" / "installed")
    return root


def test_a_python_that_is_too_old_gets_a_sentence(tmp_path):
    code = (
        "import runpy, sys; sys.version_info = (3, 9, 1);"
        f"runpy.run_path({str(ROOT / 'tools' / 'setup_venv.py')!r}, run_name='__main__')"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == 1
    assert result.stderr.startswith("This book needs Python 3.10 or newer, and this is Python 3.9.")
    assert "Traceback" not in result.stderr


def test_a_full_disk_is_said_before_anything_is_installed(project, monkeypatch):
    usage = shutil.disk_usage(project)._replace(free=10**9)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(SystemExit, match=r"about \d+ GB, and only 1\.0 GB are free"):
        setup_venv.main()
    assert not (project / ".venv").exists()


def test_a_disk_that_fills_up_is_said(project):
    full = "import sys; sys.exit('OSError: [Errno 28] No space left on device')"
    with pytest.raises(SystemExit, match="The disk is full"):
        setup_venv.run([sys.executable, "-c", full], "something else")


def test_a_package_that_cannot_be_had_is_said_and_tried_again(project, monkeypatch, capfd):
    monkeypatch.setitem(os.environ, "PIP_NO_INDEX", "1")  # as without a network
    (project / "requirements.txt").write_text("no-such-package-of-ours\n")
    with pytest.raises(SystemExit, match="A package could not be had"):
        setup_venv.main()
    assert "no-such-package-of-ours" in capfd.readouterr().err
    assert not setup_venv.STAMP.exists()

    (project / "requirements.txt").write_text("")
    setup_venv.main()
    assert "installed" in capfd.readouterr().out
    setup_venv.main()
    assert capfd.readouterr().out == "Packages: up to date in .venv\n"

    (project / "requirements.txt").write_text("# another line\n")
    setup_venv.main()
    assert "installing" in capfd.readouterr().out


def test_requirements_have_bounds_and_constraints_have_versions():
    requirements = [
        line.split("#")[0].strip()
        for line in (ROOT / "requirements.txt").read_text().splitlines()
        if line.split("#")[0].strip() and not line.startswith("-e")
    ]
    pinned = [line for line in requirements if "==" in line]
    assert pinned == ["d2l==0.17.0"], "an exact version needs a reason"
    names = {line.split("==")[0] for line in (ROOT / "constraints.txt").read_text().splitlines()}
    for line in requirements:
        name = line.split(">")[0].split("=")[0].split("<")[0].strip()
        assert name.lower() in names, f"{name}: run python tools/pin.py"
    assert "://" not in (ROOT / "constraints.txt").read_text()


def test_the_package_declares_lower_bounds_only():
    text = (ROOT / "pyproject.toml").read_text()
    dependencies = text.split("dependencies = [")[1].split("]")[0]
    assert ">=" in dependencies
    assert "==" not in dependencies and "<" not in dependencies


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
def test_make_stays_with_the_python_that_the_environment_was_made_with(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    # What a make above this test run hands on would be obeyed: its PYTHON, its level.
    handed = {"PYTHON", "MAKEFLAGS", "MFLAGS", "MAKELEVEL"}
    bare = {name: value for name, value in os.environ.items() if name not in handed}

    def named(*options):
        run = [shutil.which("make"), "-n", "setup", *options]
        return subprocess.run(
            run, cwd=tmp_path, env=bare, capture_output=True, text=True
        ).stdout.split()[0]

    assert named() == "python3"
    own = tmp_path / ".venv" / "bin" / "python"
    own.parent.mkdir(parents=True)
    own.touch()
    assert named() == ".venv/bin/python"
    assert named("PYTHON=python3.12") == "python3.12"
