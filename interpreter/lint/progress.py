"""Reports the progress of a long run: on a terminal only, and only after the first second."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TextIO, TypeVar

Item = TypeVar("Item")

FIRST_REPORT_SECONDS = 1.0
"""A run that is over before reports nothing."""
REPORT_INTERVAL_SECONDS = 0.1
CLEAR_LINE = "\r\x1b[K"


def report_progress(items: Iterable[Item], total: int, stream: TextIO, now: Callable[[], float] = time.monotonic) -> Iterator[Item]:
    """Yields the items, and writes to the stream how many there were so far."""
    if not stream.isatty():
        yield from items
        return
    next_report, has_reported = now() + FIRST_REPORT_SECONDS, False
    try:
        for count, item in enumerate(items, 1):
            at = now()
            if at >= next_report:
                stream.write(f"{CLEAR_LINE}{count} of {total} files")
                stream.flush()
                next_report, has_reported = at + REPORT_INTERVAL_SECONDS, True
            yield item
    finally:
        if has_reported:
            stream.write(CLEAR_LINE)
            stream.flush()
