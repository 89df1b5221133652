"""The files of recordings: they are as long as the recordings, and can be read."""

import io
import struct
import wave
from collections.abc import Iterator
from itertools import pairwise

import pytest

from callverbs.interpreter.simulator import audio


def joined(file: tuple[int, Iterator[bytes]]) -> bytes:
    size, pieces = file
    content = b"".join(pieces)
    assert len(content) == size
    return content


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("seconds", [0.0, 0.4, 1.0, 7.125, 61.0])
def test_a_wav_file_is_exactly_as_long(seconds: float, channels: int) -> None:
    with wave.open(io.BytesIO(joined(audio.wav(seconds, channels)))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (channels, 2, 8000)
        assert file.getnframes() == round(seconds * 8000)


def test_a_wav_file_has_a_tone_without_clicks() -> None:
    with wave.open(io.BytesIO(joined(audio.wav(2.5, 1)))) as file:
        samples = [one for (one,) in struct.iter_unpack("<h", file.readframes(20_000))]
    assert max(samples) == audio.TONE_AMPLITUDE
    steepest = max(abs(after - before) for before, after in pairwise(samples[:400]))
    assert max(abs(after - before) for before, after in pairwise(samples)) <= steepest


@pytest.mark.parametrize("seconds", [0.0, 0.05, 7.2, 100.0])
def test_an_mp3_file_is_as_long_to_a_frame(seconds: float) -> None:
    content = joined(audio.mp3(seconds))
    frames = [content[at : at + 72] for at in range(0, len(content), 72)]
    assert all(frame[:2] == b"\xff\xe3" and len(frame) == 72 for frame in frames)
    assert -1e-9 < len(frames) * 0.072 - seconds < 0.072 + 1e-9


def test_a_long_file_comes_in_small_pieces() -> None:
    for size, pieces in (audio.wav(14_400, 2), audio.mp3(14_400)):
        assert size > 1_000_000
        assert len(next(pieces)) < 100_000
