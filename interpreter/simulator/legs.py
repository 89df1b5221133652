"""The state of a leg at the simulated carrier. Nothing in this module acts: other modules change the state.

A leg ends once. Its own timers, sounds and gather end with it; `ending` handles its peer.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from msgspec import Struct

from callverbs.interpreter.simulator.clock import TimerHandle
from callverbs.interpreter.simulator.meeting_places import Conference, SimulatedQueue
from callverbs.interpreter.simulator.people import Person, Saying
from callverbs.interpreter.simulator.recording_state import RecordingState
from callverbs.interpreter.simulator.refusals import ApiResponse, Body
from callverbs.interpreter.simulator.routing import LegRouting
from callverbs.interpreter.simulator.transcription_state import TranscriptionState

Direction = Literal["incoming", "outgoing"]
State = Literal["ringing", "answered", "bridged", "ended"]


class Party(Protocol):
    """The party at the far end of a leg. It is told of what happens there, and can act."""

    person: Person

    def on_ringing(self) -> None: ...
    def on_answered(self) -> None: ...
    def on_sound(self, sound: "Sound") -> None: ...
    def on_silence(self) -> None: ...
    def on_waiting_for_keys(self) -> None: ...
    def on_listened_to(self) -> None: ...
    def on_not_listened_to(self) -> None: ...
    def on_bridged(self) -> None: ...
    def on_unbridged(self) -> None: ...
    def press(self, keys: str) -> None: ...
    def say(self, saying: Saying) -> None: ...
    def hang_up(self) -> None: ...


class Heard(Struct):
    """A text, the address of a file or of a WebSocket, keys, or the body of a SIP INFO that a party heard. `at` is in UTC seconds.

    `whole` is true once it was heard to its end.
    """

    kind: Literal["speech", "file", "keys", "stream", "info"]
    what: str
    at: float
    whole: bool = False


@dataclass(slots=True, eq=False)
class Sound:
    """Something to play on a leg: speech, a file, or the prompt of a gather. `content` is the text, or the address of the file."""

    kind: Literal["speak", "playback"]
    content: str
    seconds: float
    """The length of one loop."""
    loops: int = 1
    """0 is for ever."""
    media_fields: Body = field(default_factory=dict)
    """The fields of its webhooks that name the file."""
    has_webhooks: bool = True
    is_missing: bool = False
    is_overlay: bool = False
    target_legs: str = "self"
    on_ended: Callable[[], None] | None = None
    """Called after its end, in whatever way it ended, unless the leg has ended."""
    is_playing: bool = False
    timers: list[TimerHandle] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class GatherState:
    """A gather in progress: its parameters, in the carrier's terms but in seconds, and the digits so far."""

    minimum_digits: int
    maximum_digits: int
    terminating_digit: str
    valid_digits: str
    inter_digit_seconds: float
    id: str = ""
    """What the command calls it; its webhook has it too."""
    tries_left: int = 1
    first_digit_seconds: float = 0.0
    """From the command, or from the end of the prompt, to the first key; 0 is for ever."""
    total_seconds: float = 0.0
    """From the command to the end of the input; 0 is for ever."""
    prompt: Callable[[], Sound] | None = None
    invalid_prompt: Callable[[], Sound | None] | None = None
    """What is played after an invalid input, before the prompt."""
    digits: str = ""
    sounds: list[Sound] = field(default_factory=list)
    timers: list[TimerHandle] = field(default_factory=list)
    total_timer: TimerHandle | None = None


class StreamConnection(Protocol):
    """The connection of a stream, while it is made and while it is open."""

    def close(self) -> None: ...
    def press(self, key: str) -> None: ...


@dataclass(slots=True, eq=False)
class Stream:
    """The audio of a leg on its way to a WebSocket: the stream's id, and the body of the command that has started it."""

    id: str
    body: Body
    is_open: bool = False
    connection: StreamConnection | None = None

    @property
    def url(self) -> str:
        """The WebSocket's URL."""
        return str(self.body["stream_url"])

    @property
    def track(self) -> str:
        """Whose audio: inbound_track, outbound_track or both_tracks."""
        return str(self.body.get("stream_track", "inbound_track"))


class Fork(Protocol):
    """A fork of a leg's audio."""

    def close(self) -> None: ...


class AgentConnection(Protocol):
    """The connection with an agent, while it is made and while it is open."""

    def tell(self, frame: Body) -> None: ...
    def close(self) -> None: ...


@dataclass(slots=True, eq=False)
class Conversation:
    """A conversation with an agent, in progress: the command that has started it, and since when, in UTC seconds."""

    id: str
    began: float
    body: Body = field(default_factory=dict)
    connection: AgentConnection | None = None
    greeting: Sound | None = None
    """The first thing that is said, if the command has it."""
    sounds: list[Sound] = field(default_factory=list)
    """What the agent is saying, or is about to say."""
    said: list[str] = field(default_factory=list)
    messages: list[Body] = field(default_factory=list)
    """What the application has added to it."""


@dataclass(slots=True)
class DialOptions:
    """How an outgoing leg is called, and what follows its answer. Times are in seconds."""

    ring_seconds: float = 30.0
    time_limit: float = 14_400.0
    retry_on_timeout: bool = True
    """The carrier may try other routes when nobody has answered in time. It decides the cause of the hangup."""
    detection: str = "disabled"
    thresholds: Body = field(default_factory=dict)
    sound: Sound | None = None
    digits: str = ""
    on_answered: Callable[[], None] | None = None
    """Called after the answer, and after the sound if there is one."""


