"""One call on the virtual clock: the real switchboard and the real step, with a pretend carrier, pretend people and a pretend application.

It replaces the network and nothing else: the carrier's webhooks are read as the live ones are, commands are made as they
would go over the wire. Nothing here waits, and the same scenario gives the same lines, byte for byte.
"""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import msgspec

from interpreter.hooks import client as hooks
from interpreter.hooks import retry
from interpreter.hooks.client import Answer
from interpreter.lanes import Lanes
from interpreter.session import Entry, load, peek
from interpreter.settling import OVER
from interpreter.simulator.carrier import Carrier
from interpreter.simulator.clock import VirtualClock
from interpreter.simulator.ids import CountedIds
from interpreter.simulator.ladder import Line, complaint, over, place
from interpreter.simulator.people import People, PeopleError
from interpreter.simulator.scenario import Scenario
from interpreter.simulator.script import Script
from interpreter.simulator.stubs import FLOW, Given, Stubs, application
from interpreter.stores.memory import MemoryStore
from interpreter.switchboard import Saved, Switchboard, session_of
from interpreter.telnyx import client, client_state, webhooks
from interpreter.telnyx.commands import CommandError, Wire, notes, request
from verbs import _request
from verbs._app import App
from verbs._commands import Ask, Command
from verbs._events import CallRequested, Event, LegInitiated, TimerFired

BEGIN = 1_700_000_000.0
"""When every simulated call begins, in UTC seconds."""
LATENCY = 0.02
"""Seconds that a request takes there, and its answer back."""
T = TypeVar("T")

Application = Callable[[Ask], Answer]
"""Whoever answers hooks that are not stubbed: a real application, where one is given."""


