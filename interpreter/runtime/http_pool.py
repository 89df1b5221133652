"""The HTTP connection pool of a process, for requests to applications and to the carrier.

It is httpx on aiohttp's transport, which makes four times the requests of httpx's own with 16 in flight (benchmarks/hooks.py).
"""

from http.cookiejar import CookieJar, DefaultCookiePolicy

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

MAX_CONNECTIONS = 1000
"""Enough that requests to an application that does not answer leave some for the others."""
KEEPALIVE_SECONDS = 60.0
"""How long an unused connection is kept. Most servers close it earlier, which removes it from the pool."""


def open_pool() -> httpx.AsyncClient:
    """Returns the client for all calls. It keeps no cookies."""
    transport = AiohttpTransport()

    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(ssl=transport.ssl_context, limit=MAX_CONNECTIONS, keepalive_timeout=KEEPALIVE_SECONDS)
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    transport.client = session
    return httpx.AsyncClient(transport=transport, cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])), trust_env=False)
