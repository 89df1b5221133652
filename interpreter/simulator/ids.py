"""The ids that the simulated carrier gives to legs, sessions and events: counted for reproducible calls, random for live ones."""

import secrets
import uuid
from collections import Counter
from typing import Protocol

UUID_KINDS = (
    *("leg", "session", "event", "stream", "conversation", "queue", "recording", "message", "conference", "participant"),
    "application",
)
"""What has a UUID. The first group of a counted UUID is the index of its kind."""


class Ids(Protocol):
    """Returns ids that it has not returned before."""

    def call_control_id(self) -> str: ...
    def uuid(self, kind: str, /) -> str: ...


class CountedIds:
    """Ids that count up by kind: `v3:leg-1`, and UUIDs whose last group is the number."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def call_control_id(self) -> str:
        """Returns the id by which commands name a leg."""
        return f"v3:leg-{self._next('call')}"

    def uuid(self, kind: str, /) -> str:
        """Returns a UUID for one of UUID_KINDS."""
        return f"{UUID_KINDS.index(kind):08x}-0000-4000-8000-{self._next(kind):012d}"

    def _next(self, kind: str) -> int:
        self._counts[kind] += 1
        return self._counts[kind]


class RandomIds:
    """Random ids, in the form of the carrier's own."""

    def call_control_id(self) -> str:
        """Returns the id by which commands name a leg."""
        return f"v3:{secrets.token_urlsafe(36)}"

    def uuid(self, kind: str, /) -> str:
        """Returns a UUID."""
        return str(uuid.uuid4())
