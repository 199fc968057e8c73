"""Pack the built site into dist/, the same bytes for the same pages, with its SHA-256 beside it.

python tools/site/pack.py [<folder of the site> <folder for the archive>]
"""

from __future__ import annotations

import hashlib
import re
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAME = "deep-learning-book"
TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that the format can hold
# What Sphinx keeps for its next build, and no reader asks for.
LEFT_OUT = (".buildinfo", ".doctrees")


def version() -> str:
    """The version in pyproject.toml."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return re.search(r'^version = "(.+)"$', text, re.MULTILINE).group(1)


def pack(site: Path, folder: Path) -> Path:
    """Write the archive and its sum.

    Args:
        site: folder of the built pages.
        folder: where to write; made if need be.

    Returns:
        path of the archive, ``<name>-<version>.zip``; its files lie in ``<name>-<version>/``.

    Raises:
        FileNotFoundError: there is no built page in ``site``.
    """
    if not (site / "index.html").is_file():
        raise FileNotFoundError(f"{site} holds no index.html; build the book first: make book")
    top = f"{NAME}-{version()}"
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / f"{top}.zip"
    files = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}
    with zipfile.ZipFile(archive, "w") as packed:
        for name in sorted(files):
            if name.startswith(LEFT_OUT):
                continue
            entry = zipfile.ZipInfo(f"{top}/{name}", TIME)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16  # Unix, readable by all
            packed.writestr(entry, files[name].read_bytes(), zipfile.ZIP_DEFLATED, compresslevel=9)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    archive.with_name(f"{archive.name}.sha256").write_bytes(f"{digest}  {archive.name}\n".encode())
    return archive


def main() -> None:
    """Pack _build/html into dist/, or the folders given."""
    given = [Path(argument) for argument in sys.argv[1:]]
    site, folder = given or (ROOT / "_build" / "html", ROOT / "dist")
    try:
        archive = pack(site, folder)
    except FileNotFoundError as error:
        sys.exit(str(error))
    print(f"Site: {archive} ({archive.stat().st_size / 1e6:.1f} MB)")


if __name__ == "__main__":
    main()
