"""The audio of a simulated leg, in packets of 20 ms of PCMU: a tone where there is something to hear, else silence."""

import math

PACKET_SECONDS = 0.02
HERTZ = 8_000
TONE_HERTZ = 400
TONE_AMPLITUDE = 8_000
TALK_SECONDS = 1.0
"""A party talks for a second, and is silent for a second."""


def mu_law(sample: int) -> int:
    """Returns a sample of 16 bits as PCMU has it (ITU-T G.711)."""
    sign, magnitude = (0x80, -sample) if sample < 0 else (0, sample)
    magnitude = min(magnitude, 32_635) + 132
    exponent = magnitude.bit_length() - 8
    return ~(sign | exponent << 4 | magnitude >> exponent + 3 & 0x0F) & 0xFF


_SAMPLES = round(HERTZ * PACKET_SECONDS)
SILENCE = bytes([mu_law(0)]) * _SAMPLES
TONE = bytes(mu_law(round(TONE_AMPLITUDE * math.sin(2 * math.pi * TONE_HERTZ * n / HERTZ))) for n in range(_SAMPLES))
"""One packet, which holds eight whole waves: packets that follow each other are one tone."""


def is_talking(seconds: float) -> bool:
    """Returns whether a party that talks says something so long after the beginning."""
    return seconds % (2 * TALK_SECONDS) < TALK_SECONDS
