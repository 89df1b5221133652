"""Shortens what a message quotes from a document."""

QUOTE_MAX_CHARACTERS = 40


def shorten(quoted: str) -> str:
    """Returns a text, cut off at the end with three dots if it is too long for a message."""
    return quoted if len(quoted) <= QUOTE_MAX_CHARACTERS else f"{quoted[: QUOTE_MAX_CHARACTERS - 3]}..."
