"""Runs the call of a scenario on the virtual clock, with the simulated carrier and a simulated application.

Only the network and the clock are simulated: the engine, switchboard, dispatcher, timers and both clients are the live ones. The same
scenario gives the same lines, byte for byte.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import msgspec

from callverbs.interpreter.engine.hook_payload import resolve
from callverbs.interpreter.engine.session import load
from callverbs.interpreter.hooks.client import HOOK_TIMEOUT_SECONDS
from callverbs.interpreter.ladder.line import Kind, Line, end_line, problem_line
from callverbs.interpreter.runtime.dispatcher import Dispatcher
from callverbs.interpreter.runtime.switchboard import Saved, Switchboard, session_of
from callverbs.interpreter.runtime.timers import Timers
from callverbs.interpreter.simulator.account import Account
from callverbs.interpreter.simulator.agents import AgentDirectory
from callverbs.interpreter.simulator.carrier import SimulatedCarrier
from callverbs.interpreter.simulator.clock import VirtualClock
from callverbs.interpreter.simulator.ids import CountedIds
from callverbs.interpreter.simulator.network import LATENCY_SECONDS, HookHandler, SimulatedCarrierTransport, SimulatedHooks
from callverbs.interpreter.simulator.people import PersonDirectory, PersonError, to_seconds
from callverbs.interpreter.simulator.routing import Webhook
from callverbs.interpreter.simulator.scenario import OtherCall, Scenario
from callverbs.interpreter.simulator.scenario_call import ScenarioCall
from callverbs.interpreter.simulator.script import Script
from callverbs.interpreter.simulator.stubs import Stubs, simulated_app
from callverbs.interpreter.simulator.virtual_loop import VirtualLoop
from callverbs.interpreter.stores.memory import MemoryStore
from callverbs.interpreter.telnyx import client_state, webhooks
from callverbs.interpreter.telnyx.client import TelnyxClient
from callverbs.interpreter.text.masking import hidden
from callverbs.schemas import ValuePath
from callverbs.verbs.language import call_request
from callverbs.verbs.language.app import App
from callverbs.verbs.language.events import CallRequested, Event, HookFailed, HookReplied, LegInitiated

CALL_STARTED_AT = 1_700_000_000.0
"""When every simulated call starts, in UTC seconds."""
LATE_WEBHOOK_SECONDS = 1.0
"""Webhooks up to so long after the end of a call are still part of it."""


class ReplyProblem(NamedTuple):
    """The line of a problem with a reply, whether the first hook gave it, and the path of its answer where the scenario has it."""

    line: Line
    is_first: bool
    path: ValuePath | None = None


class Simulation:
    """The calls of a scenario. `run` it once, then read its lines and failures. `live` answers hooks that are not stubbed."""

    def __init__(self, scenario: Scenario, document: str = "", live: HookHandler | None = None, press: tuple[str, ...] = ()) -> None:
        self.scenario = scenario
        self.lines: list[Line] = []
        self.failures: list[str] = []
        self.reply_problems: list[ReplyProblem] = []
        """Why replies cannot be run, and why the first hook has given none."""
        self.remarks: dict[str, ValuePath] = {}
        """What of the scenario was not used or is missing, each with the place in the scenario that it is about."""
        self.clock = VirtualClock(CALL_STARTED_AT)
        self.legs: dict[str, str] = {}
        self._press = press
        self._app = simulated_app(scenario)
        self._stubs = Stubs(scenario.hooks, self._app.base_url, scenario.settings.get("hook_timeout", HOOK_TIMEOUT_SECONDS))
        self._people = PersonDirectory(scenario.people, scenario.caller)
        self._agents = AgentDirectory(scenario.agents)
        self._carrier = SimulatedCarrier(
            self.clock,
            self._on_webhook,
            self._people,
            CountedIds(),
            account=Account.of_one(""),
            latency=LATENCY_SECONDS,
            media=scenario.media_durations,
            streams=scenario.stream_stubs,
            agents=self._agents,
            note=lambda leg, text: self.note(text, leg),
            recordings=scenario.recording_outcomes,
        )
        self._hooks = SimulatedHooks(
            self._stubs, self, asyncio.sleep, base_url=self._app.base_url, document=document, live=live, strict=scenario.strict
        )
        self._loop = VirtualLoop(self.clock)  # type: ignore[abstract] # it has the methods that the runtime uses
        store = MemoryStore()
        carrier = TelnyxClient(SimulatedCarrierTransport(self._carrier, self, asyncio.sleep))
        self._dispatcher = Dispatcher(store, carrier, self._hooks, self.clock.now)
        self._timers = Timers(store, self._dispatcher, self.clock.now)
        self._switchboard = Switchboard(store, self, on_saved=self._on_saved, now=self.clock.now, worker="simulator")
        self._dispatcher.receive = self._timers.receive = self._receive
        self._script = Script(scenario.script, self)
        self._calls: dict[str, ScenarioCall] = {}
        """By session, the calls that have begun."""

    def app_for(self, event: LegInitiated) -> App:
        """Returns the application of a call."""
        return self._calls[session_of(event.call_control_id)].app

    # ------------------------------------------------------------- the call

    def run(self) -> None:
        """Runs the call to its end."""
        self._start()
        self.clock.call_later(self.scenario.max_seconds, self._end_long_call)
        self._script.advance()
        self._loop.run(until=self._is_over)
        self._finish()
        self._loop.close()

    def _start(self) -> None:
        given = self.scenario.given
        if given.direction == "inbound":
            caller = self._carrier.place(given.caller, given.callee, None, given.caller_name, given.headers, self._press)
            self._begin(ScenarioCall("", self._app), caller)
        else:
            request = call_request.read(given.request)
            session = session_of("outgoing")
            self._calls[session] = ScenarioCall("", self._app)
            event = CallRequested(id="request", from_=request.from_, spec=request.spec, tag=request.tag)
            self._loop.spawn(self._receive(event, session=session, app=self._app))
        for name, other in self.scenario.calls.items():
            self.clock.call_later(to_seconds(other.after), partial(self._place_other, name, other))

    def _place_other(self, name: str, other: OtherCall) -> None:
        """Lets another person of the scenario call in."""
        caller = self._carrier.place(other.from_, other.to, other.caller, other.caller_name, other.headers)
        app = msgspec.structs.replace(self._app, call_hook=resolve(other.app, self._app.base_url)) if other.app else self._app
        self._begin(ScenarioCall(name, app), caller)

    def _begin(self, call: ScenarioCall, call_control_id: str) -> None:
        self._calls[session_of(call_control_id)] = call
        self.legs[call_control_id] = call.caller

    def _is_over(self) -> bool:
        calls = self._calls.values()
        if len(calls) <= len(self.scenario.calls) or not all(call.ended for call in calls):
            return False
        due = self.clock.next_due()
        return due is None or due > max(call.ended for call in calls) + LATE_WEBHOOK_SECONDS

    def _end_long_call(self) -> None:
        """Lets the first party of every call hang up, at the longest time of the scenario."""
        for call in list(self._calls.values()):
            if call.saved and not call.ended and self.has_leg(call.caller):
                who = "called" if not call.name and self.scenario.given.direction == "outbound" else "caller"
                self.note(f"the {who} hangs up after {self.scenario.max_seconds:g} s", call.caller)
                self.act(call.caller, "hangup", None)

    def _finish(self) -> None:
        """Adds the lines of the ends, the failure of the script, and notes of what was not used."""
        for call in self._calls.values():
            if call.saved and call.ended:
                line = end_line(self.lines[-1].at, load(call.saved.outcome.snapshot))
                self._add(msgspec.structs.replace(line, leg=call.leg_name(line.leg)))
            else:
                which = f" of {call.name}" if call.name else ""
                self.fail(f"the call{which} has not ended: somebody waits for something that never comes")
        if failure := self._script.finish():
            self.fail(failure)
        for url in self._stubs.unused():
            self.remark(("hooks", url), f"the scenario's hook {url} was never asked")
        streamed = {line.body["stream_url"] for line in self.lines if line.name == "streaming_start" and line.body}
        for url in sorted(set(self.scenario.streams) - streamed):
            self.remark(("streams", url), f"nothing was streamed to the scenario's {url}")
        for address in self._agents.unused:
            self.remark(("agents", address), f"the scenario's agent {address} was never asked")
        for address in self._people.unused:
            self.remark(("people", address), f"the scenario's person {address} was never on the line")

    def heard(self) -> dict[str, list[str]]:
        """Returns what each party has heard, texts and addresses of files, by the name of its leg."""
        return {self.legs.get(leg.id, leg.label): [one.what for one in leg.heard] for leg in self._carrier.legs()}

    # ------------------------------------------------------------- lines

    def add(self, kind: Kind, leg: str, name: str, **fields: Any) -> Line:
        """Adds a line at the time of the clock, and returns it."""
        return self._add(Line(self._line_time(), kind, leg, name, **fields))

    def note(self, text: str, leg: str = "") -> None:
        """Adds a note."""
        self.add("note", leg, "note", text=text)

    def remark(self, path: ValuePath, text: str) -> None:
        """Adds a note about the scenario, which is told once with its place there."""
        self.note(text)
        self.remarks.setdefault(text, path)

    @property
    def used_stubs(self) -> set[ValuePath]:
        """The paths of the answers that were given."""
        return self._stubs.used

    def fail(self, failure: str) -> None:
        """Adds a failure."""
        self.failures.append(failure)

    def _add(self, line: Line) -> Line:
        self.lines.append(line)
        self._script.advance()
        return line

    def _line_time(self) -> float:
        return round(self.clock.now() - CALL_STARTED_AT, 3)

    # ------------------------------------------------------------- for the script

    def call_later(self, seconds: float, callback: Callable[[], None], /) -> None:
        """Calls back in so many seconds."""
        self.clock.call_later(seconds, callback)

    def leg_name(self, session: str, leg: str) -> str:
        """Returns what a leg of a session is called in the lines."""
        return self._calls[session].leg_name(leg) if session in self._calls else leg

    def has_leg(self, leg: str) -> bool:
        """Returns whether a leg of that name exists by now."""
        return leg in self.legs.values()

    def act(self, leg: str, action: str, value: Any) -> None:
        """Lets the party on a leg act. `action` is the name of a method of SimulatedCarrier."""
        call_control_id = next(one for one, name in self.legs.items() if name == leg)
        try:
            getattr(self._carrier, action)(call_control_id, *([] if value is None else [value]))
        except PersonError as error:
            self.fail(f"nobody can {action} on leg {leg}: {error}")

    # ------------------------------------------------------------- events

    def _on_webhook(self, webhook: Webhook) -> None:
        body = webhook.body
        raw = msgspec.json.encode(body)
        payload = body["data"]["payload"]
        call_control_id = payload.get("call_control_id", "")
        leg = client_state.read(payload.get("client_state")).leg or self.legs.get(call_control_id, "")
        if call_control_id:
            self.legs.setdefault(call_control_id, leg)
        address = client_state.read(payload.get("client_state"))
        leg = self.legs.get(call_control_id, "") or self.leg_name(address.session, address.leg)
        self.legs.setdefault(call_control_id, leg)
        self.add("webhook", leg, body["data"]["event_type"], body=hidden(body) if self._is_sensitive() else body)
        event = webhooks.read(raw)
        if event:
            self._loop.spawn(self._receive(event, raw))

    def _is_sensitive(self) -> bool:
        """Returns whether somebody types or says what is for a hook alone."""
        return any(call.saved and load(call.saved.outcome.snapshot).is_sensitive for call in self._calls.values())

    async def _receive(self, event: Event, raw: bytes = b"", session: str = "", app: App | None = None) -> None:
        """Takes an event. Keeps the problem lines of replies, and of the first hook's result."""
        line_count = len(self.lines)
        await self._switchboard.receive(event, raw, session, app)
        if not isinstance(event, HookReplied | HookFailed):
            return
        is_first = (session, event.n) in self._hooks.first_hooks
        problems = [line for line in self.lines[line_count:] if line.name == "problem"]
        if isinstance(event, HookReplied):
            path = self._stubs.path_of_reply.get(event.body)
            about_reply = [line for line in problems if is_first or (line.body["whose"] == "application" and line.body.get("url"))]
            self.reply_problems += [ReplyProblem(line, is_first, path) for line in about_reply]
        elif is_first:
            self.reply_problems += [ReplyProblem(line, is_first) for line in problems[:1]]

    def _on_saved(self, saved: Saved) -> None:
        call = self._calls[saved.session]
        call.saved = saved
        for text in saved.outcome.notes:
            self.note(text, call.name)
        for problem in saved.outcome.problems:
            line = problem_line(self._line_time(), problem, self._app.base_url)
            self._add(msgspec.structs.replace(line, leg=call.name))
        self._dispatcher.dispatch(saved)
        self._timers.schedule(saved)
