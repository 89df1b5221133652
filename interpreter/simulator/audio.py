"""Makes the files of recordings: a tone as WAV, silence as MP3, of any length, in pieces of some seconds.

No file is kept: a recording of hours takes no more memory than one of a second.
"""

import math
import struct
from collections.abc import Iterator

SAMPLES_PER_SECOND = 8000
SAMPLE_BYTES = 2
TONE_HERTZ = 440
"""A whole number of waves in a second, so that pieces follow each other without a click."""
TONE_AMPLITUDE = 3000
WAV_HEADER_BYTES = 44
MP3_FRAME = b"\xff\xe3\x18\xc4" + bytes(68)
"""A frame of silence: MPEG 2.5, layer III, 8 kbit/s, 8 kHz, one channel, no CRC; its size is 72 · 8000 / 8000 bytes."""
MP3_FRAME_SAMPLES = 576
MP3_PIECE_FRAMES = 100


def wav(seconds: float, channels: int) -> tuple[int, Iterator[bytes]]:
    """Returns the size of a WAV file in bytes, and the file in pieces. Its length is exact to a sample."""
    frames = round(seconds * SAMPLES_PER_SECOND)
    size = frames * channels * SAMPLE_BYTES
    return WAV_HEADER_BYTES + size, _wav_pieces(frames, channels, size)


def _wav_pieces(frames: int, channels: int, size: int) -> Iterator[bytes]:
    bytes_per_second = SAMPLES_PER_SECOND * channels * SAMPLE_BYTES
    format_chunk = struct.pack("<HHIIHH", 1, channels, SAMPLES_PER_SECOND, bytes_per_second, channels * SAMPLE_BYTES, 8 * SAMPLE_BYTES)
    yield b"RIFF" + struct.pack("<I", WAV_HEADER_BYTES - 8 + size) + b"WAVEfmt " + struct.pack("<I", len(format_chunk)) + format_chunk
    yield b"data" + struct.pack("<I", size)
    second = _tone_second(channels)
    for _ in range(frames // SAMPLES_PER_SECOND):
        yield second
    yield second[: frames % SAMPLES_PER_SECOND * channels * SAMPLE_BYTES]


def _tone_second(channels: int) -> bytes:
    wave = (round(TONE_AMPLITUDE * math.sin(2 * math.pi * TONE_HERTZ * n / SAMPLES_PER_SECOND)) for n in range(SAMPLES_PER_SECOND))
    return b"".join(struct.pack("<h", sample) * channels for sample in wave)


def mp3(seconds: float) -> tuple[int, Iterator[bytes]]:
    """Returns the size of an MP3 file in bytes, and the file in pieces. Its length is whole frames of 72 milliseconds."""
    frames = math.ceil(seconds * SAMPLES_PER_SECOND / MP3_FRAME_SAMPLES)
    return frames * len(MP3_FRAME), _mp3_pieces(frames)


def _mp3_pieces(frames: int) -> Iterator[bytes]:
    for _ in range(frames // MP3_PIECE_FRAMES):
        yield MP3_FRAME * MP3_PIECE_FRAMES
    yield MP3_FRAME * (frames % MP3_PIECE_FRAMES)
