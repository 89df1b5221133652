"""Where legs meet at the simulated carrier: queues and conferences, as state. Other modules change it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from callverbs.interpreter.simulator.clock import TimerHandle

if TYPE_CHECKING:
    from callverbs.interpreter.simulator.legs import SimulatedLeg, Sound
    from callverbs.interpreter.simulator.recording_state import RecordingState


@dataclass(slots=True, eq=False)
class Member:
    """A participant of a conference."""

    id: str
    muted: bool = False
    on_hold: bool = False
    hold_sound: "Sound | None" = None
    """What it hears on hold."""
    supervisor_role: str = "none"
    whispers_to: list[str] = field(default_factory=list)
    joined_at: float = 0.0
    ends_conference: bool = False
    """The conference ends when this participant leaves."""
    softly: bool = False
    """The conference ends when this participant leaves, and the others stay on the line."""


@dataclass(slots=True, eq=False)
class ConferenceSound:
    """Something that is played to a conference, or to those of its participants that a command has named: the sound of each leg."""

    kind: str
    legs: dict["SimulatedLeg", "Sound"]
    is_named: bool
    fields: dict[str, Any]
    """The fields of its webhooks that name the file."""
    timer: TimerHandle | None = None


@dataclass(slots=True, eq=False)
class Conference:
    """A conference. Times are in UTC seconds, 0 for never."""

    id: str
    name: str
    connection_id: str
    client_state: str | None
    owner: "SimulatedLeg"
    max_participants: int
    created_at: float
    started: bool = True
    members: dict["SimulatedLeg", Member] = field(default_factory=dict)
    ended_at: float = 0.0
    end_reason: str = ""
    sounds: list[ConferenceSound] = field(default_factory=list)
    recordings: list["RecordingState"] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class SimulatedQueue:
    """A queue of calls, the longest wait first. Times are in UTC seconds."""

    id: str
    name: str
    max_size: int
    created_at: float
    legs: dict["SimulatedLeg", "QueueWait"] = field(default_factory=dict)
    total_wait: float = 0.0
    """The waits that are over, all together in seconds; `served` is how many there were."""
    served: int = 0

    def position(self, leg: "SimulatedLeg") -> int:
        """Returns the place of a leg that waits here, from 1."""
        return list(self.legs).index(leg) + 1

    @property
    def average_wait_secs(self) -> int:
        """The mean of the waits that are over."""
        return int(self.total_wait / self.served) if self.served else 0


@dataclass(slots=True, eq=False)
class QueueWait:
    """Since when a leg waits in a queue, what ends its wait, and whether it stays there after its hangup."""

    enqueued_at: float
    keeps: bool = False
    timer: TimerHandle | None = None
