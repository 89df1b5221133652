"""The event log of a call that was really made, as lines: the witness, drawn like a simulated call.

The log holds which messages were made and when a result came, not when a message was sent. One that had to wait for another one of its
ordering key was sent when that had its result, so it is drawn there; retries of a hook are not in the log.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from callverbs.interpreter.engine.session import OutboxEntry, Session
from callverbs.interpreter.ladder.line import Line, end_line, problem_line, shown_url
from callverbs.interpreter.runtime.records import LogRow
from callverbs.interpreter.runtime.serial_queues import SerialQueues
from callverbs.verbs.language.commands import Command
from callverbs.verbs.language.events import CallRetrieved, CommandAccepted, CommandFailed, Event, HookFailed, HookReplied, LegEvent
from callverbs.verbs.language.messages import HookRequest
from callverbs.verbs.language.registry import event_from_json


class SentRequest(Protocol):
    """A command as it went over the wire."""

    @property
    def name(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def body(self) -> dict[str, Any]: ...


Render = Callable[[Command, str, int, Mapping[str, str]], SentRequest | None]
"""Returns the request of a command, from the session, the entry's number and the carrier's ids by leg; None if it was never sent."""
Result = CallRetrieved | CommandAccepted | CommandFailed | HookFailed | HookReplied
"""Events that are the result of a message."""
_ROW = msgspec.json.Decoder(LogRow)


class SendingOrder:
    """Which message was sent when. `known` are those that have a result in the log or wait for one still; the others were dropped."""

    def __init__(self, known: set[int]) -> None:
        self._known = known
        self._queues = SerialQueues()
        self._under_way: dict[int, OutboxEntry] = {}
        self._waiting: set[int] = set()

    def add(self, entry: OutboxEntry) -> bool:
        """Adds an entry, and returns whether it was sent at once, for the first time or once more."""
        if entry.n in self._under_way:
            return entry.n not in self._waiting
        at_once = self._queues.add("", entry)
        if entry.n not in self._known:  # dropped: before it was sent, if it had to wait
            self._queues.remove("", entry)
            return at_once
        self._under_way[entry.n] = entry
        if not at_once:
            self._waiting.add(entry.n)
        return at_once

    def remove(self, n: int) -> list[OutboxEntry]:
        """Removes an entry that has its result. Returns those that were sent because of it."""
        entry = self._under_way.pop(n, None)
        following = self._queues.remove("", entry) if entry else []
        self._waiting -= {one.n for one in following}
        return following


def lines(rows: Sequence[bytes], session: Session, render: Render) -> Iterator[Line]:
    """Yields the lines of a call in the order of its log. Commands are shown as `render` says that they went over the wire."""
    at = 0.0
    for line in _lines(rows, session, render):
        at = line.at
        yield line
    if session.ended:
        yield end_line(at, session)


def _lines(rows: Sequence[bytes], session: Session, render: Render) -> Iterator[Line]:
    asked: dict[int, HookRequest] = {}
    read, unreadable = _read(rows)
    if unreadable:
        yield Line(0.0, "note", "", "note", text=f"{unreadable} rows of the log are another version's, and cannot be read")
    legs = _leg_names(read) | {leg.call_control_id: leg.name for leg in session.legs.values() if leg.call_control_id}
    order = SendingOrder({event.n for _, event in read if isinstance(event, Result)} | {entry.n for entry in session.open_entries()})
    for row, event in read:
        at = round(event.at - session.began, 3)
        yield from _event_lines(event, msgspec.json.decode(row.webhook), at, asked, legs, session)
        for problem in row.problems:
            yield problem_line(at, problem, session.app.base_url)
        for note in row.notes:
            yield Line(at, "note", "", "note", text=note)
        for entry in row.new:
            if isinstance(entry.message, HookRequest):
                asked[entry.n] = entry.message
            if order.add(entry):
                yield _message_line(entry, at, legs, session, render)
        for entry in order.remove(event.n) if isinstance(event, Result) else ():
            yield _message_line(entry, at, legs, session, render)


def _read(rows: Sequence[bytes]) -> tuple[list[tuple[LogRow, Event]], int]:
    """Returns the rows with their events, and how many cannot be read."""
    read = []
    for line in rows:
        with contextlib.suppress(msgspec.DecodeError):
            row = _ROW.decode(line)
            read.append((row, event_from_json(bytes(row.event))))
    return read, len(rows) - len(read)


def _leg_names(read: Sequence[tuple[LogRow, Event]]) -> dict[str, str]:
    """Returns our names of the legs that were called, by the carrier's ids: the session forgets those that are over."""
    created = {entry.n: entry.message.created_leg() for row, _ in read for entry in row.new if isinstance(entry.message, Command)}
    taken = [event for _, event in read if isinstance(event, CommandAccepted) and event.call_control_id]
    return {event.call_control_id: created[event.n] for event in taken if created.get(event.n)}


def _event_lines(
    event: Event, webhook: Any, at: float, asked: dict[int, HookRequest], legs: dict[str, str], session: Session
) -> Iterator[Line]:
    if isinstance(event, LegEvent):
        name = (webhook or {}).get("data", webhook or {}).get("event_type", str(event.__struct_config__.tag))
        yield Line(at, "webhook", event.leg or legs.get(event.call_control_id, ""), name, body=webhook)
    elif isinstance(event, HookReplied | HookFailed) and event.n in asked:
        url = asked[event.n].url
        text = event.reason if isinstance(event, HookFailed) else ""
        body = _value(event.body) if isinstance(event, HookReplied) else None
        leg = legs.get(asked[event.n].payload.get("call_id", ""), asked[event.n].about)
        yield Line(at, "reply", leg, shown_url(url, session.app.base_url), url=url, status=event.status, body=body, text=text)
    elif isinstance(event, CommandFailed) and event.status:  # what was never sent is a problem of its own
        yield Line(
            at,
            "note",
            "",
            "refused",
            text=f"the carrier refuses: {' '.join(filter(None, (str(event.status), event.code, event.detail or event.title)))}",
        )


def _message_line(entry: OutboxEntry, at: float, legs: dict[str, str], session: Session, render: Render) -> Line:
    message = entry.message
    if isinstance(message, HookRequest):
        leg = legs.get(message.payload.get("call_id", ""), message.about)
        name = f"{message.method} {shown_url(message.url, session.app.base_url)}"
        return Line(at, "hook", leg, name, method=message.method, url=message.url, body=message.payload)
    assert isinstance(message, Command)
    sent = render(message, session.id, entry.n, {name: call for call, name in legs.items()})
    if sent is None:
        return Line(at, "note", message.leg, "unsent", text=f"{message.__struct_config__.tag} was never sent")
    return Line(at, "command", message.leg, sent.name, method=sent.method, path=sent.path, body=sent.body)


def _value(body: str) -> Any:
    try:
        return msgspec.json.decode(body) if body else None
    except msgspec.DecodeError:
        return body
