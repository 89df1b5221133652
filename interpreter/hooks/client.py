"""Asks the application over HTTP, and brings back what it said. It judges the transport; what a reply means is for the step.

Success is 200, 202 and 204 (http-requestor.js). A credential goes to the origin it was given for: the application's own to
the application's, a hook's own to that hook.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import aiohttp
import httpx

from interpreter.hooks import body, retry, signature
from interpreter.session import Entry
from verbs._commands import Ask
from verbs._events import Event, HookFailed, HookReplied
from verbs._spec import Credentials

SUCCESS = (200, 202, 204)
LONGEST = 1_000_000
"""Bytes of a reply, at the most."""
TIMEOUT = 10.0
"""Seconds for an answer, to its last byte (jambonz JAMBONES_HTTP_TIMEOUT)."""
PATIENCE = 0.5
"""Share of that time in which there has to be a connection: nobody there is another thing than no answer."""
STALE = 1.0
"""Seconds in which it shows that a kept connection had been closed."""
JSON = "application/json"
REQUEST_ID = "X-Callverbs-Request-Id"


class Account(NamedTuple):
    """What an application's hooks need to be trusted: a secret to sign with, and Basic auth for its origin."""

    secret: str = ""
    auth: Credentials | None = None
    origin: str = ""
    timeout: float = TIMEOUT


class Answer(NamedTuple):
    """One attempt: a response, or the kind of failure and a sentence.

    ct: no connection. rt: no answer in time. 4xx, 5xx: such a status. Others are tried again by `rp=all` only.
    """

    status: int = 0
    content_type: str = ""
    body: str = ""
    failure: str = ""
    reason: str = ""


class Hooks:
    """Asks hooks with one pooled client. `accounts` holds what the settings say of each application.

    A local document answers like a hook: `document` reads one by its `file:` URL, as JSON. It raises OSError or ValueError.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        accounts: Mapping[str, Account],
        now: Callable[[], float],
        document: Callable[[str], str],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._accounts = accounts
        self._now = now
        self._document = document
        self._sleep = sleep

    async def ask(self, session: str, app: str, entry: Entry) -> Event:
        """Ask one question, with the retries that its URL wants. A retry carries the same request id."""
        assert isinstance(entry.wish, Ask)
        url, policy = retry.split(entry.wish.url)
        account = self._accounts.get(app, Account())
        result = f"{session}:{entry.n}"
        answer = await self.attempt(entry.wish, url, account, result)
        for pause in retry.PAUSES[: policy.times]:
            if not answer.failure or not policy.covers(answer.failure):
                break
            await self._sleep(pause)
            answer = await self.attempt(entry.wish, url, account, result)
        return event(result, entry.n, answer)

    async def attempt(self, ask: Ask, url: str, account: Account, request_id: str) -> Answer:
        """Ask once, at a URL without its fragment."""
        try:
            parts = urlsplit(url)
            if parts.scheme == "file" and ask.kind == "call":  # the settings' own document; no document may name a file
                return self._local(url)
            if parts.scheme not in ("http", "https"):
                return no_url(f"{url} cannot be asked: it is not http or https, and there is no base_url that a relative hook belongs to")
            if not parts.hostname or parts.port == 0:
                return no_url(f"{url} cannot be asked: it names no host")
            async with asyncio.timeout(account.timeout):
                return await self._persist(**self._request(ask, url, account, request_id))
        except TimeoutError:
            return silence(account.timeout)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, ValueError) as error:
            return no_url(f"{url} is not a URL that can be asked: {error}")
        except (httpx.HTTPError, aiohttp.ClientError, OSError) as error:
            return trouble(error, account.timeout)

    def _request(self, ask: Ask, url: str, account: Account, request_id: str) -> dict[str, Any]:
        """What httpx is asked to send. The signature is made over the bytes of a POST, and over the same bytes for a GET."""
        told = body.encode(ask.payload)
        headers = {"User-Agent": "jambonz", REQUEST_ID: request_id}
        if account.secret:
            headers[signature.HEADER] = signature.sign(account.secret, told, self._now())
        auth = ask.auth or (account.auth if account.origin and origin(url) == origin(account.origin) else None)
        get = ask.method == "GET"
        return {
            "method": ask.method,
            "url": body.query(url, ask.payload) if get else url,
            "content": None if get else told,
            "headers": headers if get else {**headers, "Content-Type": JSON},
            "auth": (auth.username, auth.password) if auth else None,
            "timeout": httpx.Timeout(account.timeout, connect=account.timeout * PATIENCE),
            "follow_redirects": False,
        }

    async def _persist(self, **request: Any) -> Answer:
        """A kept connection that the application had closed meanwhile is not its failure: the request goes once more."""
        began = self._now()
        try:
            return await self._send(**request)
        except httpx.TransportError as error:
            closed = isinstance(error.__cause__, aiohttp.ServerDisconnectedError | ConnectionResetError)
            if not closed or self._now() - began > STALE:
                raise
            return await self._send(**request)

    async def _send(self, **request: Any) -> Answer:
        async with self._client.stream(**request) as response:
            if response.status_code not in SUCCESS:
                return judge(response.status_code, "", "")
            text = (await _read(response.aiter_bytes())).decode(errors="replace")  # JSON is UTF-8, whatever a charset says (RFC 8259)
            return judge(response.status_code, response.headers.get("content-type", ""), text.removeprefix("\ufeff"))

    def _local(self, url: str) -> Answer:
        try:
            return Answer(200, JSON, self._document(url))
        except (OSError, ValueError) as error:
            return Answer(failure="file", reason=f"the document cannot be read: {error}")


async def _read(parts: AsyncIterator[bytes]) -> bytes:
    """The body of a reply, or a little more than is allowed of one that is too long."""
    found = bytearray()
    async for part in parts:
        found += part
        if len(found) > LONGEST:
            break
    return bytes(found)


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of an absolute URL, as browsers compare them."""
    parts = httpx.URL(url)
    return parts.scheme, parts.host, parts.port


