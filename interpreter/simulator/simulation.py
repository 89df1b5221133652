"""One call on the virtual clock: the real runtime and engine, with a pretend carrier, pretend people and a pretend application.

It replaces the network and nothing else: switchboard, dispatcher, timers and both clients are the live ones. No time passes, and the
same scenario gives the same lines, byte for byte.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from callverbs.interpreter.engine.session import load
from callverbs.interpreter.hooks.client import HOOK_TIMEOUT_SECONDS
from callverbs.interpreter.ladder.line import Kind, Line, end_line, problem_line
from callverbs.interpreter.runtime.dispatcher import Dispatcher
from callverbs.interpreter.runtime.switchboard import Saved, Switchboard, session_of
from callverbs.interpreter.runtime.timers import Timers
from callverbs.interpreter.simulator.carrier import SimulatedCarrier
from callverbs.interpreter.simulator.clock import VirtualClock
from callverbs.interpreter.simulator.ids import CountedIds
from callverbs.interpreter.simulator.network import LATENCY_SECONDS, Application, CarrierNetwork, HookNetwork
from callverbs.interpreter.simulator.people import People, PeopleError
from callverbs.interpreter.simulator.scenario import Scenario
from callverbs.interpreter.simulator.script import Script
from callverbs.interpreter.simulator.stubs import Stubs, application
from callverbs.interpreter.simulator.virtual_loop import VirtualLoop
from callverbs.interpreter.stores.memory import MemoryStore
from callverbs.interpreter.telnyx import client_state, webhooks
from callverbs.interpreter.telnyx.client import TelnyxClient
from callverbs.verbs.language import call_request
from callverbs.verbs.language.app import App
from callverbs.verbs.language.events import CallRequested, Event, HookFailed, HookReplied, LegInitiated

BEGIN = 1_700_000_000.0
"""When every simulated call begins, in UTC seconds."""
LINGER_SECONDS = 1.0
"""Webhooks that come so long after the end of a call are still part of it."""


class Simulation:
    """One call, from its first webhook to its last."""

    def __init__(self, scenario: Scenario, document: str = "", live: Application | None = None, press: tuple[str, ...] = ()) -> None:
        self.scenario = scenario
        self.lines: list[Line] = []
        self.failures: list[str] = []
        self.unrunnable: Line | None = None
        """What is wrong with the first hook's reply: it is the document."""
        self.clock = VirtualClock(BEGIN)
        self.legs: dict[str, str] = {}
        self._press = press
        self._app = application(scenario)
        self._stubs = Stubs(scenario.hooks, self._app.base_url, scenario.settings.get("hook_timeout", HOOK_TIMEOUT_SECONDS))
        self._people = People(scenario.people, scenario.caller)
        self._carrier = SimulatedCarrier(
            self.clock, self._webhook, self._people, CountedIds(), connection_id=None, latency=LATENCY_SECONDS, media=scenario.files
        )
        self._hooks = HookNetwork(
            self._stubs, self, asyncio.sleep, base_url=self._app.base_url, document=document, live=live, strict=scenario.strict
        )
        self._loop = VirtualLoop(self.clock)  # type: ignore[abstract] # it has what this needs of a loop
        store = MemoryStore()
        carrier = TelnyxClient(CarrierNetwork(self._carrier, self, asyncio.sleep))
        self._dispatcher = Dispatcher(store, carrier, self._hooks, self.clock.now)
        self._timers = Timers(store, self._dispatcher, self.clock.now)
        self._switchboard = Switchboard(store, self, then=self._saved, now=self.clock.now, worker="simulator")
        self._dispatcher.receive = self._timers.receive = self._receive
        self._script = Script(scenario.script, self)
        self._session = ""
        self._last: Saved | None = None

    def answering(self, event: LegInitiated) -> App:
        """Returns the only application there is."""
        return self._app

    # ------------------------------------------------------------- the call

    def run(self) -> None:
        """Lets the call happen."""
        self._begin()
        self.clock.later(self.scenario.lasts, self._hang_up_at_last)
        self._script.go_on()
        self._loop.run(until=self._is_over)
        self._end()
        self._loop.close()

    def _begin(self) -> None:
        given = self.scenario.given
        if given.direction == "inbound":
            caller = self._carrier.place(given.caller, given.called, None, given.caller_name, given.headers, self._press)
            self._session = session_of(caller)
            self.legs[caller] = "a"
        else:
            request = call_request.read(given.request)
            self._session = session_of("outgoing")
            event = CallRequested(id="request", from_=request.from_, spec=request.spec, tag=request.tag)
            self._loop.spawn(self._receive(event, app=self._app))

    def _is_over(self) -> bool:
        if not self._last or not self._last.outcome.ended:
            return False
        following = self.clock.next_at()
        return following is None or following > self._last.outcome.ended + LINGER_SECONDS

    def _hang_up_at_last(self) -> None:
        if self._last and not self._last.outcome.ended and self.knows("a"):
            who = "caller" if self.scenario.given.direction == "inbound" else "called"
            self.note(f"the {who} hangs up after {self.scenario.lasts:g} s", "a")
            self.act("a", "hangup", None)

    def _end(self) -> None:
        if self._last and self._last.outcome.ended:
            self._add(end_line(self.lines[-1].at, load(self._last.outcome.snapshot)))
        else:
            self.fail("the call has not ended: somebody waits for something that never comes")
        if failure := self._script.finish():
            self.fail(failure)
        for url in self._stubs.unused():
            self.note(f"the scenario's hook {url} was never asked")
        for who in self._people.unmet:
            self.note(f"the scenario's person {who} was never on the line")

    def heard(self) -> dict[str, list[str]]:
        """Returns what each party has heard, by the name of its leg."""
        return {leg.label: [one.what for one in leg.heard] for leg in self._carrier.legs()}

    # ------------------------------------------------------------- lines

    def add(self, kind: Kind, leg: str, name: str, **fields: Any) -> Line:
        """Adds a line at the time of the clock."""
        return self._add(Line(self._at(), kind, leg, name, **fields))

    def note(self, text: str, leg: str = "") -> None:
        """Adds a note."""
        self.add("note", leg, "note", text=text)

    def fail(self, failure: str) -> None:
        """Notes something that was not as expected."""
        self.failures.append(failure)

    def _add(self, line: Line) -> Line:
        self.lines.append(line)
        self._script.go_on()
        return line

    def _at(self) -> float:
        return round(self.clock.now() - BEGIN, 3)

    # ------------------------------------------------------------- the script's side

    def later(self, wait: float, action: Callable[[], None]) -> None:
        """Does something in so many seconds."""
        self.clock.later(wait, action)

    def knows(self, leg: str) -> bool:
        """Returns whether there is such a leg by now."""
        return leg in self.legs.values()

    def act(self, leg: str, action: str, value: Any) -> None:
        """Lets the party on a leg do something."""
        call = next(one for one, name in self.legs.items() if name == leg)
        try:
            getattr(self._carrier, action)(call, *([] if value is None else [value]))
        except PeopleError as error:
            self.fail(f"nobody can {action} on leg {leg}: {error}")

    # ------------------------------------------------------------- events

    def _webhook(self, body: dict[str, Any]) -> None:
        raw = msgspec.json.encode(body)
        payload = body["data"]["payload"]
        call = payload.get("call_control_id", "")
        leg = client_state.read(payload.get("client_state")).leg or self.legs.get(call, "")
        self.legs.setdefault(call, leg)
        self.add("webhook", leg, body["data"]["event_type"], body=body)
        event = webhooks.read(raw)
        if event:
            self._loop.spawn(self._receive(event, raw))

    async def _receive(self, event: Event, raw: bytes = b"", session: str = "", app: App | None = None) -> None:
        """Takes an event. A problem with the reply of the first hook means that there is no call to speak of."""
        before = len(self.lines)
        await self._switchboard.receive(event, raw, session or self._session, app)
        if isinstance(event, HookReplied | HookFailed) and event.n == self._hooks.first_hook:
            self.unrunnable = next((line for line in self.lines[before:] if line.name == "problem"), None)

    def _saved(self, saved: Saved) -> None:
        self._last = saved
        for text in saved.outcome.notes:
            self.note(text)
        for problem in saved.outcome.problems:
            self._add(problem_line(self._at(), problem, self._app.base_url))
        self._dispatcher.dispatch(saved)
        self._timers.schedule(saved)
