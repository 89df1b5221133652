"""Asks the application over HTTP, and brings back what it said. It judges the transport; what a reply means is for the step.

Success is 200, 202 and 204 (http-requestor.js). A credential goes to the origin it was given for: the application's own to
the application's, a hook's own to that hook.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import aiohttp
import httpx
import msgspec

from interpreter.hooks import retry, signature
from interpreter.session import Entry
from verbs._commands import Ask
from verbs._events import Event, HookFailed, HookReplied
from verbs._spec import Credentials

SUCCESS = (200, 202, 204)
LONGEST = 1_000_000
"""Characters of a reply, at the most."""
TIMEOUT = 10.0
"""Seconds for an answer (jambonz JAMBONES_HTTP_TIMEOUT)."""
JSON = "application/json"
REQUEST_ID = "X-Callverbs-Request-Id"


class Account(NamedTuple):
    """What an application's hooks need to be trusted: a secret to sign with, and Basic auth for its origin."""

    secret: str = ""
    auth: Credentials | None = None
    origin: str = ""
    timeout: float = TIMEOUT


class Answer(NamedTuple):
    """One attempt: a response, or the kind of failure (ct, rt, 4xx, 5xx) and a sentence."""

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
        """Ask one question, with the retries that its URL wants."""
        assert isinstance(entry.wish, Ask)
        url, policy = retry.split(entry.wish.url)
        account = self._accounts.get(app, Account())
        result = f"{session}:{entry.n}"
        answer = await self._once(entry.wish, url, account, result)
        for pause in retry.PAUSES[: policy.times]:
            if not answer.failure or not policy.covers(answer.failure):
                break
            await self._sleep(pause)
            answer = await self._once(entry.wish, url, account, result)
        return event(result, entry.n, answer)

    async def _once(self, ask: Ask, url: str, account: Account, request_id: str) -> Answer:
        scheme = urlsplit(url).scheme
        if scheme == "file" and ask.kind == "call":  # the settings' own document; no document may name a file
            return self._local(url)
        if scheme not in ("http", "https"):
            return Answer(
                failure="url",
                reason=f"{url} cannot be asked: it is not http or https, and there is no base_url that a relative hook belongs to",
            )
        body = msgspec.json.encode(ask.payload)
        headers = {"User-Agent": "jambonz", REQUEST_ID: request_id}
        if account.secret:
            headers[signature.HEADER] = signature.sign(account.secret, body, self._now())
        auth = ask.auth or (account.auth if url.startswith(account.origin + "/") or url == account.origin else None)
        try:
            response = await self._request(
                ask.method,
                httpx.URL(url).copy_merge_params(_flat(ask.payload)) if ask.method == "GET" else url,
                content=None if ask.method == "GET" else body,
                headers=headers if ask.method == "GET" else {**headers, "Content-Type": JSON},
                auth=(auth.username, auth.password) if auth else None,
                timeout=account.timeout,
                follow_redirects=False,
            )
        except (httpx.ConnectTimeout, httpx.ConnectError) as error:
            return no_connection(str(error) or type(error).__name__)
        except httpx.TimeoutException:
            return silence(account.timeout)
        except (httpx.TransportError, aiohttp.ClientError) as error:
            return no_connection(str(error) or type(error).__name__)
        except (httpx.InvalidURL, UnicodeError) as error:
            return Answer(failure="url", reason=f"{url} is not a URL that can be asked: {error}")
        return judge(response.status_code, response.headers.get("content-type", ""), response.text)

    async def _request(self, method: str, url: httpx.URL | str, **request: Any) -> httpx.Response:
        """A kept connection that the application has just closed is not the application's failure: the request goes once more."""
        try:
            return await self._client.request(method, url, **request)
        except httpx.TransportError as error:
            if not isinstance(error.__cause__, aiohttp.ServerDisconnectedError | ConnectionResetError):
                raise
            return await self._client.request(method, url, **request)

    def _local(self, url: str) -> Answer:
        try:
            return Answer(200, JSON, self._document(url))
        except (OSError, ValueError) as error:
            return Answer(failure="file", reason=f"the document cannot be read: {error}")


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


def event(result: str, n: int, answer: Answer) -> Event:
    """What an answer is for the call."""
    if answer.failure:
        return HookFailed(id=result, n=n, status=answer.status, reason=answer.reason)
    return HookReplied(id=result, n=n, status=answer.status, content_type=answer.content_type, body=answer.body)


def _flat(payload: Mapping[str, Any]) -> dict[str, str]:
    """The plain values of a payload, for a query: objects and lists stay out."""
    words = {True: "true", False: "false"}
    return {
        key: words[value] if isinstance(value, bool) else str(value)
        for key, value in payload.items()
        if isinstance(value, str | int | float)
    }
