"""For programs that read line by line: one JSON object for each finding, with the fields that the format json has."""

from collections.abc import Sequence

import msgspec

from interpreter.lint.formats import Linted


def write(linted: Sequence[Linted], colour: bool) -> str:
    """A line for each finding; nothing where there is none."""
    return "".join(f"{msgspec.json.encode(finding.told()).decode()}\n" for one in linted for finding in one.findings)
