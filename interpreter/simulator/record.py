"""The event log of a call that was really made, as lines of the ladder: the witness, drawn like a simulated call.

The log holds what was wished for and when an answer came, not when a wish was sent. A wish that had to wait for another one of
its lane was sent when that was answered, so it is drawn there; retries of a hook are not in the log.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from interpreter.lanes import Lanes
from interpreter.session import Entry, Session
from interpreter.simulator.ladder import Line, complaint, over, place
from interpreter.switchboard import Row
from interpreter.telnyx.commands import CommandError, Request, Wire
from interpreter.telnyx.commands import request as second
from verbs._commands import Ask, Command
from verbs._events import CallReported, CommandAccepted, CommandFailed, Event, HookFailed, HookReplied, LegEvent
from verbs._registry import event_from_json

_ROW = msgspec.json.Decoder(Row)
Make = Callable[[Command, Wire], Request]
Answered = CallReported | CommandAccepted | CommandFailed | HookFailed | HookReplied
"""Events that are the answer to a wish."""


class Sending:
    """Which wish was sent when. `answered` are those that have an answer in the log or wait for one still; the others were dropped."""

    def __init__(self, answered: set[int]) -> None:
        self._answered = answered
        self._lanes = Lanes()
        self._under_way: dict[int, Entry] = {}
        self._waiting: set[int] = set()

    def wished(self, entry: Entry) -> bool:
        """Whether it is sent at once, for the first time or once more."""
        if entry.n in self._under_way:
            return entry.n not in self._waiting
        at_once = self._lanes.add("", entry)
        if entry.n not in self._answered:  # dropped: before it was sent, if it had to wait
            self._lanes.done("", entry)
            return at_once
        self._under_way[entry.n] = entry
        if not at_once:
            self._waiting.add(entry.n)
        return at_once

    def answer(self, n: int) -> list[Entry]:
        """Those that are sent because this one is answered."""
        entry = self._under_way.pop(n, None)
        following = self._lanes.done("", entry) if entry else []
        self._waiting -= {one.n for one in following}
        return following


def lines(rows: Sequence[bytes], session: Session, request: Make = second) -> Iterator[Line]:
    """Lines in the order of the log. Commands are shown as they went over the wire, in the version of the API that `request` speaks."""
    at = 0.0
    for line in _lines(rows, session, request):
        at = line.at
        yield line
    if session.ended:
        yield over(at, session)


def _lines(rows: Sequence[bytes], session: Session, request: Make) -> Iterator[Line]:
    asked: dict[int, Ask] = {}
    legs = {leg.call_control_id: leg.name for leg in session.legs.values() if leg.call_control_id}
    read = [(row, event_from_json(bytes(row.event))) for row in map(_ROW.decode, rows)]
    sending = Sending({event.n for _, event in read if isinstance(event, Answered)} | {one.n for one in session.outbox if not one.sent})
    for row, event in read:
        at = round(event.at - session.began, 3)
        yield from _happened(event, msgspec.json.decode(row.webhook), at, asked, legs, session)
        for problem in row.problems:
            yield complaint(at, problem, session.app.base_url)
        for note in row.notes:
            yield Line(at, "note", "", "note", text=note)
        for entry in row.wishes:
            if isinstance(entry.wish, Ask):
                asked[entry.n] = entry.wish
            if sending.wished(entry):
                yield from _wished(entry, at, legs, session, request)
        for entry in sending.answer(event.n) if isinstance(event, Answered) else ():
            yield from _wished(entry, at, legs, session, request)


def _happened(event: Event, webhook: Any, at: float, asked: dict[int, Ask], legs: dict[str, str], session: Session) -> Iterator[Line]:
    if isinstance(event, LegEvent):
        name = (webhook or {}).get("data", webhook or {}).get("event_type", str(event.__struct_config__.tag))
        yield Line(at, "webhook", event.leg or legs.get(event.call_control_id, ""), name, body=webhook)
    elif isinstance(event, HookReplied | HookFailed) and event.n in asked:
        url = asked[event.n].url
        text = event.reason if isinstance(event, HookFailed) else ""
        body = _value(event.body) if isinstance(event, HookReplied) else None
        leg = legs.get(asked[event.n].payload.get("call_id", ""), "")
        yield Line(at, "reply", leg, place(url, session.app.base_url), url=url, status=event.status, body=body, text=text)
    elif isinstance(event, CommandFailed) and event.status:  # what was never sent is told as a problem
        yield Line(at, "note", "", "refused", text=f"the carrier refuses: {event.code} {event.detail or event.title}".rstrip())


def _wished(entry: Entry, at: float, legs: dict[str, str], session: Session, request: Make) -> Iterator[Line]:
    wish = entry.wish
    if isinstance(wish, Ask):
        leg = legs.get(wish.payload.get("call_id", ""), "")
        name = f"{wish.method} {place(wish.url, session.app.base_url)}"
        yield Line(at, "hook", leg, name, method=wish.method, url=wish.url, body=wish.payload)
    elif isinstance(wish, Command):
        ids = {name: call for call, name in legs.items()}
        try:
            sent = request(wish, Wire(session.id, entry.n, ids))
            yield Line(at, "command", wish.leg, sent.name, method=sent.method, path=sent.path, body=sent.body)
        except (CommandError, KeyError):
            yield Line(at, "note", wish.leg, "unsent", text=f"{wish.__struct_config__.tag} was never sent")


def _value(body: str) -> Any:
    try:
        return msgspec.json.decode(body) if body else None
    except msgspec.DecodeError:
        return body
