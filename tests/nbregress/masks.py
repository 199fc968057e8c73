"""Text that is not compared: what differs from run to run and says nothing.

A project names its masks in ``nbregress_masks``, one a line: a pattern of its own, or the name of
a ready one. Since a pattern is tried at each character of an output, a repeat in it needs a limit:
``\\d{1,9}``, not ``\\d+``.
"""

import re
from collections.abc import Sequence

READY = {
    "addresses": r"\bat 0x[0-9a-fA-F]{4,16}\b",  # <function f at 0x7f...>
    "styler-ids": r"\bT_[0-9a-f]{5}(?![0-9a-zA-Z])",  # tables that pandas styles
    "sklearn-ids": r"\bsk-(?:container|estimator)-id-\d{1,9}\b",  # scikit-learn's diagrams
    "uuids": r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b",  # plotly, xarray
}
HIDDEN = "***"


def compiled(masks: Sequence[str]) -> list[re.Pattern[str]]:
    """Look up ready masks and compile all.

    Raises:
        ValueError: a pattern cannot be compiled, or repeats without limit.
    """
    patterns = []
    for mask in masks:
        pattern = READY.get(mask, mask)
        plain = re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "", pattern, flags=re.DOTALL)
        if re.search(r"[*+]|\{\d*,\}", plain):
            raise ValueError(f"{mask!r}: a repeat needs a limit, such as {{1,9}} in place of +")
        try:
            patterns.append(re.compile(pattern))
        except re.error as error:
            raise ValueError(f"{mask!r} is no pattern: {error}") from None
    return patterns


def masked(text: str, patterns: Sequence[re.Pattern[str]]) -> str:
    """Hide what the patterns match, with the blanks that pad it to some width.

    >>> masked("trained  in   2.5 s.", compiled([r"\\d\\.\\d s"]))
    'trained  in***.'
    """
    for pattern in patterns:
        cuts = [0, *(place for match in pattern.finditer(text) for place in match.span()), None]
        pieces = [text[start:end] for start, end in zip(cuts[::2], cuts[1::2])]
        pieces[1:] = [piece.lstrip(" ") for piece in pieces[1:]]
        pieces[:-1] = [piece.rstrip(" ") for piece in pieces[:-1]]
        text = HIDDEN.join(pieces)
    return text
