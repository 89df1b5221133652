"""The one pool of connections over which a process asks applications and the carrier. It knows no protocol above HTTP.

httpx on aiohttp's transport: four times the requests of httpx's own at 16 in flight (benchmarks/hooks.py).
"""

from http.cookiejar import CookieJar, DefaultCookiePolicy

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

MAX_CONNECTIONS = 1000
"""So many that a silent application does not take those of the others."""
KEEPALIVE_SECONDS = 60.0
"""An unused connection is kept for so long. Most servers close it earlier, and then it is gone from the pool."""


def open_pool() -> httpx.AsyncClient:
    """Returns a client for all calls, which remembers nothing of one call in another: no cookies are kept."""
    transport = AiohttpTransport()

    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(ssl=transport.ssl_context, limit=MAX_CONNECTIONS, keepalive_timeout=KEEPALIVE_SECONDS)
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    transport.client = session
    return httpx.AsyncClient(transport=transport, cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])), trust_env=False)
