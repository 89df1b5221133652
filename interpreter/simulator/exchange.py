"""The exchange: every leg there is, the clock they live on, and the post that brings their news to the application.

Webhooks of one carrier leave in the order in which things happened, each `latency` seconds after it happened.
"""

from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from callverbs.interpreter.simulator.clock import Action, Clock, Handle
from callverbs.interpreter.simulator.ids import Ids
from callverbs.interpreter.simulator.legs import Leg, Party
from callverbs.interpreter.simulator.people import People, Person
from callverbs.interpreter.simulator.refusals import RefusalError

Body = dict[str, Any]
Deliver = Callable[[Body], None]
Files = Mapping[str, float | Literal["missing"]]
"""How long files last in seconds, by URL or media name."""

ANY = "1"
"""The connection of inbound calls where every connection is ours."""
REMEMBERED = 600.0
"""Seconds after its end that a leg can still be asked for (SPEC: GET /calls answers for 10 minutes)."""
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the Z is written by hand
NAMELESS = frozenset({"call.speak.started", "call.speak.ended", "call.playback.started", "call.playback.ended"})
"""Webhooks that do not say who calls whom."""


class Exchange:
    """What every part of the carrier works with."""

    def __init__(
        self, clock: Clock, deliver: Deliver, people: People, ids: Ids, files: Files, connection_id: str | None, latency: float, url: str
    ) -> None:
        self.clock = clock
        self.people = people
        self.ids = ids
        self.files = files
        self.connection_id = connection_id
        self.legs: dict[str, Leg] = {}
        self.meet: Callable[[Leg, Person], Party]
        """Gives a leg its party."""
        self._deliver = deliver
        self._latency = latency
        self._url = url
        self._post: deque[tuple[Handle, Body]] = deque()
        self._ended: deque[Leg] = deque()
        self._last = 0

    def leg(self, call_control_id: object, pointer: str = "") -> Leg:
        """The leg of an id. Raises RefusalError where there never was one, or it is forgotten."""
        leg = self.legs.get(call_control_id) if isinstance(call_control_id, str) else None
        if leg is None:
            raise RefusalError("90015", f"no call has the call_control_id {call_control_id}", pointer)
        return leg

    def alive(self, call_control_id: object, pointer: str = "") -> Leg:
        """The same, for a leg that has to live."""
        leg = self.leg(call_control_id, pointer)
        if leg.ended:
            raise RefusalError("90018", "this call has ended", pointer)
        return leg

    def add(self, leg: Leg) -> None:
        """A leg has come into being; those that are over for long are forgotten."""
        while self._ended and self._ended[0].ended_at + REMEMBERED < self.clock.now():
            del self.legs[self._ended.popleft().id]
        self.legs[leg.id] = leg

    def remove(self, leg: Leg) -> None:
        """A leg is over. It can be asked for a while longer."""
        leg.ended_at = self.clock.now()
        for timer in leg.timers:
            timer.cancel()
        leg.timers.clear()
        self._ended.append(leg)

    def later(self, leg: Leg, seconds: float, action: Action) -> Handle:
        """Something that happens on a leg later, if the leg still lives."""

        def fire() -> None:
            leg.timers.discard(handle)
            if not leg.ended:
                action()

        handle = self.clock.later(seconds, fire)
        leg.timers.add(handle)
        return handle

    # ------------------------------------------------------------------ news

    def tell(self, leg: Leg, event_type: str, fields: Body | None = None) -> None:
        """A webhook about a leg."""
        payload: Body = {
            "call_control_id": leg.id,
            "call_leg_id": leg.leg_id,
            "call_session_id": leg.session.id,
            "connection_id": leg.connection_id,
            "client_state": leg.client_state,
        }
        if event_type not in NAMELESS:
            payload["from"] = leg.from_
            payload["to"] = leg.to
        if fields:
            payload.update(fields)
        happened: Body = {
            "record_type": "event",
            "event_type": event_type,
            "id": self.ids.uuid("event"),
            "occurred_at": self._occurred_at(),
            "payload": payload,
        }
        webhook: Body = {"data": happened, "meta": {"attempt": 1, "delivered_to": leg.url or self._url}}
        self._post.append((self.clock.later(self._latency, self._bring), webhook))

    def _bring(self) -> None:
        self._deliver(self._post.popleft()[1])

    def close(self) -> None:
        """Stop every timer: of legs, and of webhooks on their way."""
        for leg in self.legs.values():
            for timer in leg.timers:
                timer.cancel()
            leg.timers.clear()
        for handle, _ in self._post:
            handle.cancel()
        self._post.clear()

    def _occurred_at(self) -> str:
        """Now, at least a microsecond after the last time: no two things happen at the same moment."""
        self._last = max(self._last + 1, round(self.clock.now() * 1e6))
        return iso(self._last)


def iso(micros: int) -> str:
    """Microseconds since 1970 as the carrier writes times."""
    return (EPOCH + timedelta(microseconds=micros)).isoformat(timespec="microseconds") + "Z"


def written(at: float) -> str:
    """UTC seconds as the carrier writes times."""
    return iso(round(at * 1e6))
