"""The transport of commands over HTTP."""

import aiohttp
import httpx
import msgspec

from callverbs.interpreter.telnyx.client import CarrierResponse, TransportError
from callverbs.interpreter.telnyx.commands import CarrierRequest

REQUEST_TIMEOUT_SECONDS = 5.0
"""For each of: the connection, a free place in the pool, one write, one read."""


class HttpCarrierTransport:
    """Sends requests to the carrier's API with one pooled client. `authorization` is the value of that header."""

    def __init__(self, client: httpx.AsyncClient, base_url: str, authorization: str) -> None:
        self._client = client
        self._base_url = base_url.rstrip("/")
        self._headers = {"Authorization": authorization, "Content-Type": "application/json"}

    async def send(self, request: CarrierRequest) -> CarrierResponse:
        """Sends one request. Raises TransportError where there is no response."""
        content = msgspec.json.encode(request.body) if request.method != "GET" else None
        url = self._base_url + request.path
        try:
            response = await self._client.request(
                request.method, url, content=content, headers={**self._headers, **request.headers}, timeout=REQUEST_TIMEOUT_SECONDS
            )
        except (httpx.HTTPError, aiohttp.ClientError) as error:  # httpx-aiohttp passes some of aiohttp's own errors through
            raise TransportError(f"{type(error).__name__} {error}".strip()) from error
        return CarrierResponse(response.status_code, response.headers, response.content)
