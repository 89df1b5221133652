"""What the runtime needs of the world, as protocols: a store, a carrier, hooks, applications, and time."""

from collections.abc import Awaitable, Callable, Sequence
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
    """Where calls live. `tests/interpreter/stores/contract.py` says what every store promises."""

    async def load(self, session: str) -> Record | None: ...
    async def find(self, ids: Sequence[str]) -> str | None: ...
    async def save(self, change: Change) -> bool: ...
    async def due(self, before: float, limit: int = 100) -> list[str]: ...
    async def log(self, session: str) -> list[bytes]: ...
    async def recent(self, limit: int = 100) -> list[Record]: ...
    async def prune(self, before: float) -> int: ...
    async def close(self) -> None: ...


class Applications(Protocol):
    """Which application a call belongs to."""

    def answering(self, event: LegInitiated) -> App: ...


class CarrierPort(Protocol):
    """Takes commands, and returns what became of them. `ids` are the carrier's ids of the session's legs."""

    async def send(self, session: str, entry: OutboxEntry, ids: dict[str, str]) -> Event: ...


class HooksPort(Protocol):
    """Takes requests to the application, and returns what became of them."""

    async def ask(self, session: str, app: str, entry: OutboxEntry) -> Event: ...
