"""What a WebSocket sends back: how long it is heard, when marks are due, and what is refused. And the audio that it gets."""

import base64
import json
import math
from typing import Any

import pytest

from callverbs.interpreter.simulator.stream_audio import HERTZ, PACKET_SECONDS, SILENCE, TONE, mu_law
from callverbs.interpreter.simulator.stream_playback import MAX_MARKS, Playback

NOW = 1_700_000_000.0
RTP = {"stream_bidirectional_mode": "rtp"}
L16 = {**RTP, "stream_bidirectional_codec": "L16", "stream_bidirectional_sampling_rate": 16_000}


def media(size: int) -> str:
    """Returns a message with so many bytes of audio."""
    return json.dumps({"event": "media", "media": {"payload": base64.b64encode(bytes(size)).decode()}})


def mark(name: str) -> str:
    return json.dumps({"event": "mark", "mark": {"name": name}})


CLEAR = json.dumps({"event": "clear"})


@pytest.mark.parametrize(
    ("body", "size", "seconds"),
    [
        (RTP, 160, 0.02),
        (RTP, 8_000, 1.0),
        (RTP, 240_000, 30.0),
        (L16, 32_000, 1.0),
        ({**RTP, "stream_bidirectional_codec": "OPUS"}, 77, 0.02),
        ({}, 32_000, 2.0),
    ],
)
def test_audio_lasts_as_long_as_its_codec_says(body: dict[str, Any], size: int, seconds: float) -> None:
    playback = Playback(body)
    assert not playback.is_playing(NOW)
    assert playback.take(media(size), NOW) is None
    assert playback.is_playing(NOW + seconds - 0.001)
    assert not playback.is_playing(NOW + seconds + 0.001)


def test_a_mark_is_due_when_what_came_before_it_is_over() -> None:
    playback = Playback(RTP)
    playback.take(mark("nothing before"), NOW)
    assert list(playback.marks_due(NOW)) == ["nothing before"]
    playback.take(media(8_000), NOW)
    playback.take(mark("one"), NOW)
    playback.take(media(8_000), NOW + 0.5)
    playback.take(mark("two"), NOW + 0.5)
    assert list(playback.marks_due(NOW + 0.99)) == []
    assert list(playback.marks_due(NOW + 1.01)) == ["one"]
    assert list(playback.marks_due(NOW + 1.99)) == []
    assert list(playback.marks_due(NOW + 2.01)) == ["two"]
    assert list(playback.marks_due(NOW + 9)) == []


def test_clear_drops_the_audio_and_brings_the_marks_back() -> None:
    playback = Playback(RTP)
    for name in ("one", "two"):
        playback.take(media(80_000), NOW)
        playback.take(mark(name), NOW)
    assert playback.take(CLEAR, NOW + 1) is None
    assert not playback.is_playing(NOW + 1)
    assert list(playback.marks_due(NOW + 1)) == ["one", "two"]
    playback.take(media(8_000), NOW + 2)
    assert playback.is_playing(NOW + 2.5)


def test_files_come_once_a_second() -> None:
    playback = Playback({})
    assert playback.take(media(16_000), NOW) is None
    fault = playback.take(media(16_000), NOW + 0.5)
    assert fault
    assert fault.title == "rate_limit_reached"
    assert playback.take(media(16_000), NOW + 1.5) is None


@pytest.mark.parametrize(
    ("message", "title"),
    [
        ("hello", "malformed_frame"),
        ("[]", "malformed_frame"),
        ("{}", "malformed_frame"),
        (b"\xff\xfe\xfd", "malformed_frame"),
        ('{"event": "playAudio"}', "malformed_frame"),
        ('{"event": "mark"}', "malformed_frame"),
        ('{"event": "mark", "mark": {"name": 5}}', "malformed_frame"),
        ('{"event": "media"}', "invalid_media"),
        ('{"event": "media", "media": []}', "invalid_media"),
        ('{"event": "media", "media": {"payload": 5}}', "invalid_media"),
        ('{"event": "media", "media": {"payload": "?"}}', "invalid_media"),
        (media(159), "invalid_media"),
        (media(240_001), "invalid_media"),
    ],
)
def test_what_cannot_be_played(message: str | bytes, title: str) -> None:
    playback = Playback(RTP)
    fault = playback.take(message, NOW)
    assert fault
    assert fault.title == title
    assert fault.detail
    assert not playback.is_playing(NOW)


def test_marks_are_limited() -> None:
    playback = Playback(RTP)
    playback.take(media(8_000), NOW)
    assert [playback.take(mark(str(n)), NOW) for n in range(MAX_MARKS)] == [None] * MAX_MARKS
    assert playback.take(mark("one more"), NOW)


def linear(byte: int) -> int:
    """Returns the sample of a byte of PCMU, by the decoder of ITU-T G.711."""
    byte = ~byte & 0xFF
    magnitude = (((byte & 0x0F) << 3) + 132 << (byte >> 4 & 7)) - 132
    return -magnitude if byte & 0x80 else magnitude


def test_pcmu() -> None:
    assert (mu_law(0), mu_law(32_767), mu_law(-32_768)) == (0xFF, 0x80, 0x00)
    for sample in range(-32_000, 32_000, 7):
        assert abs(linear(mu_law(sample)) - sample) <= max(4, abs(sample) / 16)
    assert all(mu_law(linear(byte)) == byte for byte in range(256) if byte != 0x7F)  # a zero has two signs


def test_the_tone() -> None:
    assert len(TONE) == len(SILENCE) == HERTZ * PACKET_SECONDS
    assert set(map(linear, SILENCE)) == {0}
    samples = [linear(byte) for byte in TONE]
    assert max(samples) == pytest.approx(8_000, rel=0.05)
    rising = sum(1 for before, after in zip([*samples[-1:], *samples], samples, strict=False) if before < 0 <= after)
    assert rising == 400 * PACKET_SECONDS
    assert math.isclose(sum(samples), 0, abs_tol=8_000)
