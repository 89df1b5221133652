"""Sends commands to the carrier, and returns their results as events. A retry carries the same command id.

The carrier ignores a command id that it receives again within 60 s, so a retry never runs a command twice. 90018 (the call has already
ended) is returned like any other code: the engine does not treat it as an error.
"""

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

import msgspec

from callverbs.interpreter.engine.command_results import CALL_OVER_CODES
from callverbs.interpreter.engine.session import OutboxEntry
from callverbs.interpreter.runtime.ports import Sleep
from callverbs.interpreter.telnyx import commands
from callverbs.interpreter.telnyx.commands import CarrierRequest, CommandError, RequestContext
from callverbs.interpreter.telnyx.health import CarrierHealth
from callverbs.interpreter.telnyx.values import as_count, as_text
from callverbs.verbs.language.commands import Command, Dial, Query, RetrieveCall, SendInfo
from callverbs.verbs.language.events import CallRetrieved, CommandAccepted, CommandFailed, Event
from callverbs.verbs.language.meeting_commands import (
    CheckCall,
    FindConference,
    FindParticipant,
    FindQueueCall,
    RetrieveQueue,
    RetrieveQueueCall,
)
from callverbs.verbs.language.message_commands import SendMessage
from callverbs.verbs.language.query_answers import (
    CallChecked,
    ConferenceFound,
    InfoSent,
    MessageSent,
    ParticipantFound,
    QueueCallFound,
    QueueCallRetrieved,
    QueueRetrieved,
)

PAUSES_SECONDS = (0.25, 0.5, 1.0)
"""The pause before the second, third and fourth attempt."""
RATE_LIMIT_MAX_SECONDS = 5.0
"""The longest pause that the carrier's rate-limit headers can set."""
SECONDS_PATTERN = re.compile(r"[0-9]+([.][0-9]+)?")
RETRIED_STATUSES = (408, 429)
NOT_FOUND = 404
PROBED_CALL = "callverbs-probe"
CUT_ANSWER = "the carrier's answer cannot be read"
NO_IDS: Mapping[str, str] = {}


class ApiVersion(NamedTuple):
    """A version of the carrier's API: how to authenticate, how a command becomes a request, and notes of what is not as written."""

    authorization: Callable[[str], str]
    build_request: Callable[[Command, RequestContext], CarrierRequest]
    notes: Callable[[Command, RequestContext], tuple[str, ...]]

    def render(self, command: Command, session: str, n: int, ids: Mapping[str, str]) -> CarrierRequest | None:
        """Returns the request of a command; None where it cannot be sent."""
        try:
            return self.build_request(command, RequestContext(session, n, ids))
        except (CommandError, KeyError):
            return None


V2 = ApiVersion("Bearer {}".format, commands.build_request, commands.notes)


