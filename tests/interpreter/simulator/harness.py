"""A simulated carrier on a virtual clock, with short methods for what tests do with it. Every webhook that it sends is judged."""

from typing import Any
from urllib.parse import quote

import msgspec

from callverbs.interpreter.simulator.carrier import SimulatedCarrier
from callverbs.interpreter.simulator.clock import VirtualClock
from callverbs.interpreter.simulator.legs import LegView
from callverbs.interpreter.simulator.people import PersonDirectory, read_person
from callverbs.interpreter.simulator.refusals import ApiResponse
from callverbs.interpreter.simulator.routing import Route, Webhook
from tests.interpreter.simulator.judge import judge

BEGIN = 1_700_000_000.0
OURS, THEIRS, OTHER = "+14155550199", "+14155550100", "+14155550177"
LATENCY = 0.02

Body = dict[str, Any]
SPEECH = {"payload": "Hello, world!", "voice": "AWS.Polly.Joanna"}
SPEECH_SECONDS = 0.3 + 13 / 14
FILE = "https://example.com/a.mp3"
FILE_SECONDS = 4.0


def keys(**body: int | str) -> Body:
    """Returns the body of a gather with all its timeouts: 5 s to the first key, 2 s from key to key."""
    return {"initial_timeout_millis": 5_000, "inter_digit_timeout_millis": 2_000, "timeout_millis": 60_000, **body}


class CarrierHarness:
    """Calls at the carrier, and the webhooks that the application got."""

    def __init__(self, people: dict[str, Any] | None = None, **given: Any) -> None:
        self.clock = VirtualClock(BEGIN)
        self.webhooks: list[Body] = []
        self.times: list[float] = []
        self.routes: list[Route] = []
        known = {address: read_person(person) for address, person in (people or {}).items()}
        self.carrier = SimulatedCarrier(
            self.clock, self._take, PersonDirectory(known, default=read_person(given.pop("default", "answers"))), **given
        )

    def _take(self, webhook: Webhook) -> None:
        body = webhook.body
        judge(body)
        self.routes.append(webhook.route)
        self.webhooks.append(msgspec.json.decode(msgspec.json.encode(body)))
        self.times.append(round(self.clock.now() - BEGIN - LATENCY, 3))

    # ------------------------------------------------------------- what the application does

    def send(self, leg: str, name: str, method: str = "POST", **body: Any) -> ApiResponse:
        """Sends a command."""
        return self.carrier.request(method, f"/calls/{quote(leg, safe='')}/actions/{name}", _wire(body))

    def do(self, leg: str, name: str, **body: Any) -> None:
        """Sends a command that has to be taken."""
        response = self.send(leg, name, "PUT" if name == "client_state_update" else "POST", **body)
        assert response == ApiResponse(200, {"data": {"result": "ok"}}), (name, response)

    def try_dial(self, to: Any = OTHER, **body: Any) -> ApiResponse:
        """Sends a dial."""
        return self.carrier.request("POST", "/calls", _wire({"connection_id": "1", "from": OURS, "to": to, **body}))

    def dial(self, to: Any = OTHER, **body: Any) -> str:
        """Sends a dial that has to be taken, and returns the new leg."""
        response = self.try_dial(to, **body)
        assert response.status == 200, response
        assert response.body["data"]["is_alive"] is False
        leg: str = response.body["data"]["call_control_id"]
        return leg

    # ------------------------------------------------------------- calls in a state

    def inbound(self, person: object = "answers", **given: Any) -> str:
        """Returns the leg of a caller who was answered."""
        leg = self.carrier.place(THEIRS, OURS, read_person(person), **given)
        self.run(1)
        self.do(leg, "answer")
        self.run(1)
        self.forget()
        return leg

    def outbound(self, to: Any = OTHER, **body: Any) -> str:
        """Returns the leg of a party that was called and has answered."""
        leg = self.dial(to, **body)
        while self.view(leg).state == "ringing":
            assert self.clock.step()
        self.run(LATENCY)
        self.forget()
        return leg

    def bridged(self, **body: Any) -> tuple[str, str]:
        """Returns the legs of a caller and of a party that was called, who hear each other."""
        a = self.inbound()
        b = self.outbound(link_to=a)
        self.do(a, "bridge", call_control_id=b, **body)
        self.run(0.1)
        self.forget()
        return a, b

    def forget(self) -> None:
        """Drops the webhooks that came so far."""
        self.webhooks.clear()
        self.times.clear()
        self.routes.clear()

    def run(self, seconds: float | None = None) -> None:
        """Lets time pass."""
        self.clock.run(seconds)

    def view(self, leg: str) -> LegView:
        """Returns a leg as it is now."""
        return self.carrier.leg(leg)

    # ------------------------------------------------------------- what the application got

    def event_types(self, *legs: str) -> list[str]:
        """Returns the types of the webhooks that came, without `call.`."""
        return [body["data"]["event_type"].removeprefix("call.") for body in self.webhooks_of(*legs)]

    def webhooks_of(self, *legs: str) -> list[Body]:
        """Returns the webhooks of some legs; of all, where none is named."""
        return [body for body in self.webhooks if not legs or body["data"]["payload"].get("call_control_id") in legs]

    def last(self, event_type: str) -> Body:
        """Returns the payload of the last webhook of a type."""
        payload: Body = [body for body in self.webhooks if body["data"]["event_type"] == f"call.{event_type}"][-1]["data"]["payload"]
        return payload

    def at(self, event_type: str) -> float:
        """Returns when the last webhook of a type happened, in seconds since the beginning."""
        return [at for at, body in zip(self.times, self.webhooks, strict=True) if body["data"]["event_type"] == f"call.{event_type}"][-1]

    def now(self) -> float:
        """Returns the seconds since the beginning."""
        return round(self.clock.now() - BEGIN, 3)


def _wire(body: Body) -> Body:
    """`from_` is written `from`."""
    return {key.rstrip("_"): value for key, value in body.items()}


def error(response: ApiResponse) -> tuple[int, str, str]:
    """Returns status, code and pointer of a refusal."""
    (one,) = response.body["errors"]
    assert one["title"]
    assert one["detail"]
    return response.status, one["code"], one.get("source", {}).get("pointer", "")
