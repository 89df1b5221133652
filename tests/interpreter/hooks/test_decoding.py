"""A body is decoded up to the limit and no further, whatever it would become."""

import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator

import pytest

from callverbs.interpreter.hooks.decoding import DecodingError, read

LIMIT = 1000


async def parts(content: bytes, size: int = 100) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


@pytest.mark.parametrize(("encoding", "encode"), [("", bytes), ("identity", bytes), ("gzip", gzip.compress), ("Deflate", zlib.compress)])
@pytest.mark.parametrize("length", [0, 1, LIMIT, LIMIT + 1, 5 * LIMIT])
async def test_what_is_read(encoding: str, encode: "type[bytes]", length: int) -> None:
    assert await read(parts(encode(b"a" * length)), encoding, LIMIT) == b"a" * min(length, LIMIT + 1)


async def test_an_empty_body_has_no_encoding() -> None:
    assert await read(parts(b""), "gzip", LIMIT) == b""


@pytest.mark.parametrize(
    ("content", "encoding", "why"),
    [
        (b"[]", "gzip", "it is no gzip"),
        (gzip.compress(b"[]", mtime=0)[:-9], "gzip", "its gzip ends too early"),
        (b"[]", "br", "its content-encoding is br: send it as gzip, or as it is"),
        (gzip.compress(gzip.compress(b"[]", mtime=0), mtime=0), "gzip, gzip", "its content-encoding is gzip, gzip"),
    ],
    ids=["no gzip", "cut off", "another encoding", "two layers"],
)
async def test_what_is_refused(content: bytes, encoding: str, why: str) -> None:
    with pytest.raises(DecodingError, match=why):
        await read(parts(content), encoding, LIMIT)


async def test_a_small_body_that_becomes_gigabytes_takes_no_memory() -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    tracemalloc.start()
    try:
        await read(parts(bomb, len(bomb)), "gzip", LIMIT)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
