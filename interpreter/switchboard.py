"""All news enters here: it finds the call, takes the step, saves what came of it, and hands on what is to be sent.

It knows stores and whatever sends only by what they can do. Events of one call are taken one after the other; those that
come while one is being saved are saved together. Losing the race for a record costs nothing: step is pure.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from hashlib import blake2b
from typing import NamedTuple, Protocol

import msgspec
from msgspec import Struct

from interpreter.outcome import Outcome
from interpreter.session import Entry, Problem
from interpreter.step import begin, step
from verbs._app import App
from verbs._commands import Dial
from verbs._events import CallRequested, CommandAccepted, CommandFailed, Event, LegEvent, LegInitiated


class Record(NamedTuple):
    """A call as it is stored. `due` and `ended` are UTC seconds, 0 for never."""

    session: str
    version: int
    snapshot: bytes
    due: float
    ended: float


class Change(NamedTuple):
    """What one save writes, all of it or nothing; `version` is the one that it replaces, 0 for a new call."""

    session: str
    version: int
    snapshot: bytes
    due: float
    ended: float
    ids: tuple[str, ...]
    rows: tuple[bytes, ...]


class Store(Protocol):
    """Where calls live."""

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


class Row(Struct, omit_defaults=True):
    """One line of the event log: what happened, as it came, and what it led to."""

    event: msgspec.Raw
    webhook: msgspec.Raw = msgspec.Raw(b"null")
    wishes: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


class Verdict(Enum):
    """What became of an event."""

    TAKEN = "taken"
    FOREIGN = "foreign"
    LATER = "later"
    """It belongs to a leg whose dial has not come back yet: it has to come again."""


@dataclass(slots=True)
class Letter:
    """An event in a call's mailbox."""

    event: Event
    raw: bytes
    app: App | None = None
    settled: "asyncio.Future[Verdict] | None" = None
    verdict: Verdict = Verdict.TAKEN
    error: Exception | None = None


@dataclass(slots=True)
class Saved:
    """What a save has left to be done: entries to send, and when the clock has to look."""

    session: str
    new: list[Entry]
    outcome: Outcome


class Switchboard:
    """Takes events for every call of a store. `then` hears of every save, `now` tells the time in UTC seconds."""

    def __init__(
        self, store: Store, applications: Applications, *, then: Callable[[Saved], None], now: Callable[[], float], worker: str = ""
    ) -> None:
        self.store = store
        self.foreign = 0
        """Webhooks that belong to no call of ours."""
        self._applications = applications
        self._then = then
        self._now = now
        self._worker = worker
        self._mail: dict[str, list[Letter]] = {}
        self._dialling: set[tuple[str, int]] = set()

    async def receive(self, event: Event, raw: bytes = b"", session: str = "", app: App | None = None) -> Verdict:
        """Take an event. When this returns, what it came to is saved."""
        event = msgspec.structs.replace(event, at=self._now())
        if isinstance(event, LegEvent):
            session = event.session or await self.store.find(_addresses(event)) or ""
            if not session:
                if not (isinstance(event, LegInitiated) and event.direction == "inbound"):
                    return self._stranger()
                session, app = session_of(event.call_control_id), self._applications.answering(event)
        letter = Letter(event, raw, app)
        box = self._mail.setdefault(session, [])
        box.append(letter)
        if len(box) > 1:
            letter.settled = asyncio.get_running_loop().create_future()
            return await letter.settled
        await self._empty(session, box)
        if letter.error:
            raise letter.error
        return letter.verdict

    def _stranger(self) -> Verdict:
        if self._dialling:
            return Verdict.LATER
        self.foreign += 1
        return Verdict.FOREIGN

    async def _empty(self, session: str, box: list[Letter]) -> None:
        """Handle the mail of a call, all that is there at a time, until no more has come."""
        while box:
            batch = box[:]
            try:
                await self._handle(session, batch)
            except Exception as error:  # the store: nobody's event was taken
                for letter in batch:
                    letter.error = error
            del box[: len(batch)]
            for letter in batch:
                if letter.settled and not letter.settled.done():
                    if letter.error:
                        letter.settled.set_exception(letter.error)
                    else:
                        letter.settled.set_result(letter.verdict)
        self._mail.pop(session, None)

    async def _handle(self, session: str, batch: list[Letter]) -> None:
        while True:
            record = await self.store.load(session)
            saved, change = self._step(session, record, batch)
            if change is None:
                return
            if await self.store.save(change):
                self._note_dials(saved, batch)
                self._then(saved)
                return

    def _step(self, session: str, record: Record | None, batch: list[Letter]) -> tuple[Saved, Change | None]:
        snapshot = record.snapshot if record else b""
        new: list[Entry] = []
        ids: list[str] = []
        rows: list[bytes] = []
        last: Outcome | None = None
        for letter in batch:
            letter.error, letter.verdict = None, Verdict.TAKEN
            if not snapshot:
                if letter.app is None or not isinstance(letter.event, LegInitiated | CallRequested):
                    self.foreign += 1
                    letter.verdict = Verdict.FOREIGN
                    continue
                snapshot = begin(session, letter.app, letter.event)
            try:
                outcome = step(snapshot, letter.event, self._worker)
            except Exception as error:  # a fault of the engine itself: this event is refused, the others are not
                letter.error = error
                continue
            if outcome.homeless:
                letter.verdict = self._stranger()
                continue
            if not outcome.changed:
                continue
            snapshot, last = outcome.snapshot, outcome
            new += outcome.new
            ids += outcome.ids
            rows.append(_row(letter, outcome))
        if last is None:
            return Saved(session, [], Outcome(snapshot=snapshot)), None
        still = set(last.open)
        saved = Saved(session, [entry for entry in new if entry.n in still], last)
        version = record.version if record else 0
        return saved, Change(session, version, snapshot, last.due, last.ended, tuple(dict.fromkeys(ids)), tuple(rows))

    def _note_dials(self, saved: Saved, batch: list[Letter]) -> None:
        for letter in batch:
            if isinstance(letter.event, CommandAccepted | CommandFailed):
                self._dialling.discard((saved.session, letter.event.n))
        self._dialling |= {(saved.session, entry.n) for entry in saved.new if isinstance(entry.wish, Dial)}


def session_of(call_control_id: str) -> str:
    """A call's id: the same first leg always makes the same, so whoever takes it first, it is one call."""
    return blake2b(call_control_id.encode(), digest_size=12).hexdigest()


def _addresses(event: LegEvent) -> list[str]:
    return [one for one in (event.call_control_id, event.call_session_id) if one]


def _row(letter: Letter, outcome: Outcome) -> bytes:
    row = Row(
        msgspec.Raw(msgspec.json.encode(letter.event)),
        msgspec.Raw(letter.raw or b"null"),
        outcome.new,
        outcome.notes,
        outcome.problems,
    )
    return msgspec.json.encode(row)
