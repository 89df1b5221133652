"""The state of a recording at the simulated carrier. Nothing in this module acts: `recording` and `conference_media` change the state."""

from dataclasses import dataclass, field
from typing import Literal

from callverbs.interpreter.simulator.clock import TimerHandle


@dataclass(slots=True, eq=False)
class RecordingState:
    """A recording in progress. Limits are in seconds, 0 for none."""

    id: str
    format: Literal["mp3", "wav"]
    channels: Literal["single", "dual"]
    max_length: float
    silence_seconds: float
    trim: bool
    name: str
    """What its file is called, without the time."""
    started_at: float
    speech_from: float = 0.0
    """When the party begins to speak, after the beep."""
    resumed_at: float = 0.0
    """Since when it records; 0 while it is paused."""
    seconds: float = 0.0
    """What it had recorded by then."""
    timers: list[TimerHandle] = field(default_factory=list)
