"""Take the README's picture: two places of one page of the built book, in light and in dark.

    python tools/site/photograph_pages.py    (after the book was built)

Needs Playwright, Pillow and Chromium ($CHROMIUM, or /usr/bin/chromium).
"""

from __future__ import annotations

import io
import os
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PAGE = "chapters/classification/softmax-regression.html"
PLACES = {"light": "div.cell:has-text('def train_epoch')", "dark": "#what-it-learned"}
WIDTH, HEIGHT = 800, 900


def photograph(theme: str) -> Image.Image:
    """The place for a theme, at the top of a small window."""
    with sync_playwright() as playwright:
        program = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        window = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, color_scheme=theme, device_scale_factor=1.5
        )
        window.goto((ROOT / "_build" / "html" / PAGE).as_uri())
        window.evaluate("document.fonts.ready.then(() => true)")
        top = window.locator(PLACES[theme]).first.bounding_box()["y"] - 60
        window.evaluate(f"window.scrollBy(0, {top})")
        window.wait_for_timeout(500)
        picture = Image.open(io.BytesIO(window.screenshot())).convert("RGB")
        browser.close()
    return picture


def main() -> None:
    """Write chapters/_static/readme.png."""
    light, dark = photograph("light"), photograph("dark")
    both = Image.new("RGB", (light.width * 2 + 24, light.height), "#808890")
    both.paste(light, (0, 0))
    both.paste(dark, (light.width + 24, 0))
    both = both.resize((1200, round(both.height * 1200 / both.width)), Image.Resampling.LANCZOS)
    few_colors = both.quantize(256, kmeans=3, dither=Image.Dither.NONE)
    few_colors.save(ROOT / "chapters" / "_static" / "readme.png", optimize=True)


if __name__ == "__main__":
    main()
