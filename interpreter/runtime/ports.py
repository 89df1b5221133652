"""What the runtime depends on, as protocols: a store, a carrier, hooks, applications, and time."""

import math
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Protocol

from callverbs.interpreter.engine.session import OutboxEntry
from callverbs.interpreter.runtime.records import Change, Record
from callverbs.verbs.language.app import App
from callverbs.verbs.language.events import Event, LegInitiated

Now = Callable[[], float]
"""Returns UTC seconds."""
Sleep = Callable[[float], Awaitable[None]]
Receive = Callable[..., Awaitable[Any]]
"""The `receive` of a switchboard."""


class Store(Protocol):
    """Keeps calls. `tests/interpreter/stores/contract.py` tests what every store has to do."""

    async def load(self, session: str) -> Record | None: ...
    async def find(self, ids: Sequence[str]) -> str | None: ...
    async def save(self, change: Change) -> bool: ...
    async def due(self, before: float, limit: int = 100) -> list[tuple[float, str]]: ...
    async def log(self, session: str) -> list[bytes]: ...
    async def recent(self, limit: int = 100) -> list[Record]: ...
    async def prune(self, before: float, max_bytes: float = math.inf) -> int: ...
    async def note_alive(self, at: float) -> float: ...
    def export(self) -> AsyncIterator[Change]: ...
    async def faults(self) -> list[str]: ...
    async def vacuum(self) -> None: ...
    async def close(self) -> None: ...


class Applications(Protocol):
    """Returns the application that answers an incoming call."""

    def app_for(self, event: LegInitiated) -> App: ...


class CarrierPort(Protocol):
    """Sends a command, and returns its result. `ids` are the carrier's ids of the session's legs, by our names."""

    async def send(self, session: str, entry: OutboxEntry, ids: dict[str, str]) -> Event: ...


class HooksPort(Protocol):
    """Sends a request to a hook of the application `app`, and returns its result."""

    async def ask(self, session: str, app: str, entry: OutboxEntry) -> Event: ...
