"""What a host reads: the workflows, the citation, the list of changes."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from pack import version

ROOT = Path(__file__).resolve().parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ACTIONLINT = shutil.which("actionlint", path=Path(sys.executable).parent)


def lint(folder: Path) -> subprocess.CompletedProcess:
    files = sorted(str(path) for path in folder.glob("*.yml"))
    command = [ACTIONLINT, "-no-color", "-shellcheck=", "-pyflakes=", *files]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


@pytest.mark.skipif(ACTIONLINT is None, reason="actionlint has no wheel for this computer")
def test_the_workflows_are_sound(tmp_path):
    assert [path.name for path in WORKFLOWS] == ["newest.yml", "site.yml", "tests.yml"]
    sound = lint(WORKFLOWS[0].parent)
    assert sound.returncode == 0, sound.stdout
    text = (WORKFLOWS[0].parent / "tests.yml").read_text()
    (tmp_path / "broken.yml").write_text(text.replace("matrix.browser", "matrix.brouser"))
    broken = lint(tmp_path)
    assert broken.returncode != 0 and "brouser" in broken.stdout


def steps(path: Path) -> list[str]:
    """The command lines of a workflow."""
    jobs = yaml.safe_load(path.read_text())["jobs"].values()
    runs = [step["run"] for job in jobs for step in job["steps"] if "run" in step]
    return [line.strip() for run in runs for line in run.splitlines()]


def test_the_workflows_do_what_the_readme_says():
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    plain = (ROOT / "README.md").read_text().replace("py tools", "python tools")
    for path in WORKFLOWS:
        for line in steps(path):
            if line.startswith("make "):
                assert line.split()[1] in targets, f"{path.name}: {line}"
            elif "tools" in line or ".venv" in line:
                assert f"    {line}\n" in plain, f"{path.name}: {line}"


def test_the_version_stands_in_one_place():
    newest = re.search(r"^## (\S+?),? ", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest and newest.group(1) == version()
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert "version" not in citation  # it would be a second place


def test_the_citation_can_be_read():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    title = yaml.safe_load((ROOT / "_config.yml").read_text())["title"]
    assert citation["title"].startswith(title)
    licenses = (ROOT / "LICENSE").read_text()
    assert citation["license"] == ["MIT", "CC-BY-4.0"]
    assert "MIT License" in licenses and "(CC BY 4.0)" in licenses
