"""The pretend network of one simulated call: the transports of commands and of hooks, each a line of the ladder and some latency.

Above them run the real clients with their retries, below them the pretend carrier and the stubs of a scenario, or a real application.
"""

from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import unquote

import msgspec

from callverbs.interpreter.engine.command_results import CALL_OVER_CODES
from callverbs.interpreter.engine.session import OutboxEntry
from callverbs.interpreter.hooks.attempt import Attempt, responded
from callverbs.interpreter.hooks.client import HookAccount, HookClient
from callverbs.interpreter.hooks.http import JSON_CONTENT_TYPE
from callverbs.interpreter.ladder.line import Line, shown_url
from callverbs.interpreter.runtime.ports import Sleep
from callverbs.interpreter.simulator.carrier import SimulatedCarrier
from callverbs.interpreter.simulator.stubs import FLOW, Given, Stubs
from callverbs.interpreter.telnyx import client_state
from callverbs.interpreter.telnyx.client import CarrierResponse
from callverbs.interpreter.telnyx.commands import CarrierRequest
from callverbs.verbs.language.events import Event
from callverbs.verbs.language.messages import HookRequest

LATENCY_SECONDS = 0.02
"""A request takes so long there, and its answer back."""

Application = Callable[[HookRequest], Attempt]
"""Answers hooks that are not stubbed: a real application, where one is given."""


class Ladder(Protocol):
    """Where the lines of a call are written, by the time of its clock."""

    legs: dict[str, str]
    """Our names of the legs, by the carrier's id."""

    def add(self, kind: Any, leg: str, name: str, **fields: Any) -> Line: ...
    def note(self, text: str, leg: str = "") -> None: ...
    def fail(self, failure: str) -> None: ...


class CarrierNetwork:
    """Takes requests to the pretend carrier."""

    def __init__(self, carrier: SimulatedCarrier, ladder: Ladder, sleep: Sleep) -> None:
        self._carrier = carrier
        self._ladder = ladder
        self._sleep = sleep

    async def send(self, request: CarrierRequest) -> CarrierResponse:
        """Sends one request, and writes it down."""
        leg = self._leg(request)
        self._ladder.add("command", leg, request.name, method=request.method, path=request.path, body=request.body)
        await self._sleep(LATENCY_SECONDS)
        response = self._carrier.request(request.method, request.path, request.body)
        if response.status >= 400:
            self._ladder.note(_refusal(request.name, response.body["errors"][0]), leg)
        elif request.name == "dial":
            self._ladder.legs.setdefault(response.body["data"]["call_control_id"], leg)
        await self._sleep(LATENCY_SECONDS)
        return CarrierResponse(response.status, {}, msgspec.json.encode(response.body))

    def _leg(self, request: CarrierRequest) -> str:
        """Returns our name of the leg that a request is about: of a new one, its client_state has it."""
        _, _, *ids = request.path.split("/")
        return self._ladder.legs[unquote(ids[0])] if ids else client_state.read(request.body["client_state"]).leg


class HookNetwork:
    """Takes requests to the application: its document, its stubs, or the real one."""

    def __init__(
        self,
        stubs: Stubs,
        ladder: Ladder,
        sleep: Sleep,
        *,
        base_url: str,
        document: str = "",
        live: Application | None = None,
        strict: bool = False,
    ) -> None:
        self._stubs = stubs
        self._ladder = ladder
        self._sleep = sleep
        self._base_url = base_url
        self._document = document
        self._live = live
        self._strict = strict
        self._client = HookClient(self, {}, sleep)
        self.first_hook = 0
        """The outbox entry of the call's first hook."""

    async def ask(self, session: str, app: str, entry: OutboxEntry) -> Event:
        """Sends one request, with the retries that its URL asks for."""
        if isinstance(entry.message, HookRequest) and entry.message.kind == "call":
            self.first_hook = entry.n
        return await self._client.ask(session, app, entry)

    async def attempt(self, request: HookRequest, url: str, account: HookAccount, request_id: str) -> Attempt:
        """Asks once, and writes it down."""
        leg, shown = self._ladder.legs.get(request.payload.get("call_id", ""), ""), shown_url(url, self._base_url)
        self._ladder.add("hook", leg, f"{request.method} {shown}", method=request.method, url=url, body=request.payload)
        given = self._given(msgspec.structs.replace(request, url=url))
        if not given.stubbed:
            self._ladder.note(f"the scenario has no answer for {shown}: it gets 204")
            if self._strict:
                self._ladder.fail(f"the scenario has no answer for {url}")
        await self._sleep(given.delay + LATENCY_SECONDS)
        attempt = given.attempt
        self._ladder.add("reply", leg, shown, url=url, status=attempt.status, body=_value(attempt), text=attempt.reason)
        return attempt

    def _given(self, request: HookRequest) -> Given:
        if request.url.startswith(FLOW):
            return Given(responded(200, JSON_CONTENT_TYPE, self._document))
        given = self._stubs.answer(request.url, request.payload)
        if not given.stubbed and self._live:
            return Given(self._live(request))
        if not given.stubbed and request.kind == "status" and not self._strict:
            return Given(given.attempt)
        return given


def _refusal(command: str, error: dict[str, Any]) -> str:
    """Returns why the carrier refuses a command. One that crossed the party's own hangup is not wrong."""
    if error["code"] in CALL_OVER_CODES:
        return f"{command} came too late: the call had ended ({error['code']})"
    return f"the carrier refuses {command}: {error['code']} {error.get('detail') or error['title']}"


def _value(attempt: Attempt) -> Any:
    try:
        return msgspec.json.decode(attempt.body) if attempt.body else None
    except msgspec.DecodeError:
        return attempt.body
