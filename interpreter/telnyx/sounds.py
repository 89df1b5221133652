"""Sounds of our own. Commands name them, and requests hold them as base64.

ringback: the North American tone, 440 and 480 Hz, 2 s on and 4 s off; MP3, 16 kHz mono, 12 kB. Made with
`sox -n -r 16000 -c 1 -b 16 ring.wav synth 2 sine 440 sine 480 channels 1 gain -12 fade 0.01 2 0.01 pad 0 4` and
`lame -b 16 -m m ring.wav ringback.mp3`.

beep: 1500 Hz for half a second, as jambonz has it before a recording; WAV, 8 kHz mono, 16 bits, 8 kB. Made with
`sox -n -r 8000 -c 1 -b 16 beep.wav synth 0.5 sine 1500 gain -12 fade 0.01 0.5 0.01`, or anything that does the same.
"""

import base64
from functools import cache
from pathlib import Path

FORMATS = {"beep": "wav"}
"""The format of each sound that is not an MP3."""


def file_name(name: str) -> str:
    """Returns the file of a sound, whose ending is its format."""
    return f"{name}.{FORMATS.get(name, 'mp3')}"


@cache
def content(name: str) -> str:
    """Returns a sound as base64, for `playback_content`."""
    return base64.b64encode((Path(__file__).parent / file_name(name)).read_bytes()).decode()
