"""HTTP responses as a network delivers them."""

import httpx


def unread(response: httpx.Response) -> httpx.Response:
    """Returns a response whose body is still to be read. One that httpx makes of a text has been read already."""
    if not response.is_stream_consumed:
        return response
    return httpx.Response(response.status_code, headers=response.headers, stream=httpx.ByteStream(response.content))