class CarrierResponse(NamedTuple):
    """A response of the carrier. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def is_cut(self) -> bool:
        """Returns whether it says that the command was taken, in a body that is not whole."""
        return 200 <= self.status < 300 and _decoded(self.content) is None


class TransportError(Exception):
    """The carrier cannot be reached."""


class CarrierTransport(Protocol):
    """Sends one request to the carrier. Raises TransportError where there is no response."""

    async def send(self, request: CarrierRequest) -> CarrierResponse: ...


class TelnyxClient:
    """Sends commands to the carrier's API for one account."""

    def __init__(
        self, transport: CarrierTransport, version: ApiVersion = V2, sleep: Sleep = asyncio.sleep, health: CarrierHealth | None = None
    ) -> None:
        self._transport = transport
        self.health = health or CarrierHealth(time.time)
        self._version = version
        self._sleep = sleep

    async def send(self, session: str, entry: OutboxEntry, ids: Mapping[str, str]) -> Event:
        """Sends a command of the outbox, and returns its result: accepted, failed, or the call that was retrieved."""
        assert isinstance(entry.message, Command)
        event_id, context = f"{session}:{entry.n}", RequestContext(session, entry.n, ids)
        try:
            request = self._version.build_request(entry.message, context)
        except CommandError as error:
            return CommandFailed(id=event_id, n=entry.n, code=error.code, title=str(error), pointer=error.pointer)
        if seconds := self.health.rest_seconds:
            return CommandFailed(
                id=event_id, n=entry.n, title=self.health.problem, detail=f"not sent; it is tried again in {seconds:.0f} s"
            )
        try:
            response = await self._send_with_retries(request)
        except TransportError as error:
            self.health.unreachable(str(error))
            return CommandFailed(id=event_id, n=entry.n, title="the carrier cannot be reached", detail=str(error))
        result = result_event(entry, event_id, response.status, response.content, ids)
        self.health.answered(response.status, result.code if isinstance(result, CommandFailed) else "")
        notes = self._version.notes(entry.message, context)
        return msgspec.structs.replace(result, notes=notes + result.notes) if notes and isinstance(result, CommandAccepted) else result

    async def probe(self) -> str:
        """Asks the carrier about a call that nobody has. Returns why it is of no use, or nothing: then it knows us, and not that call."""
        if self.health.rest_seconds:
            return self.health.problem
        try:
            response = await self._transport.send(CarrierRequest("retrieve_call", "GET", f"/calls/{PROBED_CALL}", {}))
        except TransportError as error:
            self.health.unreachable(str(error))
        else:
            answer = _decoded(response.content)
            if response.status < 500 and not (isinstance(answer, dict) and answer):
                return f"what answers at base_url is not the carrier's API: status {response.status}, and no JSON"
            self.health.answered(response.status, _error_code(answer))
        return self.health.problem

    async def _send_with_retries(self, request: CarrierRequest) -> CarrierResponse:
        """Sends a request, at most four times, and returns the last response. Raises TransportError if the last attempt has none."""
        for pause in PAUSES_SECONDS:
            try:
                response = await self._transport.send(request)
            except TransportError:
                await self._sleep(pause)
                continue
            if not (response.status in RETRIED_STATUSES or response.status >= 500 or response.is_cut):
                return response
            await self._sleep(max(pause, _requested_pause(response.headers)))
        return await self._transport.send(request)


def _requested_pause(headers: Mapping[str, str]) -> float:
    """Returns the pause that the carrier's rate-limit headers ask for, in seconds; 0 where they hold no number."""
    for name in ("retry-after", "x-ratelimit-reset"):
        if SECONDS_PATTERN.fullmatch(headers.get(name, "")):
            return min(float(headers[name]), RATE_LIMIT_MAX_SECONDS)
    return 0.0


def result_event(entry: OutboxEntry, event_id: str, status: int, content: bytes, ids: Mapping[str, str] = NO_IDS) -> Event:
    """Returns the event that a response of the carrier becomes. `ids` are the carrier's ids of the session's legs."""
    whole = _decoded(content)
    answer: Any = {} if whole is None else whole
    asks = isinstance(entry.message, Query | RetrieveCall)
    if whole is None and 200 <= status < 300 and asks:
        return CommandFailed(id=event_id, n=entry.n, status=status, title=CUT_ANSWER)
    read_answer = QUERY_ANSWERS.get(type(entry.message))
    is_absent = isinstance(entry.message, Query) and (status == NOT_FOUND or _error_code(answer) in CALL_OVER_CODES)
    if read_answer and (200 <= status < 300 or is_absent):
        found = answer.get("data") if not is_absent and isinstance(answer, dict) else None
        return read_answer(Asked(entry.message, event_id, entry.n, ids), found)
    if not 200 <= status < 300:  # a redirect too: it is not followed
        first = _first_object("errors", answer)
        return CommandFailed(
            id=event_id,
            n=entry.n,
            status=status,
            code=as_text(first.get("code")),
            title=as_text(first.get("title")),
            detail=as_text(first.get("detail")),
            pointer=as_text(_first_object("source", first).get("pointer")),
        )
    data = _first_object("data", answer)
    if isinstance(entry.message, RetrieveCall):
        return CallRetrieved(id=event_id, n=entry.n, alive=data.get("is_alive") is not False)
    return CommandAccepted(
        id=event_id,
        n=entry.n,
        conversation=as_text(data.get("conversation_id") or data.get("conversation_relay_id")),
        call_control_id=as_text(data.get("call_control_id")),
        call_leg_id=as_text(data.get("call_leg_id")),
        call_session_id=as_text(data.get("call_session_id")),
        notes=_doubts(entry.message, whole is None, data),
    )