def judge(status: int, content_type: str, body: str) -> Answer:
    """A response as an answer, or as a failure."""
    if status not in SUCCESS:
        return Answer(status, failure=f"{status // 100}xx", reason=f"the hook has answered {status}; 200, 202 and 204 are success")
    if len(body) > LONGEST:
        return Answer(status, failure="size", reason=f"the reply is longer than {LONGEST} characters")
    return Answer(status, content_type, body)


def silence(seconds: float) -> Answer:
    """No answer in time."""
    return Answer(failure="rt", reason=f"no answer within {seconds:g} s")


def no_connection(why: str) -> Answer:
    """Nobody there."""
    return Answer(failure="ct", reason=f"no connection: {why}")


def no_url(why: str) -> Answer:
    """Nothing that could be asked."""
    return Answer(failure="url", reason=why)


NOBODY = (httpx.ConnectTimeout, httpx.ConnectError, httpx.PoolTimeout, httpx.NetworkError, aiohttp.ClientConnectionError, OSError)
"""The transport calls everything that never connected, or was cut off, a connect timeout; some of aiohttp's own it lets through."""


def trouble(error: Exception, seconds: float) -> Answer:
    """What has come instead of an answer."""
    why = str(error) or type(error).__name__
    if isinstance(error, NOBODY):
        return no_connection(why)
    if isinstance(error, httpx.TimeoutException):
        return silence(seconds)
    return Answer(failure="answer", reason=f"the hook's answer cannot be read: {why}")


def event(result: str, n: int, answer: Answer) -> Event:
    """What an answer is for the call."""
    if answer.failure:
        return HookFailed(id=result, n=n, status=answer.status, reason=answer.reason)
    return HookReplied(id=result, n=n, status=answer.status, content_type=answer.content_type, body=answer.body)
