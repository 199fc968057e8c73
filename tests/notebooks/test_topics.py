"""Every topic of the plan is taught where the plan says so, by a cell that names it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import topics
from stored.sources import ROOT

PLANNED = 598  # 400 topics and 198 claims


def test_no_written_page_lacks_a_topic() -> None:
    lacking = [f"{page}: {topic.id} {topic.words}" for page, topic in topics.missing()]
    assert not lacking, "\n".join(lacking)


def test_no_cell_names_a_topic_of_another_page() -> None:
    assert not topics.unknown()


def test_the_plan_is_whole_and_names_each_topic_once() -> None:
    ids = [topic.id for topic in topics.read_topics()]
    assert len(ids) == len(set(ids)) == PLANNED
    assert all(topic.words and topic.pages for topic in topics.read_topics())


def test_each_page_in_the_book_is_in_the_plan() -> None:
    planned = {page for topic in topics.read_topics() for page in topic.pages}
    written = {f"{p.parent.name}/{p.stem}" for p in (ROOT / "chapters").glob("*/*.ipynb")}
    assert written <= planned


@pytest.fixture
def small_book(tmp_path: Path) -> Path:
    """Three topics on two pages, of which one is written and names one topic and a stray one."""
    chapters = tmp_path / "chapters"
    (chapters / "part").mkdir(parents=True)
    with (chapters / "topics.csv").open("w", newline="") as file:
        csv.writer(file).writerows(
            [
                ("id", "topic", "pages"),
                ("T1", "scores", "part/one"),
                ("T2", "prices", "part/one part/two"),
                ("T3", "paths", "part/two"),
            ]
        )
    cells = [{"metadata": {}}, {"metadata": {"book": {"topics": ["T1", "T3"]}}}]
    (chapters / "part" / "one.ipynb").write_text(json.dumps({"cells": cells}))
    return tmp_path


def test_what_is_missing_is_listed_by_page(small_book: Path) -> None:
    def found(planned: bool) -> list[tuple[str, str]]:
        return [(page, topic.id) for page, topic in topics.missing(small_book, planned)]

    assert found(planned=False) == [("part/one", "T2")]
    assert found(planned=True) == [("part/one", "T2"), ("part/two", "T2"), ("part/two", "T3")]


def test_a_topic_of_another_page_is_noticed(small_book: Path) -> None:
    assert topics.unknown(small_book) == [("part/one", "T3")]
