"""Compare two texts: words exactly, numbers with a tolerance, in time linear in their length."""

import math
import operator
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, groupby, islice, pairwise

from nbregress.figures import FIGURE_THRESHOLD

MOST_COUNTED = 1_000  # differences; after them, counting ends
MOST_PIECES = 2_000_000  # lines, and numbers
MOST_ALIGNED = 100_000  # lines that are looked for at other places
SHOWN_LINES, SHOWN_CHARACTERS = 5, 200

_COLOR = re.compile(r"\x1b\[([\d;]{0,30})m")
# Each repeat either has a limit or takes what no later match could start in.
_TOKEN = re.compile(
    r"""
    ( torch\.Size\(\[[^\]\n]{0,200}\]\)            # shapes are exact even if integers are not,
    | (?<![\w.])\d+(?:\.\d+){2,}[\w.+-]* )         # so are versions
    | (?<![\w.]) ( [-+−]? (?:                      # conv2d and layer.0 hold no number
        (?i:nan|inf) (?!\w)
        | (?: \d{1,3} (?:,\d{3})+ (?!\d) | \d+ )         # 60,000 or 60000
          (?: \.\d+ | \.(?=[\])},eE\x1b]|[ ]+[-\d\]]) )?   # 1. of a tensor, not of a sentence
          (?: [eE][-+]\d+ | [eE]\d+(?!\w) )?
        | \.\d+ ) )
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Tolerance:
    """How far outputs may differ; a cell sets its own in ``metadata["nbval"]``: numbers agree if
    ``|found - expected| <= atol + rtol * |expected|``, integers if equal unless ``integers``.
    """

    rtol: float = 1e-3
    atol: float = 1e-4
    integers: bool = False
    figure: float = FIGURE_THRESHOLD
    timeout: float | None = None
    why: str = ""


def split_numbers(text: str) -> tuple[str, list[str]]:
    """Take the numbers out of a text, with the blanks that pad them to some width.

    >>> split_numbers("loss  0.5, batch [ 1.,  -2.] of conv2d")
    ('loss\\x00, batch [\\x00,\\x00] of conv2d', ['0.5', '1.', '-2.'])
    """
    text = text.replace("\0", "\ufffd")
    text = _COLOR.sub("\x1b{\\1}", text)  # an "m" before a number would make it part of a word
    pieces = _TOKEN.split(text)
    numbers = [number for number in pieces[2::3] if number is not None]
    pieces[1::3] = ["\0" if exact is None else exact for exact in pieces[1::3]]
    del pieces[2::3]
    between = "".join(pieces).split("\0")
    between[1:] = [piece.lstrip(" ") for piece in between[1:]]
    between[:-1] = [piece.rstrip(" ") for piece in between[:-1]]
    return "\0".join(between), numbers


def number_difference(expected: str, found: str, tolerance: Tolerance) -> str:
    """Say how two printed numbers differ; the empty string where they agree."""
    if expected == found:
        return ""
    integers = any(re.fullmatch(r"[-+−]?[\d,]+", number) for number in (expected, found))
    if integers and not tolerance.integers:
        return "integers are compared exactly"
    wanted, got = (float(n.replace(",", "").replace("−", "-")) for n in (expected, found))
    if not math.isfinite(wanted):
        return "" if str(wanted) == str(got) else "only the same agrees"
    allowed = tolerance.atol + tolerance.rtol * abs(wanted)
    if abs(got - wanted) <= allowed:
        return ""
    rule = f"tolerance {allowed:.3g} (atol {tolerance.atol:g}, rtol {tolerance.rtol:g})"
    return f"difference {abs(got - wanted):.3g}, {rule}"


def text_differences(expected: str, found: str, tolerance: Tolerance) -> list[str]:
    """List how two texts differ, an entry per number or block of lines; empty if they agree.

    At most ``MOST_COUNTED`` entries.
    """
    if expected == found:
        return []
    differences = list(islice(_differences(expected, found, tolerance), MOST_COUNTED))
    if differences:  # numbers of another width may wrap a row after another comma
        unwrapped = [re.sub(r",\s*\n\s*", ", ", text) for text in (expected, found)]
        if unwrapped != [expected, found] and not any(_differences(*unwrapped, tolerance)):
            return []
    return differences


def _differences(expected: str, found: str, tolerance: Tolerance) -> Iterator[str]:
    texts, numbers = zip(*map(split_numbers, (expected, found)))
    a, b = (text.splitlines() for text in texts)
    for what, one, other in (("lines", a, b), ("numbers", *numbers)):
        if max(len(one), len(other)) > MOST_PIECES:
            sizes = f"{len(one):,} and {len(other):,}"
            yield f"{sizes} {what}: more than {MOST_PIECES:,} are not compared"
            return
    if len(a) != len(b):
        yield f"{len(a):,} lines expected, {len(b):,} found"
    counts = [list(accumulate((line.count("\0") for line in lines), initial=0)) for lines in (a, b)]
    raw = [text.splitlines() for text in (expected, found)]
    for equal, start, end, start_b, end_b in aligned(a, b):
        if not equal:
            wanted, got = shown(raw[0][start:end]), shown(raw[1][start_b:end_b])
            yield f"line {start + 1}: expected\n      {wanted}\n    found\n      {got}"
            continue
        first, last, first_b = counts[0][start], counts[0][end], counts[1][start_b]
        pairs = zip(numbers[0][first:last], numbers[1][first_b : first_b + last - first])
        for place, (one, other) in enumerate(pairs, start=first):
            if one != other and (difference := number_difference(one, other, tolerance)):
                line = bisect_right(counts[0], place)
                yield f"line {line}: expected {shown([one])}, found {shown([other])}, {difference}"


def aligned(a: list[str], b: list[str]) -> Iterator[tuple[bool, int, int, int, int]]:
    """Cut two lists of lines to blocks (equal, start, end, start in b, end in b), in order.

    Lines that are unique in both lists hold them together; between two such lines, equal ones are
    found from both ends, and where as many are left on both sides, the first belongs to the first.
    """
    head = _same(a, b, range(len(a)), range(len(b)))
    tail = _same(a, b, range(len(a) - 1, head - 1, -1), range(len(b) - 1, head - 1, -1))
    anchors = [(-1, -1), *_common_lines(a, b, head, tail), (len(a), len(b))]
    for (i, j), (end, end_b) in pairwise(anchors):
        if i >= 0:
            yield True, i, i + 1, j, j + 1
        i, j = i + 1, j + 1
        same = _same(a, b, range(i, end), range(j, end_b))
        yield from [(True, i, i + same, j, j + same)] if same else []
        i, j = i + same, j + same
        tail = _same(a, b, range(end - 1, i - 1, -1), range(end_b - 1, j - 1, -1))
        stop, stop_b = end - tail, end_b - tail
        if stop - i != stop_b - j:
            yield False, i, stop, j, stop_b
        else:
            for equal, group in groupby(map(operator.eq, a[i:stop], b[j:stop_b])):
                length = sum(1 for _ in group)
                yield equal, i, i + length, j, j + length
                i, j = i + length, j + length
        yield from [(True, stop, end, stop_b, end_b)] if tail else []


def _same(a: list[str], b: list[str], places: range, places_b: range) -> int:
    """How many lines agree before the first that does not."""
    pairs = enumerate(zip(places, places_b))
    most = min(len(places), len(places_b))
    return next((count for count, (i, j) in pairs if a[i] != b[j]), most)


def _common_lines(a: list[str], b: list[str], head: int, tail: int) -> list[tuple[int, int]]:
    """Places of lines, but for the first and last ones, that are unique in both lists.

    Of them the longest series that rises in both; none where there are too many to sort out.
    """
    middle = [range(head, len(lines) - tail) for lines in (a, b)]
    if max(map(len, middle)) > MOST_ALIGNED:
        return []
    counts = [Counter(lines[i] for i in places) for lines, places in zip((a, b), middle)]
    place = {b[j]: j for j in middle[1] if counts[0][b[j]] == counts[1][b[j]] == 1}
    ends, best, before, pairs = [], [], [], []  # ends[n]: last place of the best series of n + 1
    for i in middle[0]:
        if (j := place.get(a[i])) is not None:
            length = bisect_left(ends, j)
            ends[length : length + 1], best[length : length + 1] = [j], [len(pairs)]
            before.append(best[length - 1] if length else -1)
            pairs.append((i, j))
    series, at = [], best[-1] if best else -1
    while at >= 0:
        series.append(pairs[at])
        at = before[at]
    return series[::-1]


def shown(lines: list[str]) -> str:
    """Lines as a message shows them: the first ones, cut."""
    texts = [
        line if len(line) <= SHOWN_CHARACTERS
        else f"{line[:SHOWN_CHARACTERS]}... ({len(line):,} characters)"
        for line in lines[:SHOWN_LINES]
    ]  # fmt: skip
    if len(lines) > SHOWN_LINES:
        texts.append(f"... and {len(lines) - SHOWN_LINES:,} lines more")
    return "\n      ".join(texts)
