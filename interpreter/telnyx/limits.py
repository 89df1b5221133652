"""The carrier's limits of numbers, from the schemas: what is sent is moved within them. Our own timers keep shorter and longer times."""

from typing import Any

from callverbs import schemas

LIMITS: dict[str, dict[str, Any]] = schemas.load("components/limits")["$defs"]


def millis(seconds: float) -> int:
    """Returns seconds as whole milliseconds."""
    return round(seconds * 1000)


def clamp(limit: str, value: int) -> int:
    """Returns the nearest number that a limit of the carrier allows."""
    return int(min(max(value, LIMITS[limit]["minimum"]), LIMITS[limit]["maximum"]))
