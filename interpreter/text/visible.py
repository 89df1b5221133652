"""The characters of a text as a terminal can show them in one line: invisible ones are replaced. It knows no finding and no colour.

Documents are untrusted: an escape sequence in one would repaint the terminal of whoever lints it, and a mark that changes the
direction of writing would show another text than the one that runs.
"""

import unicodedata

BIDIRECTIONAL_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that change the direction of writing."""
REPLACEMENT_CHARACTER = "\ufffd"
CONTROL_PICTURES = 0x2400
"""The first of Unicode's symbols for control characters."""


def visible(text: str, kept: str = "") -> str:
    """Returns a text with its invisible characters replaced, except those in `kept`."""
    return text if text.isprintable() else "".join(one if one in kept else visible_character(one) for one in text)


def visible_character(character: str) -> str:
    """Returns a character, or its symbol if it is invisible: always one, so that columns stay the same."""
    code = ord(character)
    if code < 0x20:
        return chr(CONTROL_PICTURES + code)
    if code == 0x7F:
        return chr(CONTROL_PICTURES + 0x21)
    is_invisible = character in BIDIRECTIONAL_CONTROLS or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
    return REPLACEMENT_CHARACTER if is_invisible else character


def width(text: str) -> int:
    """Returns the columns of a text on a terminal: an emoji has two, an accent none."""
    return len(text) if text.isascii() else sum(map(_character_width, text))


def _character_width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
