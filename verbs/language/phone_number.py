"""Telephone numbers as people write them, and as the carrier takes them: in E.164. It knows no country."""

import re

E164 = re.compile(r"[+][1-9][0-9]{1,14}")
BARE_E164 = re.compile(r"[1-9][0-9]{7,14}")
"""What can be a number in E.164 whose plus was left out: country code and all, 8 to 15 digits."""
SHORT_NUMBER = re.compile(r"[0-9]{2,6}")
"""Short codes and emergency numbers, which have no country code."""
SEPARATORS = re.compile(r"[ ().\u00a0/-]")
"""Characters that people put between digits."""


def e164(written: str) -> str:
    """Returns a number as the carrier takes it (error 10016), with the plus that many leave out; nothing for anything else.

    Separators count for nothing behind a plus. Without one, digits with separators are a national number, whose country nobody knows.
    """
    bare = SEPARATORS.sub("", written) if written.startswith("+") else written
    return bare if E164.fullmatch(bare) else f"+{bare}" if BARE_E164.fullmatch(bare) else ""


def dialled(written: str) -> str:
    """Returns what the carrier is to call: the number in E.164 where it can be, else as written. Keys behind a comma stay."""
    number, comma, keys = written.partition(",")
    return f"{e164(number) or number}{comma}{keys}"


def is_callable(written: str) -> bool:
    """Returns whether a number can be called without a trunk: in E.164, or a short code."""
    number, _, _ = written.partition(",")
    return bool(e164(number) or SHORT_NUMBER.fullmatch(number))
