"""Sends commands to the carrier over HTTP, and tells what became of them. It retries what may be retried, with the same id.

A repeat of a command id within 60 s is ignored by the carrier, so a retry never does a thing twice. 90018 (the call has
already ended) is passed on like any other code: whoever reads it knows that it is no error of ours.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import aiohttp
import httpx
import msgspec

from interpreter.session import Entry
from interpreter.telnyx.commands import CommandError, Request, Wire, notes, request
from interpreter.telnyx.webhooks import text
from verbs._commands import Command, Enquire
from verbs._events import CallReported, CommandAccepted, CommandFailed, Event

ATTEMPTS = 4
PAUSES = (0.25, 0.5, 1.0)
"""Seconds before the second, third and fourth attempt."""
LONGEST_PAUSE = 5.0
"""Seconds that a rate limit may make us wait."""
SECONDS = re.compile(r"[0-9]+([.][0-9]+)?")
TIMEOUT = httpx.Timeout(5.0)
RETRIED = (408, 429)
FAULTS = (httpx.HTTPError, aiohttp.ClientError)
"""What a request can come to instead of an answer; the transport lets some of aiohttp's own through."""

Sleep = Callable[[float], Awaitable[None]]


class Dialect(NamedTuple):
    """A version of the carrier's API: how we say who we are, how a command becomes a request, and what it has no word for."""

    authorization: Callable[[str], str]
    request: Callable[[Command, Wire], Request]
    notes: Callable[[Command, Wire], tuple[str, ...]]


SECOND = Dialect("Bearer {}".format, request, notes)
"""Version 2."""


class Carrier:
    """The carrier's API for one account."""

    def __init__(
        self, client: httpx.AsyncClient, base_url: str, api_key: str, sleep: Sleep = asyncio.sleep, dialect: Dialect = SECOND
    ) -> None:
        self._client = client
        self._base_url = base_url.rstrip("/")
        self._headers = {"Authorization": dialect.authorization(api_key), "Content-Type": "application/json"}
        self._sleep = sleep
        self._dialect = dialect

    async def send(self, session: str, entry: Entry, ids: dict[str, str]) -> Event:
        """Send a command of the outbox, and bring back what became of it: accepted, failed, or the report asked for."""
        assert isinstance(entry.wish, Command)
        result, wire = f"{session}:{entry.n}", Wire(session, entry.n, ids)
        try:
            wanted = self._dialect.request(entry.wish, wire)
        except CommandError as error:
            return refused(entry, result, error)
        try:
            response = await self._persist(wanted)
        except FAULTS as error:
            return CommandFailed(
                id=result, n=entry.n, title="the carrier cannot be reached", detail=f"{type(error).__name__} {error}".strip()
            )
        return noted(read(entry, result, response.status_code, response.content), self._dialect.notes(entry.wish, wire))

    async def _persist(self, wanted: Request) -> httpx.Response:
        for pause in (*PAUSES, None):
            try:
                response = await self._once(wanted)
            except FAULTS:
                if pause is None:
                    raise
            else:
                if pause is None or not (response.status_code in RETRIED or response.status_code >= 500):
                    return response
                pause = max(pause, _wanted_pause(response))
            await self._sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    async def _once(self, wanted: Request) -> httpx.Response:
        content = msgspec.json.encode(wanted.body) if wanted.method != "GET" else None
        return await self._client.request(
            wanted.method, self._base_url + wanted.path, content=content, headers=self._headers, timeout=TIMEOUT
        )


def _wanted_pause(response: httpx.Response) -> float:
    """What the carrier's rate-limit headers ask for, in seconds; whatever is no such number asks for nothing."""
    for name in ("retry-after", "x-ratelimit-reset"):
        if SECONDS.fullmatch(response.headers.get(name, "")):
            return min(float(response.headers[name]), LONGEST_PAUSE)
    return 0.0


def refused(entry: Entry, result: str, error: CommandError) -> CommandFailed:
    """A command that was never sent, because the carrier would refuse it."""
    return CommandFailed(id=result, n=entry.n, code=error.code, title=str(error), pointer=error.pointer)


def read(entry: Entry, result: str, status: int, content: bytes) -> Event:
    """What an answer of the carrier means for a command."""
    try:
        answer: Any = msgspec.json.decode(content) if content else {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        answer = {}
    if not 200 <= status < 300:  # redirects included: nobody here follows them
        first = _within("errors", answer)
        return CommandFailed(
            id=result,
            n=entry.n,
            status=status,
            code=text(first.get("code")),
            title=text(first.get("title")),
            detail=text(first.get("detail")),
            pointer=text(_within("source", first).get("pointer")),
        )
    told = _within("data", answer)
    if isinstance(entry.wish, Enquire):
        return CallReported(id=result, n=entry.n, alive=told.get("is_alive") is not False)
    return CommandAccepted(
        id=result,
        n=entry.n,
        call_control_id=text(told.get("call_control_id")),
        call_leg_id=text(told.get("call_leg_id")),
        call_session_id=text(told.get("call_session_id")),
    )


def noted(answer: Event, notes: tuple[str, ...]) -> Event:
    """What became of a command, with what has to be said of one that was accepted."""
    return msgspec.structs.replace(answer, notes=notes) if notes and isinstance(answer, CommandAccepted) else answer


def _within(key: str, answer: Any) -> dict[str, Any]:
    """What stands under a key, or the first of a list there. Version 1 has the same flat, without the key."""
    found = answer.get(key, answer) if isinstance(answer, dict) else answer
    first = found[0] if isinstance(found, list) and found else found
    return first if isinstance(first, dict) else {}
