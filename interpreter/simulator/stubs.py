"""The application as a scenario has it: its settings, and what each hook answers, by its path or URL and by how often it was asked."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from callverbs.interpreter.hooks.attempt import Attempt, no_connection, responded, timed_out
from callverbs.interpreter.hooks.client import HOOK_TIMEOUT_SECONDS
from callverbs.interpreter.simulator.expectations import fits
from callverbs.interpreter.simulator.scenario import FIRST, Scenario, Stub
from callverbs.verbs.language import call_request
from callverbs.verbs.language.app import App
from callverbs.verbs.language.spec import HookSpec, Synthesizer

ORIGIN = "https://application.example"
"""Where a simulated application's relative hooks are."""
FLOW = "file:"
ALIKE = ("apology", "connection_id", "ringback", "status_hook", "trunks")
"""Settings of an application that are called the same in `App`."""


def application(wanted: Scenario) -> App:
    """The simulated application: what a server would make of the same settings."""
    given = call_request.read(wanted.given.request) if wanted.given.direction == "outbound" else None
    written = wanted.settings
    base = urlsplit(wanted.app or written.get("base_url") or ORIGIN)
    origin = f"{base.scheme}://{base.netloc}"
    hook = FLOW + wanted.flow if wanted.flow else wanted.app or (ORIGIN + FIRST if FIRST in wanted.hooks else FLOW + "flow")
    told: dict[str, Any] = {
        "base_url": origin,
        "connection_id": "1",
        "status_hook": f"{origin}/status" if wanted.status_hook else "",
        **{name: written[name] for name in ALIKE if name in written},
    }
    if given and given.status_hook:
        told["status_hook"] = given.status_hook
    return App(
        name="simulated",
        call_hook=given.call_hook if given and given.call_hook else HookSpec(url=hook, method=written.get("method", "POST")),
        dialect=written.get("dialect", wanted.dialect),
        env_vars=written.get("env", {}),
        synthesizer=msgspec.convert(written.get("voice", {}), Synthesizer).over(App().synthesizer),
        **told,
    )


class Given(NamedTuple):
    """An answer, how many seconds it takes, and whether the scenario has it."""

    attempt: Attempt
    delay: float = 0.0
    stubbed: bool = True


NOTHING = Given(responded(204), stubbed=False)


class Stubs:
    """Answers hooks. A stub with `when` is for payloads that have those values; one without is used once, the last one always."""

    def __init__(self, hooks: Mapping[str, list[Stub] | Stub], origin: str, timeout: float = HOOK_TIMEOUT_SECONDS) -> None:
        self._stubs = {key: [stub] if isinstance(stub, Stub) else stub for key, stub in hooks.items()}
        self._used: dict[tuple[str, int], int] = {}
        self._origin = origin
        self._timeout = timeout

    def answer(self, url: str, payload: Mapping[str, Any]) -> Given:
        """The next answer of a hook; 204 where the scenario has none."""
        for key in self._keys(url):
            for index, stub in enumerate(self._stubs.get(key, ())):
                if self._fits(key, index, stub, payload):
                    self._used[key, index] = self._used.get((key, index), 0) + 1
                    return self._given(stub)
        return NOTHING

    def _keys(self, url: str) -> list[str]:
        """A hook may go by its URL, with or without its query; one of the application's own origin by its path, or its bare word."""
        parts = urlsplit(url)
        keys = [url, url.partition("?")[0]]
        if url.startswith(self._origin + "/"):
            path = url.removeprefix(self._origin)
            keys += [path, parts.path, parts.path.lstrip("/")]
        return keys

    def _fits(self, key: str, index: int, stub: Stub, payload: Mapping[str, Any]) -> bool:
        if not all(payload.get(name) is None if value is None else fits({name: value}, payload) for name, value in stub.when.items()):
            return False
        last = index == len(self._stubs[key]) - 1
        most = stub.times or (0 if stub.when or last else 1)
        return not most or self._used.get((key, index), 0) < most

    def unused(self) -> list[str]:
        """Hooks of the scenario that were never asked."""
        asked = {key for key, _ in self._used}
        return [key for key in self._stubs if key not in asked]

    def _given(self, stub: Stub) -> Given:
        if stub.fault == "timeout" or stub.seconds >= self._timeout:
            return Given(timed_out(self._timeout), self._timeout)
        if stub.fault:
            return Given(no_connection("refused"), stub.seconds)
        if stub.body is None and stub.reply is None:
            return Given(responded(stub.status or 204), stub.seconds)
        text = stub.body if stub.body is not None else json.dumps(stub.reply, ensure_ascii=False)
        return Given(responded(stub.status or 200, stub.content_type, text), stub.seconds)
