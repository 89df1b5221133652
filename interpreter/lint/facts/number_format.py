"""The format of telephone numbers as people write them. It knows no country: a number without its plus stays as it is."""

import re

from callverbs.schemas import Fix

SEPARATORS = re.compile(r"[ ().\u00a0/-]")
"""Characters that people put between digits."""
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
"""Up to 15 digits."""
SHORT_NUMBER = re.compile(r"[0-9]{2,6}")
"""Short codes and emergency numbers, which have no country code."""


def remove_separators(number: str) -> Fix | None:
    """Returns the fix that leaves out the separators; None where that gives no number in E.164.

    It is not safe: a carrier may have called another number until now.
    """
    written, comma, keys = number.partition(",")
    digits = SEPARATORS.sub("", written)
    return Fix("replace", digits + comma + keys, safe=False) if digits != written and E164.fullmatch(digits) else None
