"""Make .venv and install everything into it. Nothing to do when nothing has changed.

Runs under the system's Python, which may be too old for the book: the top of this file
must stay readable for it.
"""

import sys

if sys.version_info < (3, 10):
    sys.exit(
        "This book needs Python 3.10 or newer, and this is Python %d.%d. "
        "Install a newer one, or name it: make book PYTHON=python3.12" % sys.version_info[:2]
    )

import hashlib
import importlib.util
import platform
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed"
INPUTS = ["requirements.txt", "constraints.txt", "pyproject.toml"]
# measured: 6.4 GB of packages on Linux, where torch brings its CUDA libraries, and room to unpack
NEEDED_GB = 9 if sys.platform == "linux" else 4


def main() -> None:
    if sys.platform == "darwin" and platform.machine() == "x86_64":
        sys.exit("PyTorch no longer supports Intel Macs, so this book cannot run on this machine.")
    wanted = fingerprint()
    if STAMP.is_file() and STAMP.read_text() == wanted and python().exists():
        print("Packages: up to date in .venv")
        return
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit(
            "This Python cannot make virtual environments. On Debian or Ubuntu: "
            "apt install python3-venv"
        )
    free = shutil.disk_usage(ROOT).free / 1e9
    if not VENV.exists() and free < NEEDED_GB:
        sys.exit(
            f"The packages need about {NEEDED_GB} GB, and only {free:.1f} GB are free on the disk "
            f"of {ROOT}. Make room and try again."
        )
    print("Packages: installing into .venv (some minutes the first time)", flush=True)
    run([sys.executable, "-m", "venv", str(VENV)], "The virtual environment could not be made.")
    run(
        [str(python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
         "-r", "requirements.txt", "-c", "constraints.txt"],
        "A package could not be had; pip says above which one and why. Check the network "
        "(and HTTPS_PROXY, if you need one) and try again: what is downloaded is kept.",
    )  # fmt: skip
    STAMP.write_text(wanted)
    print("Packages: installed")


def python() -> Path:
    """The Python inside the virtual environment."""
    return VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def fingerprint() -> str:
    """What the environment depends on, in one line."""
    digest = hashlib.sha256(sys.version.encode())
    for name in INPUTS:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def run(command: list, sorry: str) -> None:
    """Run a command in the project's folder; if it fails, end with a plain sentence."""
    result = subprocess.run(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    if result.returncode == 0:
        return
    sys.stderr.write(result.stderr)
    if "No space left on device" in result.stderr:
        sorry = "The disk is full. Make room (about %d GB are needed) and try again." % NEEDED_GB
    sys.exit(sorry)


if __name__ == "__main__":
    main()
