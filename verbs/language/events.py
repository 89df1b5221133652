"""Every event of a call, as a frozen word. An event says what happened, never what to do about it.

Times are UTC seconds. `at` is stamped once, when the event comes in; `occurred_at` is the carrier's clock, which only orders
events and measures the gap between keys. The id makes an event that comes twice harmless.
"""

from typing import Any, Literal

from callverbs.verbs.language.call_request import CallSpec
from callverbs.verbs.language.event import Event as Event
from callverbs.verbs.language.event import LegEvent as LegEvent

Direction = Literal["inbound", "outbound"]
ProgramResult = Literal["completed", "stranded", "left", "gone", "failed", "stopped"]
"""How a program ended.

completed: every verb has run. stranded: the same, and the last of them got no answer from its hook. left: a verb has asked to leave
what the program was heard in, a queue. gone: the party has hung up.
failed: a verb of ours raised. stopped: its owner stopped it.
"""


# --------------------------------------------------------------------------- from the carrier


class LegInitiated(LegEvent, rename={"from_": "from"}):
    """A call has come in, or the carrier has begun to place one of ours."""

    direction: Direction = "inbound"
    from_: str = ""
    to: str = ""
    caller_name: str = ""
    connection_id: str = ""
    headers: dict[str, str] = {}


class LegAnswered(LegEvent):
    """The party has picked up, or our own answer is through."""


class LegBridged(LegEvent):
    """The leg now hears another one."""


class LegHeld(LegEvent):
    """The party has put the call on hold."""


class LegUnheld(LegEvent):
    """The party is back."""


class LegHungUp(LegEvent):
    """The leg is over. `sip_status` is 0 where the carrier knows none."""

    cause: str = "unspecified"
    source: str = "unknown"
    sip_status: int = 0


class LegEnqueued(LegEvent):
    """The leg waits in a queue now. `position` counts from 1."""

    queue: str = ""
    position: int = 1


class LegDequeued(LegEvent):
    """The leg has left its queue: bridged, bridging-in-process, hangup, leave, timeout."""

    queue: str = ""
    reason: str = ""


class LegJoinedConference(LegEvent):
    """The leg is in a conference now, by the carrier's id of it."""

    conference: str = ""


class LegLeftConference(LegEvent):
    """The leg is in the conference no longer."""

    conference: str = ""


class SpeechTranscribed(LegEvent):
    """The party has said something. What is not final may still change.

    `confidence` is from 0 to 1, None where the engine gives none; `track` is inbound for what the party says, where the carrier tells it.
    `language` is the one that is recognised, as it was asked for; the engine adds it.
    """

    transcript: str = ""
    confidence: float | None = None
    is_final: bool = True
    track: str = ""
    language: str = ""


class SpeakStarted(LegEvent):
    """Speech has begun."""


class SpeakEnded(LegEvent):
    """Speech has ended, by itself or because it was stopped."""

    status: str = "completed"


class PlaybackStarted(LegEvent):
    """A file has begun to play."""


class PlaybackEnded(LegEvent):
    """A file has ended: completed, cancelled, file_not_found, failed."""

    status: str = "completed"
    detail: str = ""


class GatherEnded(LegEvent):
    """A collection of keys has ended: valid, invalid, timeout, cancelled."""

    digits: str = ""
    status: str = "valid"


class KeyPressed(LegEvent):
    """The party has pressed a key."""

    digit: str = ""


class ConversationEnded(LegEvent):
    """A conversation with an agent has ended: completed, disconnected (its socket is gone), failed.

    `conversation` is the carrier's id of it, `reason` the carrier's own word, `handoff` what the agent has handed over.
    """

    conversation: str = ""
    status: str = "completed"
    reason: str = ""
    handoff: str = ""