class Simulation:
    """One call, from its first webhook to its last."""

    def __init__(self, scenario: Scenario, document: str = "", live: Application | None = None, press: tuple[str, ...] = ()) -> None:
        self.scenario = scenario
        self.lines: list[Line] = []
        self.failures: list[str] = []
        self.unrunnable: Line | None = None
        """What is wrong with the first hook's reply: it is the document."""
        self.clock = VirtualClock(BEGIN)
        self._document = document
        self._live = live
        self._press = press
        self._app = application(scenario)
        self._stubs = Stubs(scenario.hooks, self._app.base_url, scenario.settings.get("hook_timeout", hooks.TIMEOUT))
        self._people = People(scenario.people, scenario.caller)
        self._carrier = Carrier(
            self.clock, self._webhook, self._people, CountedIds(), connection_id=None, latency=LATENCY, media=scenario.files
        )
        self._store = MemoryStore()
        self._board = Switchboard(self._store, self, then=self._saved, now=self.clock.now, worker="simulator")
        self._lanes = Lanes()
        self._script = Script(scenario.script, self)
        self._session = ""
        self._names: dict[str, str] = {}

    def answering(self, event: LegInitiated) -> App:
        """The only application there is."""
        return self._app

    # ------------------------------------------------------------- the call

    def run(self) -> None:
        """Let the call happen."""
        self._begin()
        self.clock.later(self.scenario.lasts, self._limit)
        self._script.go_on()
        while self.clock.step() and not self._is_over():
            pass
        self._end()

    def _begin(self) -> None:
        given = self.scenario.given
        if given.direction == "inbound":
            caller = self._carrier.place(given.caller, given.called, None, given.caller_name, given.headers, self._press)
            self._session = session_of(caller)
            self._names[caller] = "a"
        else:
            wanted = _request.read(given.request)
            self._session = session_of("outgoing")
            self._take(CallRequested(id="request", from_=wanted.from_, spec=wanted.spec, tag=wanted.tag), app=self._app)

    def _is_over(self) -> bool:
        record = _now(self._store.load(self._session))
        following = self.clock.next_at()
        return bool(record and record.ended and (following is None or following > record.ended + 1))

    def _limit(self) -> None:
        record = _now(self._store.load(self._session))
        if record and not record.ended and self.knows("a"):
            who = "caller" if self.scenario.given.direction == "inbound" else "called"
            self._note(f"the {who} hangs up after {self.scenario.lasts:g} s", "a")
            self.act("a", "hangup", None)

    def _end(self) -> None:
        record = _now(self._store.load(self._session))
        session = load(record.snapshot) if record else None
        if session and session.ended:
            self._line(over(self.lines[-1].at, session))
        else:
            self.failures.append("the call has not ended: somebody waits for something that never comes")
        if failure := self._script.finish():
            self.failures.append(failure)
        for url in self._stubs.unused():
            self._note(f"the scenario's hook {url} was never asked")
        for who in self._people.unmet:
            self._note(f"the scenario's person {who} was never on the line")

    # ------------------------------------------------------------- lines

    def _at(self) -> float:
        return round(self.clock.now() - BEGIN, 3)

    def _line(self, line: Line) -> None:
        self.lines.append(line)
        self._script.go_on()

    def _note(self, text: str, leg: str = "") -> None:
        self._line(Line(self._at(), "note", leg, "note", text=text))

    def later(self, wait: float, action: Callable[[], None]) -> None:
        """Do something in so many seconds."""
        self.clock.later(wait, action)

    def knows(self, leg: str) -> bool:
        """Whether there is such a leg by now."""
        return leg in self._names.values()

    def act(self, leg: str, action: str, value: Any) -> None:
        """Let the party on a leg do something."""
        call = next(one for one, name in self._names.items() if name == leg)
        try:
            getattr(self._carrier, action)(call, *([] if value is None else [value]))
        except PeopleError as error:
            self.failures.append(f"nobody can {action} on leg {leg}: {error}")

    # ------------------------------------------------------------- news

    def _webhook(self, body: dict[str, Any]) -> None:
        raw = msgspec.json.encode(body)
        payload = body["data"]["payload"]
        leg = client_state.read(payload.get("client_state")).leg or self._names.get(payload.get("call_control_id", ""), "")
        self._names.setdefault(payload.get("call_control_id", ""), leg)
        self._line(Line(self._at(), "webhook", leg, body["data"]["event_type"], body=body))
        event = webhooks.read(raw)
        if event:
            self._take(event, raw)

    def _take(self, event: Event, raw: bytes = b"", app: App | None = None) -> None:
        _now(self._board.receive(event, raw, self._session, app))

    def _saved(self, saved: Saved) -> None:
        for text in saved.outcome.notes:
            self._note(text)
        for problem in saved.outcome.problems:
            self._line(complaint(self._at(), problem, self._app.base_url))
        for entry in saved.new:
            if self._lanes.add(saved.session, entry):
                self._send(entry)
        if saved.outcome.due:
            self.clock.later(max(saved.outcome.due - self.clock.now(), 0.0), self._ring)

    def _ring(self) -> None:
        """Fire what is due. Leases never end here: nobody dies."""
        record = _now(self._store.load(self._session))
        if record:
            due = [n for n, at in peek(record.snapshot).timers.items() if at <= self.clock.now()]
            for n in due:
                self._take(TimerFired(id=f"timer {n}", n=n))

    # ------------------------------------------------------------- wishes

    def _send(self, entry: Entry) -> None:
        record = _now(self._store.load(self._session))
        view = peek(record.snapshot) if record else None
        if view is None or entry.n not in view.open:
            self._done(entry)
        elif isinstance(entry.wish, Ask):
            self._ask(entry, entry.wish)
        elif isinstance(entry.wish, Command):
            self._command(entry, entry.wish, view.ids)

    def _command(self, entry: Entry, command: Command, ids: dict[str, str]) -> None:
        result = f"result {entry.n}"
        try:
            wire = Wire(self._session, entry.n, ids)
            wanted, said = request(command, wire), notes(command, wire)
        except CommandError as error:
            self._settle(entry, client.refused(entry, result, error), LATENCY)
            return
        self._line(Line(self._at(), "command", command.leg, wanted.name, method=wanted.method, path=wanted.path, body=wanted.body))

        def arrive() -> None:
            response = self._carrier.request(wanted.method, wanted.path, wanted.body)
            if response.status >= 400:
                self._note(_refusal(wanted.name, response.body["errors"][0]), command.leg)
            answer = client.read(entry, result, response.status, msgspec.json.encode(response.body))
            self._settle(entry, client.noted(answer, said), LATENCY)

        self.clock.later(LATENCY, arrive)

    def _ask(self, entry: Entry, ask: Ask, attempt: int = 0) -> None:
        url, policy = retry.split(ask.url)
        leg, shown = self._leg_of(ask), place(url, self._app.base_url)
        self._line(Line(self._at(), "hook", leg, f"{ask.method} {shown}", method=ask.method, url=url, body=ask.payload))
        answer, delay, stubbed = self._answer(msgspec.structs.replace(ask, url=url))
        if not stubbed:
            self._note(f"the scenario has no answer for {shown}: it gets 204")
            if self.scenario.strict:
                self.failures.append(f"the scenario has no answer for {url}")

        def arrive() -> None:
            self._line(Line(self._at(), "reply", leg, shown, url=url, status=answer.status, body=_value(answer), text=answer.reason))
            if answer.failure and policy.covers(answer.failure) and attempt < policy.times:
                self.clock.later(retry.PAUSES[attempt], lambda: self._ask(entry, ask, attempt + 1))
            else:
                self._settle(entry, hooks.event(f"reply {entry.n}", entry.n, answer), 0.0)

        self.clock.later(delay + LATENCY, arrive)

    def _answer(self, ask: Ask) -> Given:
        if ask.url.startswith(FLOW):
            return Given(hooks.judge(200, hooks.JSON, self._document))
        given = self._stubs.answer(ask.url, ask.payload)
        if not given.stubbed and self._live:
            return Given(self._live(ask))
        if not given.stubbed and ask.kind == "status" and not self.scenario.strict:
            return Given(given.answer)
        return given

    def _leg_of(self, ask: Ask) -> str:
        return next((leg for call, leg in self._names.items() if call == ask.payload.get("call_id")), "")

    def _settle(self, entry: Entry, event: Event, wait: float) -> None:
        def arrive() -> None:
            before = len(self.lines)
            self._take(event)
            if isinstance(entry.wish, Ask) and entry.wish.kind == "call":
                self.unrunnable = next((line for line in self.lines[before:] if line.name == "problem"), None)
            self._done(entry)

        self.clock.later(wait, arrive)

    def _done(self, entry: Entry) -> None:
        for following in self._lanes.done(self._session, entry):
            self._send(following)


def _now(coroutine: Coroutine[Any, Any, T]) -> T:
    """What a coroutine returns that never waits: a memory store and a single sender give it nothing to wait for."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        result: T = stop.value
        return result
    raise RuntimeError("something in the simulation has waited")


def _refusal(command: str, error: dict[str, Any]) -> str:
    """What the carrier has against a command. One that crossed the party's own hangup is nobody's fault."""
    if error["code"] in OVER:
        return f"{command} came too late: the call had ended ({error['code']})"
    return f"the carrier refuses {command}: {error['code']} {error.get('detail') or error['title']}"


def _value(answer: Answer) -> Any:
    try:
        return msgspec.json.decode(answer.body) if answer.body else None
    except msgspec.DecodeError:
        return answer.body
