"""The transport of hooks over HTTP.

The application's password is sent to its own origin only, its signature to what the settings name only, a hook's own password to that hook.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol
from urllib.parse import urlsplit

import aiohttp
import httpx

from callverbs.interpreter.hooks import body, decoding, signature
from callverbs.interpreter.hooks.attempt import (
    MAX_REPLY_BYTES,
    SUCCESS_STATUSES,
    Attempt,
    no_connection,
    no_url,
    responded,
    timed_out,
    unreadable,
)
from callverbs.interpreter.hooks.client import HookAccount
from callverbs.interpreter.hooks.egress import EgressError
from callverbs.interpreter.hooks.pools import BusyError
from callverbs.interpreter.runtime.ports import Now
from callverbs.verbs.language.hook_urls import WEBSOCKET_REASON, is_websocket
from callverbs.verbs.language.messages import HookRequest

HOOK_CONNECT_SHARE = 0.5
"""The share of the timeout for the connection. So a host that is not there fails as `ct`, and one that does not answer as `rt`."""
STALE_CONNECTION_SECONDS = 1.0
"""A kept connection that the application has closed fails within so long."""
JSON_CONTENT_TYPE = "application/json"
REQUEST_ID_HEADER = "X-Callverbs-Request-Id"
CONNECTION_ERRORS = (
    httpx.ConnectTimeout,
    httpx.ConnectError,
    httpx.PoolTimeout,
    httpx.NetworkError,
    aiohttp.ClientConnectionError,
    OSError,
)
"""Errors of requests that never connected, or were cut off. httpx-aiohttp passes some of aiohttp's own errors through."""


class Pools(Protocol):
    """Lends the client that a URL is asked with. Raises EgressError or BusyError."""

    def lend(self, account: HookAccount, url: httpx.URL) -> AbstractAsyncContextManager[httpx.AsyncClient]: ...


class HttpHookTransport:
    """Asks hooks over connections of their application.

    A local document answers like a hook: `load_document` returns it as JSON by its `file:` URL. It raises OSError or ValueError.
    """

    def __init__(self, pools: Pools, now: Now, load_document: Callable[[str], str]) -> None:
        self._pools = pools
        self._now = now
        self._load_document = load_document

    async def attempt(self, request: HookRequest, url: str, account: HookAccount, request_id: str) -> Attempt:
        """Asks once, at a URL without its fragment. A failure is returned as an attempt, not raised."""
        try:
            parts = urlsplit(url)
            if parts.scheme == "file" and request.kind == "call":  # only the settings may name a file, as the first hook
                return self._read_document(url)
            if is_websocket(url):
                return no_url(f"{url} cannot be asked: {WEBSOCKET_REASON}")
            if parts.scheme not in ("http", "https"):
                return no_url(f"{url} cannot be asked: it is not http or https, and there is no base_url that a relative hook belongs to")
            if not parts.hostname or parts.port == 0:
                return no_url(f"{url} cannot be asked: it names no host")
            async with asyncio.timeout(account.timeout), self._pools.lend(account, httpx.URL(url)) as client:
                return await self._send_on_live_connection(client, **self._arguments(request, url, account, request_id))
        except TimeoutError:
            return timed_out(account.timeout)
        except BusyError as error:
            return no_connection(str(error))
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, ValueError) as error:
            return no_url(f"{url} is not a URL that can be asked: {error}")
        except (httpx.HTTPError, aiohttp.ClientError, OSError) as error:
            if refusal := _refusal(error):
                return no_url(f"{url} is not asked: {refusal}")
            return failed_attempt(error, account.timeout)

    def _arguments(self, request: HookRequest, url: str, account: HookAccount, request_id: str) -> dict[str, Any]:
        """Returns the arguments of httpx. A GET has no body, and its signature is made over the bytes that a POST would have."""
        content = body.encode(request.payload)
        headers = {"User-Agent": "jambonz", "Accept-Encoding": decoding.ACCEPTED_ENCODINGS, REQUEST_ID_HEADER: request_id}
        target = httpx.URL(url)
        if account.secret and account.names(target):
            headers[signature.SIGNATURE_HEADER] = signature.sign(account.secret, content, self._now())
        auth = request.auth or (account.auth if account.owns(target) else None)
        get = request.method == "GET"
        return {
            "method": request.method,
            "url": body.url_with_query(url, request.payload) if get else url,
            "content": None if get else content,
            "headers": headers if get else {**headers, "Content-Type": JSON_CONTENT_TYPE},
            "auth": (auth.username, auth.password) if auth else None,
            "timeout": httpx.Timeout(account.timeout, connect=account.timeout * HOOK_CONNECT_SHARE),
            "follow_redirects": False,
        }

    async def _send_on_live_connection(self, client: httpx.AsyncClient, **arguments: Any) -> Attempt:
        """Sends a request, and once more if it failed because the application had closed the kept connection before."""
        started_at = self._now()
        try:
            return await self._send(client, **arguments)
        except httpx.TransportError as error:
            closed = isinstance(error.__cause__, aiohttp.ServerDisconnectedError | ConnectionResetError)
            if not closed or self._now() - started_at > STALE_CONNECTION_SECONDS:
                raise
            return await self._send(client, **arguments)

    async def _send(self, client: httpx.AsyncClient, **arguments: Any) -> Attempt:
        """Sends a request, and reads its response. Raises what httpx and aiohttp raise."""
        async with client.stream(**arguments) as response:
            if response.status_code not in SUCCESS_STATUSES:
                return responded(response.status_code)
            try:
                content = await decoding.read(response.aiter_raw(), response.headers.get("content-encoding", ""), MAX_REPLY_BYTES)
            except decoding.DecodingError as error:
                return unreadable(str(error))
            return responded(response.status_code, response.headers.get("content-type", ""), content)

    def _read_document(self, url: str) -> Attempt:
        try:
            return Attempt(200, JSON_CONTENT_TYPE, self._load_document(url))
        except (OSError, ValueError) as error:
            return Attempt(failure="file", reason=f"the document cannot be read: {error}")


def _refusal(error: BaseException | None) -> EgressError | None:
    """Returns why a hook must not be asked, if that is the cause of an error."""
    while error:
        if isinstance(error, EgressError):
            return error
        error = error.__cause__ or error.__context__
    return None


def failed_attempt(error: Exception, seconds: float) -> Attempt:
    """Returns the failure of a request that raised an exception of httpx or aiohttp; `seconds` was its timeout."""
    reason = str(error) or type(error).__name__
    if isinstance(error, CONNECTION_ERRORS):
        return no_connection(reason)
    if isinstance(error, httpx.TimeoutException):
        return timed_out(seconds)
    return unreadable(reason)
