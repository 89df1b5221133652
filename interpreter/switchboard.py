"""All news enters here: it finds the call, takes the step, saves what came of it, and hands on what is to be sent.

It knows stores and whatever sends only by what they can do. Events of one call are taken one after the other; those that
come while one is being saved are saved together. Losing the race for a record costs nothing: step is pure.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from hashlib import blake2b
from typing import NamedTuple, Protocol

import msgspec
from msgspec import Struct

from interpreter.outcome import Outcome
from interpreter.session import Entry, Problem
from interpreter.step import begin, step
from verbs._app import App
from verbs._events import CallRequested, Event, LegEvent, LegInitiated

DIALLING = 10.0
"""Seconds for which a leg that nobody knows may be that of a dial: longer than the lease, with which a dial under way is saved again."""


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


@dataclass(slots=True)
class Box:
    """A call's mailbox: what has come, what is being handled, and the save that was tried for it, made or not."""

    letters: list[Letter]
    batch: list[Letter] = field(default_factory=list)
    tried: tuple[Saved, Change] | None = None


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
        self._mail: dict[str, Box] = {}
        self._dialling: dict[str, float] = {"": now() + DIALLING}
        """Until when an unknown leg may be one that a call is dialling; whoever had the store before us may have been at it too."""
        self._tasks: set[asyncio.Task[None]] = set()

    async def receive(self, event: Event, raw: bytes = b"", session: str = "", app: App | None = None) -> Verdict:
        """Take an event. When this returns, what it came to is saved. Whoever is called off here calls off nobody else."""
        event = msgspec.structs.replace(event, at=self._now())
        if isinstance(event, LegEvent):
            session, app = await self._place(event)
            if not session:
                return self._counted(self._stranger())
        letter = Letter(event, raw, app)
        box = self._mail.get(session)
        if box:
            letter.settled = asyncio.get_running_loop().create_future()
            box.letters.append(letter)
            return await letter.settled
        box = self._mail[session] = Box([letter])
        try:
            await self._empty(session, box)
        except asyncio.CancelledError:
            self._go_on(session, box)
            raise
        if letter.error:
            raise letter.error
        return letter.verdict

    async def finish(self) -> None:
        """See through what others were called off from."""
        await asyncio.gather(*self._tasks)

    async def _place(self, event: LegEvent) -> tuple[str, App | None]:
        """Whose an event is: an incoming call is its own, whatever it has in common with others; "" for a stranger's."""
        own = session_of(event.call_control_id)
        if isinstance(event, LegInitiated) and event.direction == "inbound" and event.call_control_id:
            return own, self._applications.answering(event)
        if session := event.session or await self.store.find(_addresses(event)):
            return session, None
        return own if own in self._mail else "", None  # its call is just being saved for the first time

    def _stranger(self) -> Verdict:
        now = self._now()
        self._dialling = {session: until for session, until in self._dialling.items() if until > now}
        return Verdict.LATER if self._dialling else Verdict.FOREIGN

    def _counted(self, verdict: Verdict) -> Verdict:
        self.foreign += verdict is Verdict.FOREIGN
        return verdict

    def _go_on(self, session: str, box: Box) -> None:
        """Who was emptying the box has been called off, perhaps in the middle of a save: a task of ours goes on for those who wait."""
        task = asyncio.create_task(self._empty(session, box))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _empty(self, session: str, box: Box) -> None:
        """Handle the mail of a call, all that is there at a time, until no more has come."""
        while box.batch or box.letters:
            if not box.batch:
                box.batch, box.letters = box.letters, []
            try:
                await self._handle(session, box)
            except Exception as error:  # the store: nobody's event was taken, and what waits may build on those that were not
                box.batch, box.letters = box.batch + box.letters, []
                for letter in box.batch:
                    letter.error = error
            for letter in box.batch:
                self._settle(letter)
            box.batch, box.tried = [], None
        del self._mail[session]

    def _settle(self, letter: Letter) -> None:
        if not letter.error:
            self._counted(letter.verdict)
        if letter.settled and not letter.settled.done():
            if letter.error:
                letter.settled.set_exception(letter.error)
            else:
                letter.settled.set_result(letter.verdict)

    async def _handle(self, session: str, box: Box) -> None:
        while True:
            if box.tried is None:
                box.tried = self._step(session, await self.store.load(session), box.batch)
            if box.tried is None:
                return
            saved, change = box.tried
            if await self.store.save(change) or await self._is_saved(change):
                self._note_dials(saved)
                self._then(saved)
                return
            box.tried = None

    async def _is_saved(self, change: Change) -> bool:
        """Whether the race was lost to ourselves: whoever was called off in the middle of this save had made it."""
        record = await self.store.load(change.session)
        return record is not None and (record.version, record.snapshot) == (change.version + 1, change.snapshot)

    def _step(self, session: str, record: Record | None, batch: list[Letter]) -> tuple[Saved, Change] | None:
        """What a batch comes to; None where there is nothing to save."""
        snapshot = record.snapshot if record else b""
        new: list[Entry] = []
        ids: list[str] = []
        rows: list[bytes] = []
        last: Outcome | None = None
        for letter in batch:
            letter.error, letter.verdict = None, Verdict.TAKEN
            try:
                outcome = self._take(session, snapshot, letter)
                if outcome is None:
                    letter.verdict = Verdict.FOREIGN
                elif outcome.homeless:
                    letter.verdict = Verdict.LATER if outcome.placing else self._stranger()
                elif outcome.changed:
                    rows.append(_row(letter, outcome))
                    snapshot, last = outcome.snapshot, outcome
                    new += outcome.new
                    ids += outcome.ids
            except Exception as error:  # a fault of the engine itself: this event is refused, the others are not
                letter.error = error
        if last is None:
            return None
        still = set(last.open)
        saved = Saved(session, [entry for entry in new if entry.n in still], last)
        version = record.version if record else 0
        return saved, Change(session, version, snapshot, last.due, last.ended, tuple(dict.fromkeys(ids)), tuple(rows))

    def _take(self, session: str, snapshot: bytes, letter: Letter) -> Outcome | None:
        """One step; None where there is no such call, and the event begins none."""
        if not snapshot:
            if letter.app is None or not isinstance(letter.event, LegInitiated | CallRequested):
                return None
            snapshot = begin(session, letter.app, letter.event)
        return step(snapshot, letter.event, self._worker)

    def _note_dials(self, saved: Saved) -> None:
        if saved.outcome.placing:
            self._dialling[saved.session] = self._now() + DIALLING
        else:
            self._dialling.pop(saved.session, None)


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
