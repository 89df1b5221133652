"""Where the carrier's ids come from: counters where a call has to be the same every time, chance where calls come from everywhere."""

import secrets
import uuid
from collections import Counter
from typing import Protocol

KINDS = ("leg", "session", "event")
"""What has a UUID; the place in this row is the first group of a counted one."""


class Ids(Protocol):
    """Makes ids that were never used before."""

    def call_control_id(self) -> str: ...
    def uuid(self, kind: str, /) -> str: ...


class CountedIds:
    """Ids that count up, kind by kind: `v3:leg-1`, and UUIDs whose last group is the number."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def call_control_id(self) -> str:
        """What commands name a leg by."""
        return f"v3:leg-{self._next('call')}"

    def uuid(self, kind: str, /) -> str:
        """A UUID for a leg, a session or an event."""
        return f"0000000{KINDS.index(kind)}-0000-4000-8000-{self._next(kind):012d}"

    def _next(self, kind: str) -> int:
        self._counts[kind] += 1
        return self._counts[kind]


class RandomIds:
    """Ids like the carrier's own."""

    def call_control_id(self) -> str:
        """What commands name a leg by."""
        return f"v3:{secrets.token_urlsafe(36)}"

    def uuid(self, kind: str, /) -> str:
        """A UUID for anything."""
        return str(uuid.uuid4())
