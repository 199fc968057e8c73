"""Every page of the built book, opened once in a browser: light, dark, and as narrow as a phone."""

from __future__ import annotations

import gzip
import io
import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from book_site import documents, needs_theme, notebooks, source
from PIL import Image

MEGABYTE = 1_000_000
MADE_BY_SPHINX = ["search", "genindex", "_modules/d2lhelpers/checks/core", "404"]
TEXT_CONTRAST = 4.5  # of the strongest marks in a figure: axes, ticks, words
COLOR_CONTRAST = 1.6  # of the palest color: fills within an outline, and the end of a color scale

pytestmark = [pytest.mark.xdist_group("pages"), needs_theme]


@dataclass
class Visit:
    """What was seen while one page was open."""

    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    sent: int = 0  # bytes, text as a web server compresses it
    facts: dict = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)  # of both themes, from axe
    figures: dict[str, list[dict]] = field(default_factory=dict)  # by theme
    phone_width: int = 0
    beyond_phone: list[str] = field(default_factory=list)


# Runs in the page once it has settled. "$" and "\begin" are looked for where a reader would see
# them: not in code, not in the copy of a formula that is meant for screen readers.
LOOK = r"""() => {
  const visible = document.querySelector("article.bd-article") || document.body;
  const copy = visible.cloneNode(true);
  copy.querySelectorAll("pre, code, svg, style, mjx-container").forEach((e) => e.remove());
  return {
    raw: (copy.textContent.match(/.{0,30}(\$|\\begin|\\frac|\\\(|\\\[).{0,30}/g) || []),
    sources: document.querySelectorAll(".math.notranslate, span.math, div.math").length,
    typeset: document.querySelectorAll("mjx-container").length,
    broken: [...document.querySelectorAll("mjx-container *")]
        .filter((e) => e.matches("mjx-merror, [data-mjx-error]") || e.style.color === "red")
        .map((e) => e.getAttribute("data-mjx-error") || e.outerHTML.slice(0, 100)),
    text: visible.innerText,
  };
}"""
FIGURES = """() => [...document.querySelectorAll("div.cell_output img")].map((e) => ({
  density: e.naturalWidth / (e.getBoundingClientRect().width || 1),
  shape: (e.naturalWidth / e.naturalHeight) * (e.clientHeight / e.clientWidth),
  photo: !!e.closest(".tag_photo"), filter: getComputedStyle(e).filter,
  shown: e.getBoundingClientRect().width > 0}))"""
BEYOND = """() => [...document.querySelectorAll("article :is(p, h1, h2, h3, li, img, svg)")]
  .filter((e) => !e.closest("pre, table, .text_html, details:not([open])"))
  .filter((e) => !e.closest("mjx-container"))
  .filter((e) => e.getBoundingClientRect().right > 361)
  .map((e) => e.outerHTML.slice(0, 80))"""


def look(page, address: str) -> Visit:
    """Open an address in a page and write down what happens."""
    visit = Visit()

    def arrived(response) -> None:
        body = response.body() if response.ok else b""
        is_text = re.search(r"text|javascript|json|svg", response.headers.get("content-type", ""))
        visit.sent += len(gzip.compress(body)) if is_text else len(body)
        if response.status >= 400:
            visit.errors.append(f"{response.status} {response.url}")

    page.on("console", lambda m: m.type in ("error", "warning") and visit.errors.append(m.text))
    page.on("pageerror", lambda error: visit.errors.append(str(error)))
    page.on("requestfailed", lambda r: visit.errors.append(f"failed: {r.url}"))
    page.on("request", lambda r: visit.requests.append(r.url))
    if address.startswith("http"):
        page.on("response", arrived)
    page.goto(address, wait_until="networkidle")
    page.evaluate("window.MathJax ? MathJax.startup.promise.then(() => true) : true")
    visit.facts = page.evaluate(LOOK)
    return visit


def look_closely(page, visit: Visit, axe) -> None:
    """Both themes, then a phone; what axe-core finds, and the figures with their contrast."""
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # no half-faded colors
        page.wait_for_selector(f"html[data-theme={theme}]")
        for violation in axe.run(page, options={"preload": False}).response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                node = violation["nodes"][0]
                place = f"{node['html'][:150]}\n{node['any'][:1]}"
                visit.faults.append(f"{theme}: {violation['id']}: {place}")
        visit.figures[theme] = page.evaluate(FIGURES)
        images = page.locator("div.cell_output img").all()
        for figure, image in zip(visit.figures[theme], images, strict=True):
            if figure["shown"] and not figure["photo"]:
                figure["text"], figure["color"] = contrasts(image.screenshot())
    page.set_viewport_size({"width": 360, "height": 900})
    visit.phone_width = page.evaluate("document.documentElement.scrollWidth")
    visit.beyond_phone = page.evaluate(BEYOND)


