"""The application as a scenario has it: what each hook answers, by its path or URL and by how often it was asked."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from interpreter.hooks.client import TIMEOUT, Answer, judge, no_connection, silence
from interpreter.simulator.scenario import Stub


class Given(NamedTuple):
    """An answer, how many seconds it takes, and whether the scenario has it."""

    answer: Answer
    delay: float = 0.0
    stubbed: bool = True


NOTHING = Given(judge(204, "", ""), stubbed=False)


class Stubs:
    """Answers hooks. A stub with `when` is for payloads that have those values; one without is used once, the last one always."""

    def __init__(self, hooks: Mapping[str, list[Stub] | Stub], origin: str) -> None:
        self._stubs = {key: [stub] if isinstance(stub, Stub) else stub for key, stub in hooks.items()}
        self._used: dict[tuple[str, int], int] = {}
        self._origin = origin

    def answer(self, url: str, payload: Mapping[str, Any]) -> Given:
        """The next answer of a hook; 204 where the scenario has none."""
        for key in self._keys(url):
            for index, stub in enumerate(self._stubs.get(key, ())):
                if self._fits(key, index, stub, payload):
                    self._used[key, index] = self._used.get((key, index), 0) + 1
                    return _given(stub)
        return NOTHING

    def _keys(self, url: str) -> list[str]:
        """A hook of the application's own origin may go by its path, with or without its query, or by its bare word."""
        parts = urlsplit(url)
        keys = [url]
        if url.startswith(self._origin + "/"):
            path = url.removeprefix(self._origin)
            keys += [path, parts.path, parts.path.lstrip("/")]
        return keys

    def _fits(self, key: str, index: int, stub: Stub, payload: Mapping[str, Any]) -> bool:
        if any(payload.get(name) != value for name, value in stub.when.items()):
            return False
        last = index == len(self._stubs[key]) - 1
        most = stub.times or (0 if stub.when or last else 1)
        return not most or self._used.get((key, index), 0) < most

    def unused(self) -> list[str]:
        """Hooks of the scenario that were never asked."""
        asked = {key for key, _ in self._used}
        return [key for key in self._stubs if key not in asked]


def _given(stub: Stub) -> Given:
    if stub.fault:
        return Given(*FAULTS[stub.fault])
    if stub.body is None and stub.reply is None:
        return Given(judge(stub.status or 204, "", ""), stub.seconds)
    text = stub.body if stub.body is not None else json.dumps(stub.reply, ensure_ascii=False)
    if stub.seconds >= TIMEOUT:
        return Given(*FAULTS["timeout"])
    return Given(judge(stub.status or 200, stub.content_type, text), stub.seconds)


FAULTS = {"timeout": (silence(TIMEOUT), TIMEOUT), "refused": (no_connection("refused"), 0.0)}
