"""The event log of a call that was really made, as lines of the ladder: the witness, drawn like a simulated call."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from interpreter.session import Entry, Session
from interpreter.simulator.ladder import Line, complaint, place
from interpreter.switchboard import Row
from interpreter.telnyx.commands import CommandError, Request, Wire
from interpreter.telnyx.commands import request as second
from verbs._commands import Ask, Command
from verbs._events import CommandFailed, Event, HookFailed, HookReplied, LegEvent
from verbs._registry import event_from_json

_ROW = msgspec.json.Decoder(Row)
Make = Callable[[Command, Wire], Request]


def lines(rows: Sequence[bytes], session: Session, request: Make = second) -> Iterator[Line]:
    """Lines in the order of the log. Commands are shown as they went over the wire, in the version of the API that `request` speaks."""
    asked: dict[int, Ask] = {}
    legs = {leg.call_control_id: leg.name for leg in session.legs.values() if leg.call_control_id}
    for text in rows:
        row = _ROW.decode(text)
        event = event_from_json(bytes(row.event))
        at = round(event.at - session.began, 3)
        yield from _happened(event, msgspec.json.decode(row.webhook), at, asked, legs, session)
        for problem in row.problems:
            yield complaint(at, problem, session.app.base_url)
        for note in row.notes:
            yield Line(at, "note", "", "note", text=note)
        for entry in row.wishes:
            if isinstance(entry.wish, Ask):
                asked[entry.n] = entry.wish
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
