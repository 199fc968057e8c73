"""Lines, boxes, dots and words as SVG, in the colors of the page around them."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

ANSWER = "var(--book-answer, #0072b2)"
TROUBLE = "var(--book-trouble, #b34700)"
CARD = "var(--book-card, #f3f6f9)"
STYLE = (
    "text{font-family:inherit;font-size:13px;fill:currentColor}"
    ".name{font-weight:600}"
    f".trouble{{fill:{TROUBLE};font-style:italic}}"
    ".small{font-size:11.5px}"
)


def text(x: float, y: float, lines: Iterable[str], kind: str = "", anchor: str = "middle") -> str:
    """Lines of text, the first with its base line at ``y``, 16 units apart."""
    spans = "".join(
        f'<tspan x="{x:g}" dy="{0 if number == 0 else 16}">{escape(line)}</tspan>'
        for number, line in enumerate(lines)
    )
    css = f' class="{kind}"' if kind else ""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}"{css}>{spans}</text>'


def line(points: Iterable[tuple[float, float]], color: str = "currentColor", **style: str) -> str:
    """A polyline through the points."""
    path = " ".join(f"{x:g},{y:g}" for x, y in points)
    more = "".join(f' {key.replace("_", "-")}="{value}"' for key, value in style.items())
    return f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="1.5"{more}/>'


def arrow(points: list[tuple[float, float]], color: str = "currentColor") -> str:
    """A polyline with a head at its last point; the last stretch is horizontal or vertical."""
    (x0, y0), (x, y) = points[-2:]
    dx, dy = (x > x0) - (x < x0), (y > y0) - (y < y0)
    wings = [(x - 6 * dx - 4 * dy, y - 6 * dy - 4 * dx), (x, y)]
    wings.append((x - 6 * dx + 4 * dy, y - 6 * dy + 4 * dx))
    return line(points, color) + line(wings, color)


def card(x: float, y: float, width: float, height: float) -> str:
    """A rounded box."""
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="7" '
        f'fill="{CARD}" stroke="currentColor" stroke-opacity="0.25"/>'
    )


def square(x: float, y: float, side: float, fill: str = "none", opacity: float = 1) -> str:
    """One cell of a grid."""
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{side:g}" height="{side:g}" fill="{fill}" '
        f'fill-opacity="{opacity:g}" stroke="currentColor" stroke-opacity="0.55"/>'
    )


def dot(x: float, y: float, filled: bool = True, radius: float = 4) -> str:
    """A sample of one of two classes."""
    if filled:
        return f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{ANSWER}"/>'
    return (
        f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="none" stroke="{TROUBLE}" '
        'stroke-width="2"/>'
    )


def grid(x: float, y: float, side: float, cells: int, marked: dict[tuple[int, int], float]) -> str:
    """A square grid whose marked cells (row, column) are filled with the given opacity."""
    return "".join(
        square(
            x + column * side,
            y + row * side,
            side,
            ANSWER if (row, column) in marked else "none",
            marked.get((row, column), 1),
        )
        for row in range(cells)
        for column in range(cells)
    )


def svg(width: float, height: float, parts: Iterable[str]) -> str:
    """A complete drawing."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'aria-hidden="true"><style>{STYLE}</style>\n' + "\n".join(parts) + "\n</svg>\n"
    )
