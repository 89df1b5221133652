"""Sounds of our own. Commands name them, and requests hold them as base64.

ringback: the North American tone, 440 and 480 Hz, 2 s on and 4 s off; MP3, 16 kHz mono, 12 kB. Made with
`sox -n -r 16000 -c 1 -b 16 ring.wav synth 2 sine 440 sine 480 channels 1 gain -12 fade 0.01 2 0.01 pad 0 4` and
`lame -b 16 -m m ring.wav ringback.mp3`.
"""

import base64
from functools import cache
from pathlib import Path


@cache
def content(name: str) -> str:
    """Returns a sound as base64, for `playback_content`."""
    return base64.b64encode((Path(__file__).parent / f"{name}.mp3").read_bytes()).decode()
