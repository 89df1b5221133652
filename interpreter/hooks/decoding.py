"""Reads the body of a response: decoded, and never more of it in memory than a reply may have.

A body of a few hundred bytes can decode to gigabytes, so decoding stops at the limit, and one layer of encoding is all there may be.
"""

import zlib
from collections.abc import AsyncIterator

PLAIN = ("", "identity")
WINDOW_BITS = {"gzip": 31, "x-gzip": 31, "deflate": 15}
"""The decoders of zlib, by content encoding (RFC 9110, 8.4.1)."""
ACCEPTED_ENCODINGS = "gzip, deflate"


class DecodingError(Exception):
    """A body that cannot be decoded, and why."""


async def read(parts: AsyncIterator[bytes], encoding: str, max_bytes: int) -> bytes:
    """Returns a decoded body; of one that is longer than `max_bytes`, one byte more than that. Raises DecodingError."""
    decoder = _decoder(encoding)
    found = bytearray()
    async for part in parts:
        try:
            found += decoder.decompress(part, max_bytes + 1 - len(found)) if decoder else part
        except zlib.error as error:
            raise DecodingError(f"it is no {encoding}: {error}") from None
        if len(found) > max_bytes:
            return bytes(found[: max_bytes + 1])
    if decoder and not decoder.eof and found + decoder.unconsumed_tail:
        raise DecodingError(f"its {encoding} ends too early")
    return bytes(found)


def _decoder(encoding: str) -> "zlib._Decompress | None":
    name = encoding.strip().lower()
    if name in PLAIN:
        return None
    if name not in WINDOW_BITS:
        raise DecodingError(f"its content-encoding is {name}: send it as gzip, or as it is")
    return zlib.decompressobj(WINDOW_BITS[name])
