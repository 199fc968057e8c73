"""Write constraints.txt: one set of exact versions for every supported Python and system.

    python -m pip install uv && python tools/pin.py

Resolves requirements.txt to the newest versions that go together, for the oldest Python
up to the newest.
Where a Python or a system needs another version, the line carries a marker.
Run the tests with the result before committing it.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
OLDEST_PYTHON = "3.10"
HEADER = """\
# The versions that were tested together. Written by tools/pin.py; do not edit.
"""


def main() -> None:
    wanted = (ROOT / "requirements.txt").read_text()
    wanted = re.sub(r"^-e .*$", "", wanted, flags=re.M)
    command = ["uv", "pip", "compile", "-", "--universal", f"--python-version={OLDEST_PYTHON}"]
    command += ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
    command += ["--quiet"]
    result = subprocess.run(command, input=wanted, capture_output=True, text=True)
    if result.returncode:
        sys.exit(result.stderr)
    (ROOT / "constraints.txt").write_text(HEADER + result.stdout)
    print(f"constraints.txt: {len(result.stdout.splitlines())} packages")


if __name__ == "__main__":
    main()