def contrasts(png: bytes) -> tuple[float, float]:
    """Contrast with the background of a figure's strongest marks, and of its palest color.

    Contrast as in the Web Content Accessibility Guidelines, 1 to 21. A color counts where it
    covers a thousandth of the figure; pale areas of a color are judged by its strongest pixels,
    the line around them.
    """
    rgb = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).reshape(-1, 3) / 255.0
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    light = linear @ [0.2126, 0.7152, 0.0722]
    shades, counts = np.unique(light.round(3), return_counts=True)
    background = shades[counts.argmax()]
    contrast = (np.maximum(light, background) + 0.05) / (np.minimum(light, background) + 0.05)
    saturated = np.ptp(rgb, axis=1) > 0.35
    red, green, blue = rgb[saturated].T
    hue = np.degrees(np.arctan2(np.sqrt(3) * (green - blue), 2 * red - green - blue)) % 360
    bins = (hue // 20).astype(int)
    of_colors = [
        np.quantile(contrast[saturated][bins == one], 0.95)
        for one in np.unique(bins)
        if (bins == one).sum() > 0.001 * len(rgb)
    ]
    return float(np.quantile(contrast, 0.999)), float(min(of_colors, default=21.0))


@pytest.fixture(scope="session")
def visits(browser, address: str) -> dict[str, Visit]:
    """Every page, those that Sphinx makes too, opened once from the server."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    seen = {}
    for name in [*documents(), *MADE_BY_SPHINX]:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        seen[name] = look(page, f"{address}{name}.html")
        look_closely(page, seen[name], axe)
        context.close()
    return seen


def test_each_page_shows_its_title_and_its_promise(visits: dict[str, Visit]) -> None:
    """The first words under the title must be on the page: an empty page would pass the rest."""
    for name in documents():
        title, promise = re.search(r"^# (.+?)\n+(.+?)$", source(name), re.MULTILINE).groups()
        words = " ".join(visits[name].facts["text"].split()).replace("’", "'")
        assert title.replace("’", "'") in words, name
        assert promise.split(",")[0].split("`")[0].replace("’", "'") in words, name


def test_pages_raise_no_error_and_ask_no_other_host(visits, address: str) -> None:
    for name, visit in visits.items():
        assert not visit.errors, f"{name}: {visit.errors}"
        outside = [url for url in visit.requests if not url.startswith((address, "data:"))]
        assert not outside, f"{name}: {outside}"


def test_formulas_are_typeset(visits: dict[str, Visit]) -> None:
    for name in documents():
        facts = visits[name].facts
        assert facts["typeset"] == facts["sources"], name
        assert not facts["broken"], f"{name}: {facts['broken']}"
        assert not facts["raw"], f"{name}: {facts['raw']}"
    assert max(visit.facts["typeset"] for visit in visits.values()) > 20


def test_pages_work_from_disk(browser, site: Path) -> None:
    context = browser.new_context(offline=True)
    for name in documents():
        page = context.new_page()
        visit = look(page, (site / f"{name}.html").as_uri())
        assert not visit.errors, f"{name}: {visit.errors}"
        assert visit.facts["typeset"] == visit.facts["sources"], name
        assert all(url.startswith(("file:", "data:")) for url in visit.requests), name
        page.close()
    context.close()


def test_pages_are_light_enough(visits: dict[str, Visit]) -> None:
    heaviest = max(visits, key=lambda name: visits[name].sent)
    assert visits[heaviest].sent < 1.5 * MEGABYTE, f"{heaviest}: {visits[heaviest].sent} bytes"


def test_the_heaviest_page_paints_its_text_within_a_second(visits, open_page) -> None:
    """The best of three, since other tests run beside it."""
    heaviest = max(visits, key=lambda name: visits[name].sent)
    painted = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
    milliseconds = [open_page(heaviest).evaluate(painted) for _ in range(3)]
    assert min(milliseconds) < 1_000, f"{heaviest}: {milliseconds}"


def test_axe_finds_no_serious_fault(visits: dict[str, Visit]) -> None:
    """Contrast, names of controls, order of headings and the rest of what axe-core checks."""
    faults = [f"{name}, {fault}" for name, visit in visits.items() for fault in visit.faults]
    assert not faults, "\n".join(faults)


def test_no_page_scrolls_sideways_on_a_phone(visits: dict[str, Visit]) -> None:
    for name, visit in visits.items():
        assert visit.phone_width <= 360, f"{name} is {visit.phone_width} pixels wide"
        assert not visit.beyond_phone, f"{name}: {visit.beyond_phone}"


def test_figures_are_sharp_and_follow_the_theme(visits: dict[str, Visit]) -> None:
    """Drawn at twice the density; inverted in the dark, photographs excepted."""
    for name in notebooks():
        for theme, figures in visits[name].figures.items():
            for figure in figures:
                if not figure["shown"]:
                    continue
                assert figure["density"] >= 1.9, f"{name}: {figure}"
                inverted = "invert" in figure["filter"]
                assert inverted == (theme == "dark" and not figure["photo"]), f"{name}: {figure}"
                if not figure["photo"]:
                    assert abs(figure["shape"] - 1) < 0.02, f"{name}: {figure}"


def test_figures_can_be_read_on_both_themes(visits: dict[str, Visit]) -> None:
    weak = [
        f"{name}, {theme}, figure {number}: text {figure['text']:.1f}, color {figure['color']:.1f}"
        for name, visit in visits.items()
        for theme, figures in visit.figures.items()
        for number, figure in enumerate(figures, start=1)
        if "text" in figure and (figure["text"] < TEXT_CONTRAST or figure["color"] < COLOR_CONTRAST)
    ]
    assert not weak, "\n".join(weak)


def test_contrast_is_that_of_the_guidelines() -> None:
    def measured(*colors: tuple[int, int, int]) -> tuple[float, float]:
        """Of a white picture with a strip of each color."""
        picture = np.full((100, 100, 3), 255, dtype=np.uint8)
        for row, color in enumerate(colors):
            picture[row] = color
        png = io.BytesIO()
        Image.fromarray(picture).save(png, "png")
        return contrasts(png.getvalue())

    assert measured((0, 0, 0)) == pytest.approx((21, 21))
    assert measured((0, 0, 0), (240, 228, 66)) == pytest.approx((21, 1.32), abs=0.01)  # yellow
    assert measured((119, 119, 119))[0] == pytest.approx(4.48, abs=0.01)  # the classical gray
