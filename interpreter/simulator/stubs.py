"""The simulated application: its settings, and the stubs that answer its hooks."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from callverbs.interpreter.hooks.attempt import Attempt, no_connection, responded, timed_out
from callverbs.interpreter.hooks.client import HOOK_TIMEOUT_SECONDS
from callverbs.interpreter.hooks.sids import sids
from callverbs.interpreter.simulator.expectations import matches
from callverbs.interpreter.simulator.scenario import FIRST_HOOK_PATH, Scenario, Stub
from callverbs.schemas import ValuePath
from callverbs.verbs.language import call_request
from callverbs.verbs.language.app import App
from callverbs.verbs.language.call_limits import CallLimits
from callverbs.verbs.language.spec import HookSpec, Synthesizer

DEFAULT_ORIGIN = "https://application.example"
"""The origin of relative hooks where the scenario has none."""
DOCUMENT_SCHEME = "file:"
SHARED_SETTINGS = ("apology", "connection_id", "fallback_hook", "public_ip", "ringback", "sip_address", "status_hook", "trunks")
"""Settings of an application that have the same name in `App`."""


def simulated_app(scenario: Scenario) -> App:
    """Returns the application of a scenario, as a server makes it from the same settings."""
    request = call_request.read(scenario.given.request) if scenario.given.direction == "outbound" else None
    written = scenario.settings
    base = urlsplit(scenario.app or written.get("base_url") or DEFAULT_ORIGIN)
    origin = f"{base.scheme}://{base.netloc}"
    if scenario.flow:
        hook = DOCUMENT_SCHEME + scenario.flow
    else:
        hook = scenario.app or (DEFAULT_ORIGIN + FIRST_HOOK_PATH if FIRST_HOOK_PATH in scenario.hooks else DOCUMENT_SCHEME + "flow")
    fields: dict[str, Any] = {
        "base_url": origin,
        "connection_id": "1",
        "status_hook": f"{origin}/status" if scenario.status_hook else "",
        **{name: written[name] for name in SHARED_SETTINGS if name in written},
    }
    if request and request.status_hook:
        fields["status_hook"] = request.status_hook
    return App(
        name="simulated",
        **sids("simulated")._asdict(),
        call_hook=request.call_hook if request and request.call_hook else HookSpec(url=hook, method=written.get("method", "POST")),
        dialect=written.get("dialect", scenario.dialect),
        env_vars=written.get("env", {}),
        limits=msgspec.convert(written.get("limits", {}), CallLimits),
        synthesizer=msgspec.convert(written.get("voice", {}), Synthesizer).over(App().synthesizer),
        **fields,
    )


class HookAnswer(NamedTuple):
    """The answer of a hook, and the seconds that it takes. `is_stubbed` is false where the scenario has no stub for it."""

    attempt: Attempt
    delay_seconds: float = 0.0
    is_stubbed: bool = True


NO_STUB = HookAnswer(responded(204), is_stubbed=False)


class Stubs:
    """Answers hooks. A stub with `when` is for payloads that have those values; one without is used once, the last one always.

    `origin` is the application's own, whose hooks may be named by their path. `timeout` is that of hooks, in seconds.
    """

    def __init__(self, hooks: Mapping[str, list[Stub] | Stub], origin: str, timeout: float = HOOK_TIMEOUT_SECONDS) -> None:
        self._stubs = {key: [stub] if isinstance(stub, Stub) else stub for key, stub in hooks.items()}
        self._use_counts: dict[tuple[str, int], int] = {}
        """By key and index of a stub, how often it was used."""
        self.path_of_reply: dict[str, ValuePath] = {}
        """By the text of a reply that was given, the path of its stub in the scenario."""
        self._is_list = {key: isinstance(stub, list) for key, stub in hooks.items()}
        self._origin = origin
        self._timeout = timeout

    def answer(self, url: str, payload: Mapping[str, Any]) -> HookAnswer:
        """Returns the next answer of a hook, and counts its use; NO_STUB where the scenario has none."""
        for key in self._keys(url):
            for index, stub in enumerate(self._stubs.get(key, ())):
                if self._applies(key, index, stub, payload):
                    self._use_counts[key, index] = self._use_counts.get((key, index), 0) + 1
                    found = self._answer_of(stub)
                    self.path_of_reply[found.attempt.body] = self._path(key, index)
                    return found
        return NO_STUB

    def _keys(self, url: str) -> list[str]:
        """Returns the keys of a hook's stubs: its URL with and without the query, and for the own origin also its path and bare word."""
        parts = urlsplit(url)
        keys = [url, url.partition("?")[0]]
        if url.startswith(self._origin + "/"):
            path = url.removeprefix(self._origin)
            keys += [path, parts.path, parts.path.lstrip("/")]
        return keys

    def _applies(self, key: str, index: int, stub: Stub, payload: Mapping[str, Any]) -> bool:
        if not all(payload.get(name) is None if value is None else matches({name: value}, payload) for name, value in stub.when.items()):
            return False
        is_last = index == len(self._stubs[key]) - 1
        max_uses = stub.times or (0 if stub.when or is_last else 1)
        return not max_uses or self._use_counts.get((key, index), 0) < max_uses

    def _path(self, key: str, index: int) -> ValuePath:
        return ("hooks", key, index) if self._is_list[key] else ("hooks", key)

    @property
    def used(self) -> set[ValuePath]:
        """The paths of the stubs that were used."""
        return {self._path(key, index) for key, index in self._use_counts}

    def unused(self) -> list[str]:
        """Returns the keys whose stubs were never used."""
        used = {key for key, _ in self._use_counts}
        return [key for key in self._stubs if key not in used]

    def _answer_of(self, stub: Stub) -> HookAnswer:
        if stub.fault == "timeout" or stub.delay_seconds >= self._timeout:
            return HookAnswer(timed_out(self._timeout), self._timeout)
        if stub.fault:
            return HookAnswer(no_connection("refused"), stub.delay_seconds)
        if stub.body is None and stub.reply is None:
            return HookAnswer(responded(stub.status or 204), stub.delay_seconds)
        text = stub.body if stub.body is not None else json.dumps(stub.reply, ensure_ascii=False)
        return HookAnswer(responded(stub.status or 200, stub.content_type, text.encode()), stub.delay_seconds)
