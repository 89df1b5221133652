"""A silence among what is played or spoken: `silence_stream://1500` is one and a half seconds, in the place of a file or of a text."""

import re

SILENCE = re.compile(r"silence_stream://([0-9]+)(?:,.*)?")
SILENCE_MIN_SECONDS = 0.1
"""A silence of nothing, for ever, would keep the engine busy."""


def silence_seconds(item: str) -> float:
    """Returns how long a silence is, or 0 for a text or a file."""
    found = SILENCE.fullmatch(item.strip())
    return max(int(found[1]) / 1000, SILENCE_MIN_SECONDS) if found else 0.0
