"""Version 1 has no retrieve_call: a leg that we have rejected or hung up counts as over, one that we have answered as answered."""

import msgspec

from callverbs.interpreter.engine.outcome import Outcome
from callverbs.interpreter.engine.session import Session, load
from callverbs.interpreter.engine.step import begin, step
from callverbs.interpreter.telnyx.client import CarrierResponse, TelnyxClient
from callverbs.interpreter.telnyx.commands import CarrierRequest
from callverbs.interpreter.telnyx.v1 import V1
from callverbs.verbs.language import events
from callverbs.verbs.language.app import App
from callverbs.verbs.language.commands import Answer, Command, HangUp, Reject, RetrieveCall

BEGIN = 1_795_255_200.0
INCOMING = events.LegInitiated(id="in", at=BEGIN, call_control_id="v2:in", from_="+14155550100", to="+14155550199")


class NoTransport:
    """Fails the test if anything is sent."""

    async def send(self, request: CarrierRequest) -> CarrierResponse:
        raise AssertionError(request)


class Call:
    """A session whose carrier speaks version 1 and sends no webhook after the first."""

    def __init__(self, document: bytes) -> None:
        self.at = BEGIN
        app = App(call_hook="https://example.com/call")
        self.outcome: Outcome = step(begin("S", app, INCOMING), INCOMING)
        (request,) = self.outcome.new
        reply = events.HookReplied(id="reply", at=self.at, n=request.n, content_type="application/json", body=document.decode())
        self.receive(reply)

    @property
    def session(self) -> Session:
        return load(self.outcome.snapshot)

    def receive(self, event: events.Event) -> None:
        self.outcome = step(self.outcome.snapshot, event)

    def last(self, kind: type[Command]) -> int:
        """Returns the number of the only command of this kind that is to be sent now."""
        (entry,) = [entry for entry in self.outcome.new if isinstance(entry.message, kind)]
        return entry.n

    def fire_next_timer(self) -> None:
        """Fires the timer that is due next."""
        timer = min(self.session.timers.values(), key=lambda timer: timer.due)
        self.at = timer.due
        self.receive(events.TimerFired(id=f"timer {timer.n}", at=self.at, n=timer.n))

    async def retrieve(self) -> None:
        """Sends the retrieve_call of the engine to the client of version 1, which refuses it."""
        (entry,) = [entry for entry in self.outcome.new if isinstance(entry.message, RetrieveCall)]
        failed = await TelnyxClient(NoTransport(), V1).send("S", entry, {"a": "v2:in"})
        assert isinstance(failed, events.CommandFailed)
        self.receive(msgspec.structs.replace(failed, at=self.at))


async def test_a_call_that_the_carrier_says_has_ended() -> None:
    call = Call(b'[{"verb": "sip:decline", "status": 603}]')
    call.receive(
        events.CommandFailed(id="failed", at=call.at, n=call.last(Reject), status=422, code="90018", title="Call has already ended")
    )
    call.fire_next_timer()
    await call.retrieve()
    assert call.session.ended
    assert call.session.problems == []


async def test_a_hangup_without_a_webhook() -> None:
    call = Call(b'[{"verb": "answer"}, {"verb": "hangup"}]')
    call.receive(events.LegAnswered(id="answered", at=call.at, leg="a", call_control_id="v2:in"))
    call.receive(events.CommandAccepted(id="accepted", at=call.at, n=call.last(HangUp)))
    assert not call.session.ended
    call.fire_next_timer()
    await call.retrieve()
    assert call.session.ended == call.at


async def test_an_answer_without_a_webhook() -> None:
    call = Call(b'[{"verb": "answer"}, {"verb": "pause", "length": 5}]')
    call.receive(events.CommandAccepted(id="accepted", at=call.at, n=call.last(Answer)))
    call.fire_next_timer()
    await call.retrieve()
    assert call.session.legs["a"].state == "answered"
    assert [verb.name for verb in call.session.verbs.values()] == ["incoming", "pause"]
