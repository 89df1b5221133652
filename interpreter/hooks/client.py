"""Asks hooks, with the retries that their URLs ask for, and returns the results as events. A transport sends the requests."""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple, Protocol

import httpx

from callverbs.interpreter.engine.session import OutboxEntry
from callverbs.interpreter.hooks import retry
from callverbs.interpreter.hooks.attempt import Attempt
from callverbs.interpreter.runtime.ports import Sleep
from callverbs.verbs.language.events import Event, HookFailed, HookReplied
from callverbs.verbs.language.messages import HookRequest
from callverbs.verbs.language.spec import Credentials

HOOK_TIMEOUT_SECONDS = 10.0
"""A hook has so long for its reply, to the last byte (jambonz JAMBONES_HTTP_TIMEOUT)."""


Origin = tuple[str, str, int | None]
"""Scheme, host and port; the port is None where it is the scheme's default."""


def origin_of(url: httpx.URL) -> Origin:
    """Returns the origin of an absolute URL."""
    return url.scheme, url.host, url.port


class HookAccount(NamedTuple):
    """What the settings say of the hooks of one application: the secret to sign with, Basic auth for its origin, a timeout in seconds.

    `named` are the URLs that the settings name besides its origin: requests to these are signed, too, and are asked wherever they are.
    """

    secret: str = ""
    auth: Credentials | None = None
    origin: str = ""
    timeout: float = HOOK_TIMEOUT_SECONDS
    name: str = ""
    named: tuple[str, ...] = ()

    def owns(self, url: httpx.URL) -> bool:
        """Returns whether a URL is of the application's own origin."""
        return bool(self.origin) and origin_of(url) == origin_of(httpx.URL(self.origin))

    def names(self, url: httpx.URL) -> bool:
        """Returns whether the settings name the origin of a URL."""
        return self.owns(url) or origin_of(url) in [origin_of(httpx.URL(one)) for one in self.named]


class HookTransport(Protocol):
    """Asks a hook once, at a URL without its fragment. A failure is returned as an attempt, not raised."""

    async def attempt(self, request: HookRequest, url: str, account: HookAccount, request_id: str) -> Attempt: ...


class HookClient:
    """Asks hooks over a transport. `accounts` holds the account of each application by its name."""

    def __init__(self, transport: HookTransport, accounts: Mapping[str, HookAccount], sleep: Sleep = asyncio.sleep) -> None:
        self._transport = transport
        self._accounts = accounts
        self._sleep = sleep

    async def ask(self, session: str, app: str, entry: OutboxEntry) -> Event:
        """Sends one request, and retries it as its URL says. A retry carries the same request id."""
        request = entry.message
        assert isinstance(request, HookRequest)
        url, policy = retry.split_url(request.url)
        account = self._accounts.get(app, HookAccount())
        request_id = f"{session}:{entry.n}"
        attempt = await self._transport.attempt(request, url, account, request_id)
        for pause in retry.PAUSES_SECONDS[: policy.times]:
            if not attempt.failure or not policy.covers(attempt.failure):
                break
            await self._sleep(pause)
            attempt = await self._transport.attempt(request, url, account, request_id)
        return result_event(request_id, entry.n, attempt)


def result_event(event_id: str, n: int, attempt: Attempt) -> Event:
    """Returns the event that an attempt becomes."""
    if attempt.failure:
        return HookFailed(id=event_id, n=n, status=attempt.status, reason=attempt.reason)
    return HookReplied(id=event_id, n=n, status=attempt.status, content_type=attempt.content_type, body=attempt.body)
