"""The state of a transcription at the simulated carrier. Nothing in this module acts: `transcribing` changes the state."""

from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class TranscriptionState:
    """A transcription in progress, in the carrier's terms. `interim` says whether what is not final is reported."""

    engine: str
    interim: bool
    tracks: str
    started_at: float
