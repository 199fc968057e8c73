"""What a page of the built book must be like. Each check yields the faults of one visit."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from book_site import documents, source
from bs4 import BeautifulSoup
from page_visit import PHONE, Visit

MEGABYTE = 1_000_000
MOST_BEFORE_PAINT = 0.25 * MEGABYTE
TEXT_CONTRAST = 4.5  # of the strongest marks in a figure: axes, ticks, words
COLOR_CONTRAST = 1.6  # of the palest color: fills within an outline, and the end of a color scale
PACKED = (".html", ".css", ".js", ".json", ".svg")  # which a web server sends compressed


def shows_its_title_and_promise(visit: Visit, site: Path) -> Iterator[str]:
    """The first words under the title must be on the page: an empty page would pass the rest."""
    if visit.name not in documents():
        return
    title, promise = re.search(r"^# (.+?)\n+(.+?)$", source(visit.name), re.MULTILINE).groups()
    shown = " ".join(visit.facts["text"].split()).replace("’", "'")
    for words in (title, promise.split(",")[0].split("`")[0]):
        if words.replace("’", "'") not in shown:
            yield f"{words!r} is not on the page"


def raises_no_error(visit: Visit, site: Path) -> Iterator[str]:
    yield from visit.errors


def asks_no_other_host(visit: Visit, site: Path) -> Iterator[str]:
    inside = ("file:", "data:", "http://127.0.0.1:")
    yield from (url for url in visit.requests if not url.startswith(inside))


def typesets_its_formulas(visit: Visit, site: Path) -> Iterator[str]:
    facts = visit.facts
    if facts["typeset"] != facts["sources"]:
        yield f"{facts['typeset']} of {facts['sources']} formulas"
    yield from (f"broken: {formula}" for formula in facts["broken"])
    if visit.name in documents():
        yield from (f"left in the text: {formula}" for formula in facts["raw"])


def is_light_enough(visit: Visit, site: Path) -> Iterator[str]:
    """Bytes that come before the page is complete, text as a web server compresses it."""
    files = [path for url in visit.requests if (path := file_of(url, site))]
    if not files:
        yield "asked for no file"
    if (sent := sum(map(bytes_sent, files))) > 1.5 * MEGABYTE:
        yield f"{sent} bytes"


def paints_its_text_early(visit: Visit, site: Path) -> Iterator[str]:
    """Bytes without which a browser shows nothing: the page, its styles, scripts it waits for."""
    page = site / f"{visit.name}.html"
    head = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").head
    links = head.select("link[rel=stylesheet], script[src]:not([defer], [async], [type=module])")
    names = [urlsplit(link.get("href") or link["src"]).path for link in links]
    files = [site / name[1:] if name.startswith("/") else page.parent / name for name in names]
    if (waits := sum(map(bytes_sent, [page, *files]))) > MOST_BEFORE_PAINT:
        yield f"{waits} bytes before the first word"


def file_of(url: str, site: Path) -> Path | None:
    """The site's file behind an address that was asked for, None for data in the page itself."""
    parts = urlsplit(url)
    if parts.scheme not in ("file", "http"):
        return None
    path = (site if parts.scheme == "http" else Path("/")) / unquote(parts.path).lstrip("/")
    return path if path.is_file() else None


def bytes_sent(file: Path) -> int:
    body = file.read_bytes()
    return len(gzip.compress(body)) if file.suffix in PACKED else len(body)


def satisfies_axe(visit: Visit, site: Path) -> Iterator[str]:
    """Contrast, names of controls, order of headings and the rest of what axe-core checks."""
    yield from visit.faults


def fits_on_a_phone(visit: Visit, site: Path) -> Iterator[str]:
    if visit.phone_width > PHONE:
        yield f"{visit.phone_width} pixels wide"
    yield from visit.beyond_phone


def sets_numbers_beside_formulas(visit: Visit, site: Path) -> Iterator[str]:
    yield from visit.numbers_on_formulas


def fits_on_a_laptop(visit: Visit, site: Path) -> Iterator[str]:
    """No box of code or outputs scrolls sideways."""
    yield from visit.sideways


def figures(visit: Visit) -> Iterator[tuple[str, dict]]:
    """Each figure that is shown, with its place: theme and number."""
    for theme, found in visit.figures.items():
        for number, figure in enumerate(found, start=1):
            if figure["shown"]:
                yield f"{theme}, figure {number}: {figure}", figure


def shows_sharp_figures(visit: Visit, site: Path) -> Iterator[str]:
    """Drawn at twice the density, and in their own shape."""
    for place, figure in figures(visit):
        if figure["density"] < 1.9 or (not figure["photo"] and abs(figure["shape"] - 1) >= 0.02):
            yield place


def figures_follow_the_theme(visit: Visit, site: Path) -> Iterator[str]:
    """Inverted in the dark, photographs excepted."""
    for place, figure in figures(visit):
        if ("invert" in figure["filter"]) != (place.startswith("dark") and not figure["photo"]):
            yield place


def figures_can_be_read(visit: Visit, site: Path) -> Iterator[str]:
    for place, figure in figures(visit):
        weak = figure.get("text", 21) < TEXT_CONTRAST or figure.get("color", 21) < COLOR_CONTRAST
        if weak:
            yield place


CHECKS = (
    shows_its_title_and_promise,
    raises_no_error,
    asks_no_other_host,
    typesets_its_formulas,
    is_light_enough,
    paints_its_text_early,
    satisfies_axe,
    fits_on_a_phone,
    sets_numbers_beside_formulas,
    fits_on_a_laptop,
    shows_sharp_figures,
    figures_follow_the_theme,
    figures_can_be_read,
)


def faults(visit: Visit, site: Path) -> list[str]:
    """What every check has against a page, each with the name of its check."""
    return [f"{check.__name__}: {fault}" for check in CHECKS for fault in check(visit, site)]
