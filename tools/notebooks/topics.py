"""List the topics that a page should teach and no cell of it claims to.

    python tools/notebooks/topics.py             what is missing, of every page that is in the book
    python tools/notebooks/topics.py --planned   also of the pages that are not written yet

``chapters/topics.csv`` holds the book's topics: an id, a few words, and the pages that teach it
(a topic of several pages is complete when each of them does). The cell that teaches a topic
names it in its metadata: ``"book": {"topics": ["S0.15"]}``.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Topic:
    """``pages`` as in the table of contents, below ``chapters``, without suffix."""

    id: str
    words: str
    pages: tuple[str, ...]


def read_topics(root: Path = ROOT) -> list[Topic]:
    """The rows of ``chapters/topics.csv``."""
    with (root / "chapters" / "topics.csv").open(encoding="utf-8", newline="") as file:
        return [
            Topic(row["id"], row["topic"], tuple(row["pages"].split()))
            for row in csv.DictReader(file)
        ]


def taught(notebook: Path) -> Iterator[tuple[int, str]]:
    """Pairs of a cell's index, from 0, and the id of a topic that it names."""
    for index, cell in enumerate(json.loads(notebook.read_text(encoding="utf-8"))["cells"]):
        for topic in cell["metadata"].get("book", {}).get("topics", []):
            yield index, topic


def missing(root: Path = ROOT, planned: bool = False) -> list[tuple[str, Topic]]:
    """Pairs of a page and a topic of it that no cell names."""
    found = []
    for topic in read_topics(root):
        for page in topic.pages:
            notebook = root / "chapters" / f"{page}.ipynb"
            if notebook.exists():
                if topic.id not in {name for _, name in taught(notebook)}:
                    found.append((page, topic))
            elif planned and page != "index":
                found.append((page, topic))
    return found


def unknown(root: Path = ROOT) -> list[tuple[str, str]]:
    """Pairs of a page and an id that a cell of it names and ``topics.csv`` does not give to it."""
    wanted = {(page, topic.id) for topic in read_topics(root) for page in topic.pages}
    return [
        (page, topic)
        for notebook in sorted((root / "chapters").glob("*/*.ipynb"))
        for page in [f"{notebook.parent.name}/{notebook.stem}"]
        for _, topic in taught(notebook)
        if (page, topic) not in wanted
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--planned", action="store_true", help="pages that are not written, too")
    lacking = missing(planned=parser.parse_args().planned)
    for page, topic in lacking:
        print(f"{page}: {topic.id} {topic.words}")
    for page, topic in unknown():
        print(f"{page}: names {topic}, which chapters/topics.csv does not give to it")
    total = sum(len(topic.pages) for topic in read_topics())
    print(f"{len(lacking)} missing; {total} topics and claims on {len(read_topics())} rows in all")
    sys.exit(bool(lacking or unknown()))


if __name__ == "__main__":
    main()
