"""Patterns of what people hear: a text or a regular expression, matched in a time that grows with the text and no faster."""

import re
from functools import cache
from typing import Any

import re2

MAX_CHARACTERS = 1000


@cache
def compiled(pattern: str) -> Any:
    """Returns a pattern that is found in whatever letter case. What is no regular expression is a text.

    Raises ValueError for an empty or long one, and for what takes more than linear time: lookaround and backreferences.
    """
    if not pattern:
        raise ValueError("pattern must not be empty")
    if len(pattern) > MAX_CHARACTERS:
        raise ValueError(f"a pattern has {MAX_CHARACTERS} characters at the most, not {len(pattern)}")
    options = re2.Options()
    options.case_sensitive, options.log_errors = False, False
    literal = re2.escape(pattern)
    try:
        return re2.compile(f"{literal}|{pattern}", options)
    except re2.error:
        if _is_regular(pattern):
            raise ValueError(f'"{pattern}" needs what patterns do not have here: lookaround, a backreference, or many repeats') from None
        return re2.compile(literal, options)


def _is_regular(pattern: str) -> bool:
    """Returns whether Python takes a text as a regular expression."""
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return False
    return True
