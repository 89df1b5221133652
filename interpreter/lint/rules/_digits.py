"""A telephone number as people write it, as the digits that a carrier takes. It knows no country: one without its plus stays as it is."""

import re

from schemas import Fix

SIGNS = re.compile(r"[ ().\u00a0/-]")
"""What people put between digits."""
DIGITS = re.compile(r"\+[1-9][0-9]{6,14}")
"""E.164: up to 15 digits."""


def together(number: str) -> Fix | None:
    """The number without the signs between its digits. It is not safe: a carrier may have called another one until now."""
    called, comma, keys = number.partition(",")
    found = SIGNS.sub("", called)
    return Fix("replace", found + comma + keys, safe=False) if found != called and DIGITS.fullmatch(found) else None
