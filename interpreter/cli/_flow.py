"""Reads the flow that a command is about: a file, or the standard input."""

import sys
from pathlib import Path

from callverbs.interpreter.lint.files import STDIN_ARGUMENT, STDIN_NAME
from callverbs.interpreter.text.source import TEXT_MAX_BYTES, Source


def read_flow(path: Path) -> Source:
    """Returns the source of a file; of the standard input for `-`. Raises OSError."""
    if str(path) != STDIN_ARGUMENT:
        return Source.read(path)
    return Source.read(STDIN_NAME, sys.stdin.buffer.read(TEXT_MAX_BYTES + 1))
