"""Says how far a long run is: on a terminal only, and only where somebody would begin to wonder."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TextIO, TypeVar

One = TypeVar("One")

PATIENCE = 1.0
"""Seconds that nobody wonders for."""
PAUSE = 0.1
"""Seconds between two reports."""
CLEAR = "\r\x1b[K"


def watched(many: Iterable[One], total: int, stream: TextIO, now: Callable[[], float] = time.monotonic) -> Iterator[One]:
    """The same things, one after the other, while it is told how many there were."""
    if not stream.isatty():
        yield from many
        return
    due, told = now() + PATIENCE, False
    try:
        for count, one in enumerate(many, 1):
            at = now()
            if at >= due:
                stream.write(f"{CLEAR}{count} of {total} files")
                stream.flush()
                due, told = at + PAUSE, True
            yield one
    finally:
        if told:
            stream.write(CLEAR)
            stream.flush()
