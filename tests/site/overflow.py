"""What does not fit: boxes that scroll sideways, slips cut off, numbers that lie on formulas."""

from __future__ import annotations

BOXES = """() => [...document.querySelectorAll("article div.highlight pre, article div.output pre")]
  .filter((box) => box.clientWidth > 0 && box.scrollWidth > box.clientWidth)
  .map((box) => `${box.scrollWidth - box.clientWidth} pixels: ${box.textContent.slice(0, 60)}`)"""
SLIPS = """() => [...document.querySelectorAll("article .slips td")]
  .filter((cell) => cell.getBoundingClientRect().right > innerWidth)
  .map((cell) => cell.textContent.slice(0, 60))"""
NUMBERS = """() => [...document.querySelectorAll("article .eqno")].filter((number) => {
  const a = number.getBoundingClientRect();
  return a.width > 0 && [...number.parentElement.children].some((formula) => {
    const b = formula.getBoundingClientRect();
    return formula !== number && a.left < b.right && b.left < a.right
        && a.top < b.bottom && b.top < a.bottom;
  });
}).map((number) => number.parentElement.id)"""


def open_all_folds(page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((fold) => fold.open = true)")


def sideways(page) -> list[str]:
    """Boxes of code and of outputs that scroll sideways."""
    return page.evaluate(BOXES)


def slips_cut_off(page) -> list[str]:
    """Cells of the table of slips that leave the window."""
    return page.evaluate(SLIPS)


def numbers_on_formulas(page) -> list[str]:
    """Ids of the equations whose number overlaps their formula."""
    return page.evaluate(NUMBERS)
