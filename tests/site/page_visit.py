"""One visit to one page of the built book: light, dark, and as narrow as a phone."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from overflow import numbers_on_formulas, open_all_folds, sideways, slips_cut_off
from PIL import Image

PHONE = 320  # pixels: the narrowest screen that is in use
# The colors of code are those of two style sheets: asked of one page with code of every kind.
CODE_JUDGED_ON = "_modules/d2lhelpers/checks/core"


@dataclass
class Visit:
    """What was seen while one page was open."""

    name: str
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    facts: dict = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)  # of both themes, from axe
    figures: dict[str, list[dict]] = field(default_factory=dict)  # by theme
    phone_width: int = 0
    beyond_phone: list[str] = field(default_factory=list)
    numbers_on_formulas: list[str] = field(default_factory=list)
    sideways: list[str] = field(default_factory=list)  # boxes cut off on a laptop


# Runs in the page once it has settled. "$" and "\begin" are looked for where a reader would see
# them: not in code, not in the copy of a formula that is meant for screen readers.
LOOK = r"""() => {
  const visible = document.querySelector("article.bd-article") || document.body;
  const copy = visible.cloneNode(true);
  copy.querySelectorAll("pre, code, svg, style, math").forEach((e) => e.remove());
  return {
    raw: (copy.textContent.match(/.{0,30}(\$|\\begin|\\frac|\\\(|\\\[).{0,30}/g) || []),
    sources: document.querySelectorAll("math, .math:not(:has(math))").length,
    typeset: document.querySelectorAll("math[alttext]").length,
    broken: [...document.querySelectorAll(".math code, merror")].map((e) => e.textContent),
    text: visible.innerText,
  };
}"""
FIGURES = """() => [...document.querySelectorAll("div.cell_output img")].map((e) => ({
  density: e.naturalWidth / (e.getBoundingClientRect().width || 1),
  shape: (e.naturalWidth / e.naturalHeight) * (e.clientHeight / e.clientWidth),
  photo: !!e.closest(".tag_photo"), filter: getComputedStyle(e).filter,
  shown: e.getBoundingClientRect().width > 0}))"""
BEYOND = """(width) => [...document.querySelectorAll(
    "article :is(p, h1, h2, h3, li, img, svg, math), .prev-next-area :is(p, i)")]
  .filter((e) => !e.closest("pre, table, .text_html, div.math, details:not([open])"))
  .filter((e) => e.getBoundingClientRect().right > width + 1)
  .map((e) => e.outerHTML.slice(0, 80))"""
# What a cell printed in colors of its own, or as a table: elsewhere only the style sheets color.
OWN_COLORS = """() => !!document.querySelector("div.cell_output :is(table, [style])")"""
# The page has settled when its figures, which wait to be seen, and its fonts are there.
SETTLED = """() => {
  const images = [...document.images];
  images.forEach((image) => { image.loading = "eager"; });
  return Promise.all(images.map((image) => image.decode().catch(() => null)))
    .then(() => document.fonts.ready).then(() => true);
}"""


def look(page, name: str, address: str) -> Visit:
    """Open an address in a page and write down what happens."""
    visit = Visit(name)
    page.on("console", lambda m: m.type in ("error", "warning") and visit.errors.append(m.text))
    page.on("pageerror", lambda error: visit.errors.append(str(error)))
    page.on("requestfailed", lambda r: visit.errors.append(f"failed: {r.url}"))
    page.on("request", lambda r: visit.requests.append(r.url))
    page.on("response", lambda r: r.status >= 400 and visit.errors.append(f"{r.status} {r.url}"))
    page.goto(address)
    page.evaluate(SETTLED)
    visit.facts = page.evaluate(LOOK)
    return visit


def look_closely(page, visit: Visit, axe, of_its_kind: bool = True) -> None:
    """Both themes, a phone, a laptop with all folds open; what axe-core finds, figures' contrast.

    Only colors differ in the dark, so there axe-core is asked for contrast alone: on one page
    of each kind, and where cells print in colors that the style sheets do not know.
    """
    excluded = [] if visit.name == CODE_JUDGED_ON else [["div.highlight"]]
    for theme, rules in (("light", None), ("dark", ["color-contrast"])):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # no half-faded colors
        page.wait_for_selector(f"html[data-theme={theme}]")
        if theme == "light" or of_its_kind or page.evaluate(OWN_COLORS):
            options = {"preload": False, "resultTypes": ["violations"]}
            options |= {"runOnly": rules} if rules else {}
            found = axe.run(page, context={"exclude": excluded}, options=options)
            visit.faults += [f"{theme}: {text}" for text in grave(found.response["violations"])]
        visit.figures[theme] = page.evaluate(FIGURES)
        images = page.locator("div.cell_output img").all()
        for figure, image in zip(visit.figures[theme], images, strict=True):
            if figure["shown"] and not figure["photo"]:
                figure["text"], figure["color"] = contrasts(image.screenshot())
    page.set_viewport_size({"width": PHONE, "height": 900})
    visit.phone_width = page.evaluate("document.documentElement.scrollWidth")
    visit.beyond_phone = page.evaluate(BEYOND, PHONE)
    visit.numbers_on_formulas = numbers_on_formulas(page)
    open_all_folds(page)
    visit.beyond_phone += slips_cut_off(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    visit.sideways = sideways(page)


def grave(violations: list[dict]) -> Iterator[str]:
    """What axe-core calls serious or critical, with the first place of each."""
    for violation in violations:
        if violation["impact"] in ("serious", "critical"):
            node = violation["nodes"][0]
            yield f"{violation['id']}: {node['html'][:150]}\n{node['any'][:1]}"


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
