"""Sends commands to the carrier over HTTP, and tells what became of them. It retries what may be retried, with the same id.

A repeat of a command id within 60 s is ignored by the carrier, so a retry never does a thing twice. 90018 (the call has
already ended) is passed on like any other code: whoever reads it knows that it is no error of ours.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import httpx
import msgspec

from interpreter.session import Entry
from interpreter.telnyx.commands import CommandError, Request, Wire, request
from verbs._commands import Command, Enquire
from verbs._events import CallReported, CommandAccepted, CommandFailed, Event

ATTEMPTS = 4
PAUSES = (0.25, 0.5, 1.0)
"""Seconds before the second, third and fourth attempt."""
LONGEST_PAUSE = 5.0
"""Seconds that a rate limit may make us wait."""
TIMEOUT = httpx.Timeout(5.0)
RETRIED = (408, 429)
FAULTS = (httpx.HTTPError, aiohttp.ClientError)
"""What a request can come to instead of an answer; the transport lets some of aiohttp's own through."""

Sleep = Callable[[float], Awaitable[None]]


class Carrier:
    """The carrier's API for one account."""

    def __init__(self, client: httpx.AsyncClient, base_url: str, api_key: str, sleep: Sleep = asyncio.sleep) -> None:
        self._client = client
        self._base_url = base_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"}
        self._sleep = sleep

    async def send(self, session: str, entry: Entry, ids: dict[str, str]) -> Event:
        """Send a command of the outbox, and bring back what became of it: accepted, failed, or the report asked for."""
        assert isinstance(entry.wish, Command)
        result = f"{session}:{entry.n}"
        try:
            wanted = request(entry.wish, Wire(session, entry.n, ids))
        except CommandError as error:
            return refused(entry, result, error)
        try:
            response = await self._persist(wanted)
        except FAULTS as error:
            return CommandFailed(
                id=result, n=entry.n, title="the carrier cannot be reached", detail=f"{type(error).__name__} {error}".strip()
            )
        return read(entry, result, response.status_code, response.content)

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
    """What the carrier's rate-limit headers ask for, in seconds."""
    for name in ("retry-after", "x-ratelimit-reset"):
        try:
            return min(max(float(response.headers[name]), 0.0), LONGEST_PAUSE)
        except (KeyError, ValueError):
            continue
    return 0.0


def refused(entry: Entry, result: str, error: CommandError) -> CommandFailed:
    """A command that was never sent, because the carrier would refuse it."""
    return CommandFailed(id=result, n=entry.n, code="limit", title=str(error), pointer=f"/{error.field.replace('.', '/')}")


def read(entry: Entry, result: str, status: int, content: bytes) -> Event:
    """What an answer of the carrier means for a command."""
    try:
        answer: Any = msgspec.json.decode(content) if content else {}
    except msgspec.DecodeError:
        answer = {}
    if status >= 400:
        errors = answer.get("errors") if isinstance(answer, dict) else None
        first = errors[0] if errors else {}
        return CommandFailed(
            id=result,
            n=entry.n,
            status=status,
            code=str(first.get("code", "")),
            title=str(first.get("title", "")),
            detail=str(first.get("detail", "")),
            pointer=str((first.get("source") or {}).get("pointer", "")),
        )
    data = answer.get("data") or {} if isinstance(answer, dict) else {}
    if isinstance(entry.wish, Enquire):
        return CallReported(id=result, n=entry.n, alive=bool(data.get("is_alive")))
    return CommandAccepted(
        id=result,
        n=entry.n,
        call_control_id=data.get("call_control_id", ""),
        call_leg_id=data.get("call_leg_id", ""),
        call_session_id=data.get("call_session_id", ""),
    )
