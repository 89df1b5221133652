"""How words are written: classes in capitals, tags and handler names in snake case."""

import re


def snake(name: str) -> str:
    """`LegAnswered` becomes `leg_answered`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