@dataclass(slots=True, eq=False)
class CallSession:
    """The call session of legs that belong together."""

    id: str
    leg_count: int = 0

    def next_label(self) -> str:
        """Counts a new leg, and returns its name: `a` for the first, then `b1`, `b2` …"""
        self.leg_count += 1
        return f"b{self.leg_count - 1}" if self.leg_count > 1 else "a"


@dataclass(slots=True, eq=False)
class SimulatedLeg:
    """A leg between the carrier and one party. Times are in UTC seconds, 0 for never."""

    id: str
    leg_id: str
    session: CallSession
    connection_id: str
    label: str
    direction: Direction
    from_: str
    to: str
    started_at: float
    party: Party = field(init=False)
    caller_name: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    """SIP headers of the INVITE."""
    dial_options: DialOptions = field(default_factory=DialOptions)
    routing: LegRouting = field(default_factory=LegRouting)
    state: State = "ringing"
    client_state: str | None = None
    answered_at: float = 0.0
    ended_at: float = 0.0
    hangup_cause: str = ""
    peer: "SimulatedLeg | None" = None
    parks: bool = False
    """It is not hung up when its present bridge ends (park_after_unbridge)."""
    always_parks: bool = False
    """It is not hung up when any bridge of it ends (park_after_unbridge of the dial)."""
    queue: SimulatedQueue | None = None
    """The queue that it waits in."""
    conference: Conference | None = None
    transfer_targets: list["SimulatedLeg"] = field(default_factory=list)
    """Legs that it is being transferred to. They end with it."""
    ring_timer: TimerHandle | None = None
    """Ends an outgoing leg that is not answered."""
    sounds: deque[Sound] = field(default_factory=deque)
    overlays: list[Sound] = field(default_factory=list)
    gather: GatherState | None = None
    stream: Stream | None = None
    conversation: Conversation | None = None
    recordings: list[RecordingState] = field(default_factory=list)
    from_answer: Body = field(default_factory=dict)
    """The command that says what begins with the answer."""
    recording_id: str = ""
    """The id of the recording that begins with the answer."""
    transcription: TranscriptionState | None = None
    fork: "Fork | None" = None
    siprec: bool = False
    """It is recorded with SIPREC."""
    supervises: "SimulatedLeg | None" = None
    supervisor_role: str = ""
    supervisors: list["SimulatedLeg"] = field(default_factory=list)
    """Legs that listen to it."""
    noise_suppression: str = ""
    """Whose noise is suppressed; empty for nobody's."""
    timers: set[TimerHandle] = field(default_factory=set)
    responses: dict[str, tuple[float, ApiResponse]] = field(default_factory=dict)
    """By command_id, when a command was accepted, and the response."""
    command_headers: dict[str, dict[str, str]] = field(default_factory=dict)
    """SIP headers that commands carried, by the command's name."""
    heard: list[Heard] = field(default_factory=list)
    keys: str = ""
    said: list[str] = field(default_factory=list)

    @property
    def ended(self) -> bool:
        return self.state == "ended"

    @property
    def calling_party_type(self) -> str:
        """From where the call comes: sip or pstn."""
        return "sip" if self.from_.lower().startswith(("sip:", "sips:")) else "pstn"

    @property
    def is_up(self) -> bool:
        """Whether it is answered and has not ended."""
        return self.state in ("answered", "bridged")

    def view(self) -> "LegView":
        """Returns its present state."""
        return LegView(
            id=self.id,
            label=self.label,
            leg_id=self.leg_id,
            session_id=self.session.id,
            from_=self.from_,
            to=self.to,
            direction=self.direction,
            state=self.state,
            peer=self.peer.id if self.peer else None,
            supervises=self.supervises.id if self.supervises else None,
            supervisor_role=self.supervisor_role,
            noise_suppression=self.noise_suppression,
            heard=tuple(Heard(one.kind, one.what, one.at, one.whole) for one in self.heard),
            keys=self.keys,
            said=tuple(self.said),
            waiting=self.gather is not None,
            stream=self.stream.url if self.stream and self.stream.is_open else "",
            recording=bool(self.recordings),
            listening=self.transcription is not None,
            started_at=self.started_at,
            answered_at=self.answered_at,
            ended_at=self.ended_at,
            cause=self.hangup_cause,
            headers=dict(self.headers),
            sent={name: dict(headers) for name, headers in self.command_headers.items()},
        )


class LegView(Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """The state of a leg at one time, as `GET /_sim/legs` returns it. Times are in UTC seconds, 0 for never."""

    id: str
    label: str
    leg_id: str
    session_id: str
    from_: str
    to: str
    direction: Direction
    state: State
    peer: str | None
    supervises: str | None
    supervisor_role: str
    noise_suppression: str
    heard: tuple[Heard, ...]
    keys: str
    """The keys that the party has pressed."""
    said: tuple[str, ...]
    """What the party has said."""
    waiting: bool
    """A gather is in progress."""
    stream: str
    """The WebSocket that its audio is streamed to."""
    recording: bool
    """It is being recorded."""
    listening: bool
    """What the party says is being transcribed."""
    started_at: float
    answered_at: float
    ended_at: float
    cause: str
    headers: dict[str, str]
    sent: dict[str, dict[str, str]]
    """SIP headers that commands carried, by the command's name."""