def _doubts(message: object, is_cut: bool, data: Mapping[str, Any]) -> tuple[str, ...]:
    """Returns what is to be said of an answer that says less than it should: the command may not have been taken."""
    name = f"{message.__struct_config__.tag} {message.leg}" if isinstance(message, Command) else ""
    if is_cut:
        return (f"{name}: {CUT_ANSWER}",)
    if isinstance(message, Dial) and not (as_text(data.get("call_control_id")) or as_text(data.get("call_leg_id"))):
        return (f"{name}: the carrier has taken it and does not name the new call",)
    return ()


def _decoded(content: bytes) -> Any:
    """Returns a body as JSON, and an empty object for none; None where it is cut, or something else."""
    try:
        return msgspec.json.decode(content) if content else {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _error_code(answer: Any) -> str:
    return as_text(_first_object("errors", answer).get("code"))


class Asked(NamedTuple):
    """What the carrier has answered: a query, or a message that was sent."""

    message: Any
    event_id: str
    n: int
    ids: Mapping[str, str]


def _queue_retrieved(asked: Asked, data: Any) -> Event:
    return QueueRetrieved(id=asked.event_id, n=asked.n, size=as_count(_field(data, "current_size")))


def _queue_call_retrieved(asked: Asked, data: Any) -> Event:
    return QueueCallRetrieved(id=asked.event_id, n=asked.n, position=as_count(_field(data, "queue_position")))


def _queue_call_found(asked: Asked, data: Any) -> Event:
    """Reads a list of calls: the one that is wanted, or the first of those that live."""
    wanted, alive = asked.message, [one for one in _objects(data) if one.get("is_alive") is not False]
    ids = [(as_text(one.get("call_control_id")), as_text(one.get("call_leg_id"))) for one in sorted(alive, key=_position)]
    found = [call for call, sid in ids if call and call not in wanted.not_these and wanted.sid in ("", call, sid)]
    return QueueCallFound(id=asked.event_id, n=asked.n, call=found[0] if found else "")


def _conference_found(asked: Asked, data: Any) -> Event:
    """Reads a list of conferences: the one of the name that is not over."""
    going_on = [one for one in _objects(data) if one.get("name") == asked.message.name and one.get("status") != "completed"]
    return ConferenceFound(id=asked.event_id, n=asked.n, conference=as_text(going_on[0].get("id")) if going_on else "")


def _participant_found(asked: Asked, data: Any) -> Event:
    own = [one for one in _objects(data) if one.get("call_control_id") == asked.ids.get(asked.message.leg)]
    return ParticipantFound(id=asked.event_id, n=asked.n, participant=as_text(own[0].get("id")) if own else "")


def _objects(data: Any) -> list[dict[str, Any]]:
    return [one for one in data if isinstance(one, dict)] if isinstance(data, list) else []


def _position(listed: dict[str, Any]) -> int:
    return as_count(listed.get("queue_position"))


def _call_checked(asked: Asked, data: Any) -> Event:
    return CallChecked(id=asked.event_id, n=asked.n, alive=isinstance(data, dict) and data.get("is_alive") is not False)


def _field(data: Any, name: str) -> object:
    return data.get(name) if isinstance(data, dict) else None


def _message_sent(asked: Asked, data: Any) -> Event:
    return MessageSent(id=asked.event_id, n=asked.n, message_id=as_text(_field(data, "id")))


def _info_sent(asked: Asked, data: Any) -> Event:
    return InfoSent(id=asked.event_id, n=asked.n)


QUERY_ANSWERS: dict[type[object], Callable[[Asked, Any], Event]] = {
    RetrieveQueue: _queue_retrieved,
    RetrieveQueueCall: _queue_call_retrieved,
    FindQueueCall: _queue_call_found,
    CheckCall: _call_checked,
    FindConference: _conference_found,
    FindParticipant: _participant_found,
    SendMessage: _message_sent,
    SendInfo: _info_sent,
}
"""By the query or message, what reads its answer. A query about something that is not there, or not any longer, gets an empty one."""


def _first_object(key: str, answer: Any) -> dict[str, Any]:
    """Returns the object under a key, or the first of a list there. Version 1 has no such key: its fields are in the answer itself."""
    found = answer.get(key, answer) if isinstance(answer, dict) else answer
    first = found[0] if isinstance(found, list) and found else found
    return first if isinstance(first, dict) else {}
