"""The simulated carrier: version 2 of the Call Control API with simulated calls behind it.

Everything happens in a request, in an action of a person, or when a timer of its clock fires. Where the carrier's documentation does
not say what happens, a comment beside the code does.
"""

import re
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, unquote

import msgspec

from callverbs.interpreter.simulator import (
    account_api,
    conference_api,
    conference_media,
    dialling,
    ending,
    messaging,
    queue_api,
    ringing,
    supervising,
)
from callverbs.interpreter.simulator.account import DEFAULT_ID, Account
from callverbs.interpreter.simulator.agents import AgentDirectory
from callverbs.interpreter.simulator.clock import Clock
from callverbs.interpreter.simulator.commands import COMMAND_HANDLERS, OTHER_COMMANDS
from callverbs.interpreter.simulator.exchange import (
    ENDED_LEG_SECONDS,
    RECORDINGS_URL,
    Deliver,
    Exchange,
    MediaDurations,
    RecordingOutcomes,
    Responses,
    SavedRecording,
    format_time,
)
from callverbs.interpreter.simulator.ids import CountedIds, Ids
from callverbs.interpreter.simulator.legs import LegView, SimulatedLeg, Stream, StreamConnection
from callverbs.interpreter.simulator.network_ports import AgentSockets, Forks, StreamSockets
from callverbs.interpreter.simulator.party import SimulatedParty
from callverbs.interpreter.simulator.people import (
    Keys,
    LegStateError,
    Machine,
    Person,
    PersonDirectory,
    PersonError,
    key_items,
    read_person,
    read_saying,
)
from callverbs.interpreter.simulator.refusals import NOT_SIMULATED, OK, UNKNOWN_CALL, ApiResponse, Body, RefusalError
from callverbs.interpreter.simulator.stream_stubs import StreamStub, StreamStubs, StubbedConnection

ADDRESS_PATTERN = re.compile(r"[!-~]{1,255}")
"""Who calls, and whom: everything without spaces. A network shows more than numbers, `anonymous` for example."""


