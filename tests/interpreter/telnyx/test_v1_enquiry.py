"""Version 1 cannot be asked how a call stands: what we have let go counts as over, and what we have answered as answered."""

from interpreter.outcome import Outcome
from interpreter.session import Session, load
from interpreter.step import begin, step
from interpreter.telnyx import v1
from interpreter.telnyx.client import refused
from interpreter.telnyx.commands import CommandError, Wire
from verbs import _events as word
from verbs._app import App
from verbs._commands import Answer, Command, Enquire, HangUp, Reject

BEGIN = 1_795_255_200.0
INCOMING = word.LegInitiated(id="in", at=BEGIN, call_control_id="v2:in", from_="+14155550100", to="+14155550199")


class Call:
    """A session whose carrier speaks version 1 and has fallen silent: no webhook comes after the first."""

    def __init__(self, document: bytes) -> None:
        self.at = BEGIN
        app = App(call_hook="https://example.com/call")
        self.outcome: Outcome = step(begin("S", app, INCOMING), INCOMING)
        (ask,) = self.outcome.new
        reply = word.HookReplied(id="reply", at=self.at, n=ask.n, content_type="application/json", body=document.decode())
        self.tell(reply)

    @property
    def session(self) -> Session:
        return load(self.outcome.snapshot)

    def tell(self, event: word.Event) -> None:
        self.outcome = step(self.outcome.snapshot, event)

    def last(self, kind: type[Command]) -> int:
        """The number of the only command that is to be sent now."""
        (entry,) = [entry for entry in self.outcome.new if isinstance(entry.wish, kind)]
        return entry.n

    def wait(self) -> None:
        """The next timer is due."""
        timer = min(self.session.timers.values(), key=lambda timer: timer.due)
        self.at = timer.due
        self.tell(word.TimerFired(id=f"timer {timer.n}", at=self.at, n=timer.n))

    def enquire(self) -> None:
        """The engine asks, and the border answers as it does in version 1."""
        (entry,) = [entry for entry in self.outcome.new if isinstance(entry.wish, Enquire)]
        assert isinstance(entry.wish, Enquire)
        try:
            v1.request(entry.wish, Wire("S", entry.n, {"a": "v2:in"}))
        except CommandError as error:
            failed = refused(entry, f"S:{entry.n}", error)
        self.tell(word.CommandFailed(id=failed.id, at=self.at, n=failed.n, code=failed.code, title=failed.title))


def test_a_call_that_the_carrier_has_called_over() -> None:
    call = Call(b'[{"verb": "sip:decline", "status": 603}]')
    call.tell(word.CommandFailed(id="failed", at=call.at, n=call.last(Reject), status=422, code="90018", title="Call has already ended"))
    call.wait()
    call.enquire()
    assert call.session.ended
    assert call.session.problems == []


def test_a_hangup_that_nobody_has_confirmed() -> None:
    call = Call(b'[{"verb": "answer"}, {"verb": "hangup"}]')
    call.tell(word.LegAnswered(id="answered", at=call.at, leg="a", call_control_id="v2:in"))
    call.tell(word.CommandAccepted(id="accepted", at=call.at, n=call.last(HangUp)))
    assert not call.session.ended
    call.wait()
    call.enquire()
    assert call.session.ended == call.at


def test_an_answer_that_nobody_has_confirmed() -> None:
    call = Call(b'[{"verb": "answer"}, {"verb": "pause", "length": 5}]')
    call.tell(word.CommandAccepted(id="accepted", at=call.at, n=call.last(Answer)))
    call.wait()
    call.enquire()
    assert call.session.legs["a"].state == "answered"
    assert [verb.name for verb in call.session.verbs.values() if verb.name] == ["pause"]
