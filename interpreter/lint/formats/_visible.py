"""How characters look in one line of a terminal: what cannot be seen is shown by a sign. It knows no finding and no colour.

Documents are untrusted: an escape sequence in one would repaint the terminal of whoever lints it, and a mark that turns the
direction of writing would show another text than the one that runs.
"""

import unicodedata

TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of writing."""
LOST = "\ufffd"
"""The sign for a character that has none of its own."""
SIGNS = 0x2400
"""Where Unicode has signs for the control characters."""


def visible(text: str, kept: str = "") -> str:
    """A text of one line, its control characters as signs."""
    return text if text.isprintable() else "".join(one if one in kept else sign(one) for one in text)


def sign(character: str) -> str:
    """A character as it can be shown: one for one, so that columns stay what they are."""
    code = ord(character)
    if code < 0x20:
        return chr(SIGNS + code)
    if code == 0x7F:
        return chr(SIGNS + 0x21)
    invisible = character in TURNING or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
    return LOST if invisible else character


def width(text: str) -> int:
    """Columns that a text has on a terminal: an emoji has two, an accent none."""
    return len(text) if text.isascii() else sum(map(_width, text))


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