class SimulatedCarrier:
    """One account at the carrier. `deliver` receives every webhook, `latency` seconds after its event.

    `account` has the applications that may dial, by default one with the connection_id 1. `media` has the durations of audio
    files, `streams` the WebSockets that are stubs; `sockets` connects the others, and `relays` agents. `recordings`
    says what becomes of recordings, and `recordings_url` is their address. `note` is told, with the name of a leg, what agents say.
    Unknown parameters are refused, or with `warn` accepted: it is told of what is accepted and has no effect.
    """

    def __init__(
        self,
        clock: Clock,
        deliver: Deliver,
        people: PersonDirectory | None = None,
        ids: Ids | None = None,
        *,
        account: Account | None = None,
        latency: float = 0.02,
        media: MediaDurations | None = None,
        streams: StreamStubs | None = None,
        sockets: StreamSockets | None = None,
        relays: AgentSockets | None = None,
        forks: Forks | None = None,
        agents: AgentDirectory | None = None,
        note: Callable[[str, str], None] | None = None,
        recordings: RecordingOutcomes | None = None,
        recordings_url: str = RECORDINGS_URL,
        warn: Callable[[str], None] | None = None,
    ) -> None:
        people, ids, agents = people or PersonDirectory(), ids or CountedIds(), agents or AgentDirectory()
        account = account or Account.of_one("", DEFAULT_ID)
        self._exchange = Exchange(clock, deliver, people, ids, media or {}, account, latency, agents)
        if warn:
            self._exchange.warn, self._exchange.is_strict = warn, False
        self._exchange.recording_outcomes, self._exchange.recordings_url = recordings or {}, recordings_url
        if note:
            self._exchange.note = lambda leg, text: note(leg.label, text)
        self._exchange.end_conference_media = lambda conference: conference_media.end(self._exchange, conference)
        self._exchange.create_party = lambda leg, person: SimulatedParty(self._exchange, leg, person)
        self._exchange.connect = self._connect
        if forks:
            self._exchange.fork = forks.fork
        if relays:
            self._exchange.connect_agent = lambda leg, conversation, body: relays.connect(self._exchange, leg, conversation, body)
        self._streams = streams or {}
        self._sockets = sockets
        self._dial_responses: Responses = {}
        self._conference_responses: Responses = {}
        self._messages = messaging.Messages(self._exchange)

    def _connect(self, leg: SimulatedLeg, stream: Stream) -> StreamConnection:
        """Connects a stream to the stub of its URL; where there is none, to the socket itself, or to a stub that accepts it."""
        stub = self._streams.get(stream.url)
        if stub is None and self._sockets:
            return self._sockets.connect(self._exchange, leg, stream)
        return StubbedConnection(self._exchange, leg, stream, stub or StreamStub())

    @property
    def account(self) -> Account:
        """The applications and numbers of the account."""
        return self._exchange.account

    # ------------------------------------------------------------------ requests of the application

    def request(self, method: str, path: str, body: object = None, *, idempotency_key: str = "") -> ApiResponse:
        """Returns the response to a request. The path begins after the base URL, and may have a query; ids are percent-encoded."""
        path, _, query = path.partition("?")
        try:
            return self._respond(method, path.strip("/").split("/"), {} if body is None else body, dict(parse_qsl(query)), idempotency_key)
        except RefusalError as refusal:
            return refusal.response

    def _respond(self, method: str, path: list[str], body: object, query: dict[str, str], idempotency_key: str) -> ApiResponse:
        match method, path:
            case "POST", ["calls"]:
                return self._dial(body)
            case "POST", ["messages"]:
                return self._messages.send(body, idempotency_key)
            case "GET", ["calls", leg_id]:
                return self._retrieve_call(unquote(leg_id))
            case _, ["calls", leg_id, "actions", name] if name in COMMAND_HANDLERS and COMMAND_HANDLERS[name].method == method:
                return self._run_command(unquote(leg_id), name, body)
            case _, ["conferences", *rest]:
                if repeated := self._exchange.response_to_repeat(self._conference_responses, body):
                    return repeated
                response = conference_api.respond(self._exchange, method, [unquote(one) for one in rest], body, query)
                return self._exchange.remember(self._conference_responses, body if isinstance(body, dict) else {}, response)
            case _, ["queues", *rest]:
                return queue_api.respond(self._exchange, method, [unquote(one) for one in rest], body, query)
            case _, [("connections" | "call_control_applications" | "recordings" | "call_events"), *_]:
                return account_api.respond(self._exchange, method, [unquote(one) for one in path], body, query)
            case _, ["calls", _, "actions", name] if name in OTHER_COMMANDS:
                raise RefusalError(NOT_SIMULATED, f"the simulated carrier does not do {name} yet; the live one does")
            case _, ["calls" | "messages", *_]:
                raise RefusalError("10005", f"there is no {method} /{'/'.join(path)}")
        raise RefusalError(NOT_SIMULATED, f"the simulated carrier has no {method} /{'/'.join(path)}; the live one may have it")

    def _dial(self, body: object) -> ApiResponse:
        body = self._exchange.checked("dial", body)
        if repeated := self._exchange.response_to_repeat(self._dial_responses, body):
            return repeated
        leg = dialling.dial(self._exchange, body)
        leg.command_headers["dial"] = leg.headers
        return self._exchange.remember(self._dial_responses, body, ApiResponse(200, {"data": _call_data(leg)}))

    def _retrieve_call(self, leg_id: str) -> ApiResponse:
        leg = self._exchange.legs.get(leg_id)
        now = self._exchange.clock.now()
        if leg is None or (leg.ended and leg.ended_at + ENDED_LEG_SECONDS < now):
            raise RefusalError("10005", UNKNOWN_CALL)  # SPEC names no status of it
        data = {**_call_data(leg), "is_alive": not leg.ended, "start_time": format_time(leg.started_at)}
        if leg.client_state is not None:
            data["client_state"] = leg.client_state
        if leg.answered_at:
            data["call_duration"] = int((leg.ended_at or now) - leg.answered_at)
        if leg.ended:
            data["end_time"] = format_time(leg.ended_at)
        return ApiResponse(200, {"data": data})

    def _run_command(self, leg_id: str, name: str, body: object) -> ApiResponse:
        leg, handler = self._exchange.leg(leg_id), COMMAND_HANDLERS[name]
        if repeated := self._exchange.response_to_repeat(leg.responses, body):
            return repeated
        self._exchange.live_leg(leg_id)
        body = self._exchange.checked(name, body)
        handler.check_leg(leg)
        supervising.check_command(leg, name)
        before = leg.client_state
        leg.client_state = body.get("client_state", leg.client_state)
        if headers := dialling.sip_headers(body):
            leg.command_headers[name] = headers
        try:
            named = handler.run(self._exchange, leg, body)
        except RefusalError:
            leg.client_state = before
            raise
        self._exchange.add_event(leg, name, "command")
        response = ApiResponse(200, {"data": {"result": "ok", **named}}) if named else OK
        return self._exchange.remember(leg.responses, body, response)

    # ------------------------------------------------------------------ actions of people

    def place(
        self,
        from_: str,
        to: str,
        person: Person | None = None,
        caller_name: str = "",
        headers: dict[str, str] | None = None,
        presses: tuple[str, ...] = (),
    ) -> str:
        """Lets a person call a number of the account, and returns the call_control_id of the leg.

        Without `person`, it is the person at `from_`. `presses` replaces the person's own. Raises PersonError for an empty address.
        """
        for name, address in (("from", from_), ("to", to)):
            if not ADDRESS_PATTERN.fullmatch(address):
                raise PersonError(f'{name} is a number like +14155550100, or a SIP URI, not "{address[:50]}"')
        person = person or self._exchange.people.caller(from_, "a")
        if presses:
            person = msgspec.structs.replace(person, presses=presses)
        leg = ringing.create_leg(self._exchange, "incoming", from_, to, person=person, headers=headers, caller_name=caller_name)
        ringing.start_ringing(self._exchange, leg)
        return leg.id

    def answer(self, call_control_id: str) -> None:
        """Lets a callee answer."""
        ringing.answer(self._exchange, self._ringing_callee(call_control_id))

    def machine(self, call_control_id: str, machine: Machine | Mapping[str, object] | bool = True) -> None:
        """Lets an answering machine answer: the default one, or the one given."""
        leg = self._ringing_callee(call_control_id)
        leg.party.person = read_person({"machine": machine})
        ringing.answer(self._exchange, leg)

    def busy(self, call_control_id: str) -> None:
        """Refuses the call because the callee is busy."""
        ending.hang_up_by_party(self._exchange, self._ringing_callee(call_control_id), ending.USER_BUSY)

    def no_answer(self, call_control_id: str) -> None:
        """Ends the time to ring now."""
        ending.hang_up(self._exchange, self._ringing_callee(call_control_id), ending.NO_ANSWER)

    def rejects(self, call_control_id: str, status: int = ending.DECLINED_SIP_STATUS) -> None:
        """Lets a callee reject the call with a SIP status. Raises PersonError where the status is not one of a refusal."""
        read_person({"rejects": status})
        ending.hang_up_by_party(self._exchange, self._ringing_callee(call_control_id), ending.rejection(status))

    def press(self, call_control_id: str, keys: Keys) -> None:
        """Lets a person press keys: the first one now, the others one after the other."""
        leg = self._answered_leg(call_control_id)
        for item in key_items(keys):
            leg.party.press(item)

    def say(self, call_control_id: str, what: object) -> None:
        """Lets a person say something: a text, or a Saying as a scenario has it. Raises PersonError where it is none."""
        self._answered_leg(call_control_id).party.say(read_saying(what))

    def hangup(self, call_control_id: str) -> None:
        """Lets a person hang up; before the answer, a callee declines and a caller gives up."""
        self._live_leg(call_control_id).party.hang_up()

    def hold(self, call_control_id: str, on: bool = True) -> None:
        """Lets a person put the call on hold, or resume it."""
        leg = self._answered_leg(call_control_id)
        self._exchange.send_webhook(leg, "call.hold" if on else "call.unhold")

    def legs(self) -> list[LegView]:
        """Returns the state of every leg, oldest first. Legs that ended 10 minutes ago are dropped."""
        return [leg.view() for leg in self._exchange.legs.values()]

    def messages(self) -> list[Body]:
        """Returns the last messages that were taken, oldest first."""
        return list(self._messages.taken)

    def leg(self, call_control_id: str) -> LegView:
        """Returns the state of a leg. Raises KeyError where there is none."""
        return self._exchange.legs[call_control_id].view()

    def find_leg(self, call_control_id: object) -> LegView | None:
        """Returns the state of a leg; None where there is none."""
        leg = self._exchange.legs.get(call_control_id) if isinstance(call_control_id, str) else None
        return leg.view() if leg else None

    def now(self) -> float:
        """Returns the time of its clock in UTC seconds."""
        return self._exchange.clock.now()

    def recording(self, recording_id: str) -> SavedRecording | None:
        """Returns a recording that was saved in the last 10 minutes."""
        return self._exchange.saved_recording(recording_id)

    def close(self) -> None:
        """Cancels everything that is scheduled, webhooks included."""
        self._exchange.close()

    def reset(self) -> None:
        """Ends everything without a webhook, and forgets every leg, queue, conference, recording and message."""
        self._exchange.clear()
        self._dial_responses.clear()
        self._conference_responses.clear()
        self._messages.clear()

    def _live_leg(self, call_control_id: str) -> SimulatedLeg:
        leg = self._exchange.legs[call_control_id]
        if leg.ended:
            raise LegStateError("the call has ended")
        return leg

    def _answered_leg(self, call_control_id: str) -> SimulatedLeg:
        leg = self._live_leg(call_control_id)
        if not leg.is_up:
            raise LegStateError("the call has not been answered")
        return leg

    def _ringing_callee(self, call_control_id: str) -> SimulatedLeg:
        leg = self._live_leg(call_control_id)
        if leg.direction == "incoming" or leg.state != "ringing":
            raise LegStateError("nobody is being called on this leg" if leg.direction == "incoming" else "the call has been answered")
        return leg


def _call_data(leg: SimulatedLeg) -> Body:
    """Returns what the carrier says of a leg that it has just begun to call (SPEC: is_alive is always false then)."""
    return {
        "call_control_id": leg.id,
        "call_leg_id": leg.leg_id,
        "call_session_id": leg.session.id,
        "is_alive": False,
        "record_type": "call",
        **({"recording_id": leg.recording_id} if leg.recording_id else {}),
    }
