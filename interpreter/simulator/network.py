"""The simulated network of a call: transports of commands and of hooks that write the lines of the call and take some time.

The live clients use them, with their retries. They pass requests to the simulated carrier, and to stubs or a live application.
"""

from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from callverbs.interpreter.engine.command_results import CALL_OVER_CODES
from callverbs.interpreter.engine.session import OutboxEntry
from callverbs.interpreter.hooks.attempt import Attempt, responded
from callverbs.interpreter.hooks.client import HookAccount, HookClient
from callverbs.interpreter.hooks.http import JSON_CONTENT_TYPE
from callverbs.interpreter.ladder.line import Line, shown_url
from callverbs.interpreter.runtime.ports import Sleep
from callverbs.interpreter.simulator.carrier import SimulatedCarrier
from callverbs.interpreter.simulator.stubs import DOCUMENT_SCHEME, HookAnswer, Stubs
from callverbs.interpreter.telnyx.client import NOT_FOUND, CarrierResponse
from callverbs.interpreter.telnyx.commands import IDEMPOTENCY_HEADER, CarrierRequest
from callverbs.interpreter.text.masking import hidden
from callverbs.schemas import ValuePath
from callverbs.verbs.language.events import Event
from callverbs.verbs.language.messages import HookRequest

LATENCY_SECONDS = 0.02
"""How long a request takes, and its answer again."""

HookHandler = Callable[[HookRequest], Attempt]
"""Answers a request to a hook: a live application."""


class LineWriter(Protocol):
    """Writes the lines of a call at the time of its clock."""

    legs: dict[str, str]
    """Our names of the legs, by the carrier's id."""

    def leg_name(self, session: str, leg: str) -> str: ...
    def add(self, kind: Any, leg: str, name: str, **fields: Any) -> Line: ...
    def note(self, text: str, leg: str = "") -> None: ...
    def fail(self, failure: str) -> None: ...
    def remark(self, path: ValuePath, text: str) -> None: ...


class SimulatedCarrierTransport:
    """Passes requests to the simulated carrier."""

    def __init__(self, carrier: SimulatedCarrier, writer: LineWriter, sleep: Sleep) -> None:
        self._carrier = carrier
        self._writer = writer
        self._sleep = sleep

    async def send(self, request: CarrierRequest) -> CarrierResponse:
        """Sends one request, and writes its line."""
        leg = self._writer.leg_name(request.session, request.leg)
        self._writer.add("command", leg, request.name, method=request.method, path=request.path, body=request.body)
        await self._sleep(LATENCY_SECONDS)
        key = request.headers.get(IDEMPOTENCY_HEADER, "")
        response = self._carrier.request(request.method, request.path, request.body, idempotency_key=key)
        if response.status == NOT_FOUND and request.method == "GET":
            pass  # the answer to a question
        elif response.status >= 400:
            self._writer.note(_refusal_text(request.name, response.body["errors"][0]), leg)
        elif request.name == "dial":
            self._writer.legs.setdefault(response.body["data"]["call_control_id"], leg)
        await self._sleep(LATENCY_SECONDS)
        return CarrierResponse(response.status, {}, msgspec.json.encode(response.body))


class SimulatedHooks:
    """Passes requests to the document, to stubs, or to a live application. With `strict`, a request without any of them is a failure."""

    def __init__(
        self,
        stubs: Stubs,
        writer: LineWriter,
        sleep: Sleep,
        *,
        base_url: str,
        document: str = "",
        live: HookHandler | None = None,
        strict: bool = False,
    ) -> None:
        self._stubs = stubs
        self._writer = writer
        self._sleep = sleep
        self._base_url = base_url
        self._document = document
        self._live = live
        self._strict = strict
        self._client = HookClient(self, {}, sleep)
        self.first_hooks: set[tuple[str, int]] = set()
        """By session, the number of the outbox entry that asks the first hook."""

    async def ask(self, session: str, app: str, entry: OutboxEntry) -> Event:
        """Sends a request, with the retries of its URL."""
        if isinstance(entry.message, HookRequest) and entry.message.kind == "call":
            self.first_hooks.add((session, entry.n))
        return await self._client.ask(session, app, entry)

    async def attempt(self, request: HookRequest, url: str, account: HookAccount, request_id: str) -> Attempt:
        """Sends a request once, and writes its line and that of the reply."""
        leg, shown = self._writer.legs.get(request.payload.get("call_id", ""), request.about), shown_url(url, self._base_url)
        self._writer.add(
            "hook",
            leg,
            f"{request.method} {shown}",
            method=request.method,
            url=url,
            body=hidden(request.payload) if request.sensitive else request.payload,
        )
        answer = self._answer(msgspec.structs.replace(request, url=url))
        if not answer.is_stubbed:
            self._writer.remark(("hooks",), f"the scenario has no answer for {shown}: it gets 204")
            if self._strict:
                self._writer.fail(f"the scenario has no answer for {url}")
        await self._sleep(answer.delay_seconds + LATENCY_SECONDS)
        attempt = answer.attempt
        self._writer.add("reply", leg, shown, url=url, status=attempt.status, body=_json_value(attempt), text=attempt.reason)
        return attempt

    def _answer(self, request: HookRequest) -> HookAnswer:
        if request.url.startswith(DOCUMENT_SCHEME):
            return HookAnswer(responded(200, JSON_CONTENT_TYPE, self._document.encode()))
        answer = self._stubs.answer(request.url, request.payload)
        if not answer.is_stubbed and self._live:
            return HookAnswer(self._live(request))
        if not answer.is_stubbed and request.kind == "status" and not self._strict:
            return HookAnswer(answer.attempt)
        return answer


def _refusal_text(command: str, error: dict[str, Any]) -> str:
    """Returns the note of a command that the carrier refuses. One that crossed the hangup of the party is not an error."""
    if error["code"] in CALL_OVER_CODES:
        return f"{command} came too late: the call had ended ({error['code']})"
    return f"the carrier refuses {command}: {error['code']} {error.get('detail') or error['title']}"


def _json_value(attempt: Attempt) -> Any:
    """Returns the body of a reply as a JSON value, or as text where it is not JSON."""
    try:
        return msgspec.json.decode(attempt.body) if attempt.body else None
    except msgspec.DecodeError:
        return attempt.body
