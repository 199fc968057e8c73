"""What does not fit: boxes of code that scroll sideways, numbers that lie on formulas."""

from __future__ import annotations

BOXES = """() => [...document.querySelectorAll("article div.highlight pre, article div.output pre")]
  .filter((box) => box.clientWidth > 0 && box.scrollWidth > box.clientWidth)
  .map((box) => `${box.scrollWidth - box.clientWidth} pixels: ${box.textContent.slice(0, 60)}`)"""
NUMBERS = """() => [...document.querySelectorAll("article .eqno")].filter((number) => {
  const a = number.getBoundingClientRect();
  return a.width > 0 && [...number.parentElement.children].some((formula) => {
    const b = formula.getBoundingClientRect();
    return formula !== number && a.left < b.right && b.left < a.right
        && a.top < b.bottom && b.top < a.bottom;
  });
}).map((number) => number.parentElement.id)"""


def sideways(page) -> list[str]:
    """Boxes of code and of outputs that scroll sideways, fold-outs opened first."""
    page.evaluate("document.querySelectorAll('details').forEach((fold) => fold.open = true)")
    return page.evaluate(BOXES)


def numbers_on_formulas(page) -> list[str]:
    """Ids of the equations whose number overlaps their formula."""
    return page.evaluate(NUMBERS)
