"""The simulated carrier: Call Control v2 with calls behind it. Requests come in, webhooks go out, and people do what they do.

It does nothing by itself: everything happens in a request, in a person's deed, or when its clock says so. What the carrier's
documentation leaves open is decided where it is done, with a comment.
"""

from collections.abc import Mapping
from urllib.parse import unquote

import msgspec

from callverbs.interpreter.simulator import dialling, ending, ringing
from callverbs.interpreter.simulator.clock import Clock
from callverbs.interpreter.simulator.commands import TABLE
from callverbs.interpreter.simulator.exchange import REMEMBERED, Body, Deliver, Exchange, Files, written
from callverbs.interpreter.simulator.ids import CountedIds, Ids
from callverbs.interpreter.simulator.legs import Leg, LegView
from callverbs.interpreter.simulator.party import Actor
from callverbs.interpreter.simulator.people import Keys, Machine, MomentError, People, Person, read, typed
from callverbs.interpreter.simulator.refusals import OK, RefusalError, Response, check

REPEATED = 60.0
"""Seconds in which a command with the same command_id is ignored (KB, command retries)."""


class SimulatedCarrier:
    """One account at the carrier. `deliver` is given every webhook, `latency` seconds after it happened.

    `connection_id` is the Call Control application that may dial; None lets every one. `media` says how long audio files last
    in seconds, by URL or media name, or that one is "missing". `url` is where the webhooks say that they were sent.
    """

    def __init__(
        self,
        clock: Clock,
        deliver: Deliver,
        people: People | None = None,
        ids: Ids | None = None,
        *,
        connection_id: str | None = "1",
        latency: float = 0.02,
        media: Files | None = None,
        url: str = "",
    ) -> None:
        self._exchange = Exchange(clock, deliver, people or People(), ids or CountedIds(), media or {}, connection_id, latency, url)
        self._exchange.meet = lambda leg, person: Actor(self._exchange, leg, person)
        self._dials: dict[str, tuple[float, Response]] = {}

    # ------------------------------------------------------------------ the application's side

    def request(self, method: str, path: str, body: object = None) -> Response:
        """Answer a request. The path begins after the base URL; ids in it are percent-encoded."""
        try:
            return self._answer(method, path.strip("/").split("/"), {} if body is None else body)
        except RefusalError as refusal:
            return refusal.response

    def _answer(self, method: str, path: list[str], body: object) -> Response:
        if path == ["calls"] and method == "POST":
            return self._dial(body)
        if len(path) == 2 and path[0] == "calls" and method == "GET":
            return self._report(unquote(path[1]))
        if len(path) == 4 and (path[0], path[2]) == ("calls", "actions") and path[3] in TABLE and TABLE[path[3]].method == method:
            return self._act(unquote(path[1]), path[3], body)
        raise RefusalError("10005", f"the simulated carrier has no {method} /{'/'.join(path)}")

    def _dial(self, body: object) -> Response:
        body = check("dial", body)
        if earlier := self._earlier(self._dials, body):
            return earlier
        leg = dialling.dial(self._exchange, body)
        leg.sent["dial"] = leg.headers
        return self._remember(self._dials, body, Response(200, {"data": _report(leg)}))

    def _report(self, leg_id: str) -> Response:
        leg = self._exchange.legs.get(leg_id)
        now = self._exchange.clock.now()
        if leg is None or (leg.ended and leg.ended_at + REMEMBERED < now):
            raise RefusalError("10005", f"no call has the call_control_id {leg_id}")
        report = {**_report(leg), "is_alive": not leg.ended, "start_time": written(leg.started_at)}
        if leg.client_state is not None:
            report["client_state"] = leg.client_state
        if leg.answered_at:
            report["call_duration"] = int((leg.ended_at or now) - leg.answered_at)
        if leg.ended:
            report["end_time"] = written(leg.ended_at)
        return Response(200, {"data": report})

    def _act(self, leg_id: str, name: str, body: object) -> Response:
        leg, command = self._exchange.leg(leg_id), TABLE[name]
        if earlier := self._earlier(leg.commands, body):
            return earlier
        self._exchange.alive(leg_id)
        body = check(name, body)
        command.needs(leg)
        before = leg.client_state
        leg.client_state = body.get("client_state", leg.client_state)
        if headers := dialling.headers(body):
            leg.sent[name] = headers
        try:
            command.run(self._exchange, leg, body)
        except RefusalError:
            leg.client_state = before
            raise
        return self._remember(leg.commands, body, OK)

    def _earlier(self, answers: dict[str, tuple[float, Response]], body: object) -> Response | None:
        """What a command with this command_id was answered a short while ago; a refused one does not count."""
        command_id = body.get("command_id") if isinstance(body, dict) else None
        at, answer = answers.get(command_id, (0.0, None)) if isinstance(command_id, str) else (0.0, None)
        return answer if answer and self._exchange.clock.now() - at < REPEATED else None

    def _remember(self, answers: dict[str, tuple[float, Response]], body: Body, answer: Response) -> Response:
        now = self._exchange.clock.now()
        while answers and now - next(iter(answers.values()))[0] >= REPEATED:
            del answers[next(iter(answers))]
        if "command_id" in body:
            answers[body["command_id"]] = now, answer
        return answer

    # ------------------------------------------------------------------ people's side

    def place(
        self,
        from_: str,
        to: str,
        person: Person | None = None,
        caller_name: str = "",
        headers: dict[str, str] | None = None,
        presses: tuple[str, ...] = (),
    ) -> str:
        """Somebody calls a number of ours; the call_control_id of the leg. Without a person it is whoever is known at `from_`.

        `presses` is what is typed instead of what that person would.
        """
        person = person or self._exchange.people.calling(from_, "a")
        if presses:
            person = msgspec.structs.replace(person, presses=presses)
        leg = ringing.create(self._exchange, "incoming", from_, to, person=person, headers=headers, caller_name=caller_name)
        ringing.begin(self._exchange, leg)
        return leg.id

    def answer(self, call_control_id: str) -> None:
        """Whoever is called picks up."""
        ringing.answer(self._exchange, self._called(call_control_id))

    def machine(self, call_control_id: str, machine: Machine | Mapping[str, object] | bool = True) -> None:
        """A voicemail picks up: any, or one with its greeting and its beep."""
        leg = self._called(call_control_id)
        leg.party.person = read({"machine": machine})
        ringing.answer(self._exchange, leg)

    def busy(self, call_control_id: str) -> None:
        """Whoever is called is on the phone."""
        ending.by_party(self._exchange, self._called(call_control_id), ending.BUSY)

    def no_answer(self, call_control_id: str) -> None:
        """The time to ring is over, now."""
        ending.hang_up(self._exchange, self._called(call_control_id), ending.NO_ANSWER)

    def rejects(self, call_control_id: str, status: int = ending.DECLINED) -> None:
        """Whoever is called declines, with a SIP status. Raises PeopleError for one that refuses nothing."""
        read({"rejects": status})
        ending.by_party(self._exchange, self._called(call_control_id), ending.rejected(status))

    def press(self, call_control_id: str, keys: Keys) -> None:
        """Somebody types keys: the first one now, the others one after the other."""
        leg = self._answered(call_control_id)
        for item in typed(keys):
            leg.party.types(item)

    def hangup(self, call_control_id: str) -> None:
        """Somebody hangs up; who is being called declines, and who still hears ringing gives up."""
        self._living(call_control_id).party.leaves()

    def hold(self, call_control_id: str, on: bool = True) -> None:
        """Somebody puts the call on hold, or comes back."""
        leg = self._answered(call_control_id)
        self._exchange.tell(leg, "call.hold" if on else "call.unhold")

    def legs(self) -> list[LegView]:
        """Every leg as it stands, in the order in which they began; those that are over for 10 minutes are forgotten."""
        return [leg.view() for leg in self._exchange.legs.values()]

    def leg(self, call_control_id: str) -> LegView:
        """One leg as it stands. Raises KeyError where there is none."""
        return self._exchange.legs[call_control_id].view()

    def close(self) -> None:
        """Nothing happens any more, and nobody is told of anything."""
        self._exchange.close()

    def _living(self, call_control_id: str) -> Leg:
        leg = self._exchange.legs[call_control_id]
        if leg.ended:
            raise MomentError("the call has ended")
        return leg

    def _answered(self, call_control_id: str) -> Leg:
        leg = self._living(call_control_id)
        if not leg.is_up:
            raise MomentError("the call has not been answered")
        return leg

    def _called(self, call_control_id: str) -> Leg:
        leg = self._living(call_control_id)
        if leg.direction == "incoming" or leg.state != "ringing":
            raise MomentError("nobody is being called on this leg" if leg.direction == "incoming" else "the call has been answered")
        return leg


def _report(leg: Leg) -> Body:
    """What the carrier says of a leg that it has just begun to call (SPEC: is_alive is always false then)."""
    return {
        "call_control_id": leg.id,
        "call_leg_id": leg.leg_id,
        "call_session_id": leg.session.id,
        "is_alive": False,
        "record_type": "call",
    }