class RecordingSaved(LegEvent):
    """A recording of the leg can be fetched, also when the leg is over. Times are those of the carrier's clock, 0 where it gives none."""

    recording_id: str = ""
    """The carrier's id, where it gives one."""
    urls: dict[str, str] = {}
    """By format, the URL, which the carrier signs for 10 minutes."""
    public_urls: dict[str, str] = {}
    """By format, the URL that lasts, for accounts that have one."""
    channels: str = ""
    started_at: float = 0.0
    ended_at: float = 0.0

    @property
    def seconds(self) -> float | None:
        """How long the recording is; None where the carrier does not tell."""
        return max(round(self.ended_at - self.started_at, 3), 0.0) if self.started_at and self.ended_at else None


class RecordingFailed(LegEvent):
    """The carrier could not save a recording of the leg."""

    detail: str = ""


class MessagesUpdated(LegEvent):
    """Something was said in a conversation with the carrier's assistant; `messages` is all that was said."""

    messages: list[dict[str, str]] = []


class FieldsUpdated(LegEvent):
    """The carrier's assistant has understood some of the values that it asks for."""

    values: dict[str, Any] = {}


class FieldsGathered(LegEvent):
    """The carrier's assistant has finished asking. `valid`: all required values are there; `messages` is what was said."""

    valid: bool = False
    values: dict[str, Any] = {}
    messages: list[dict[str, str]] = []


class MachineDetected(LegEvent):
    """The carrier has found out who answered: human, machine, not_sure, silence, fax."""

    result: str = ""


class GreetingEnded(LegEvent):
    """A machine's greeting is over: beep_detected, ended, not_sure, no_beep_detected."""

    result: str = ""


class StreamStarted(LegEvent):
    """The carrier has connected to a WebSocket, and streams the leg's audio."""


class StreamEnded(LegEvent):
    """A stream is over: stopped, by either side; or failed, for example because nobody has taken the connection."""

    status: str = "stopped"
    detail: str = ""


class ReferStarted(LegEvent):
    """The far end has begun to follow our REFER."""

    sip_status: int = 0


class ReferCompleted(LegEvent):
    """The far end has followed our REFER."""

    sip_status: int = 0


class ReferFailed(LegEvent):
    """The far end has not followed our REFER."""

    sip_status: int = 0


# --------------------------------------------------------------------------- the results of outbox messages


class CommandAccepted(Event):
    """The carrier has taken command `n`; after a dial it names the new leg, after the start of a conversation that.

    `notes` say what the command was sent without.
    """

    n: int
    conversation: str = ""
    call_control_id: str = ""
    call_leg_id: str = ""
    call_session_id: str = ""
    notes: tuple[str, ...] = ()


class CommandFailed(Event):
    """The carrier has refused command `n`, or cannot be reached (status 0). For verbs, `command` and `leg` say which it was."""

    n: int
    command: str = ""
    leg: str = ""
    status: int = 0
    code: str = ""
    title: str = ""
    detail: str = ""
    pointer: str = ""


class CallRetrieved(Event):
    """The carrier has answered request `n`: whether the leg still lives."""

    n: int
    alive: bool = True


class HookReplied(Event):
    """The application has answered request `n`."""

    n: int
    status: int = 200
    content_type: str = ""
    body: str = ""


class HookFailed(Event):
    """Request `n` has no usable answer: no connection, a bad status, or a reply that is not a document."""

    n: int
    status: int = 0
    reason: str = ""


# --------------------------------------------------------------------------- from the clock, the operator, the engine


class TimerFired(Event):
    """Timer `n` is due."""

    n: int


class LeaseExpired(Event):
    """Nobody has reported on outbox entry `n` in time: whoever takes this event sends it."""

    n: int


class LeaseRenewed(Event):
    """The worker that sends outbox entry `n` still does."""

    n: int


class CallRequested(Event, rename={"from_": "from"}):
    """An operator wants a call placed."""

    from_: str
    spec: CallSpec
    tag: dict[str, Any] | None = None


class HangUpRequested(Event):
    """An operator wants the call ended."""


class SnapshotLost(Event):
    """The record of the call could not be read, and here it is. `encoding` is base64 where it is not text."""

    reason: str = ""
    snapshot: str = ""
    encoding: str = ""


class ProgramEnded(Event):
    """A program that the verb had started on `leg` is over."""

    leg: str
    program: int
    result: ProgramResult
