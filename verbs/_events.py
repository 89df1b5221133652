"""Everything that can happen to a call, as frozen words. An event says what happened, never what to do about it.

Times are UTC seconds. `at` is stamped once, when the event comes in; `occurred_at` is the carrier's clock, which only
orders events and measures the gap between keys. Ids make an event that comes twice harmless.
"""

from typing import Any, Literal

from msgspec import Struct

from verbs._names import snake
from verbs._request import CallSpec
from verbs._spec import Spec

Direction = Literal["inbound", "outbound"]


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="event", tag=snake):
    """Something happened."""

    id: str = ""
    at: float = 0.0


# --------------------------------------------------------------------------- from the carrier


class LegEvent(Event, frozen=True, kw_only=True):
    """News of one leg, with every address that the carrier gave; `session` and `leg` are our own names."""

    session: str = ""
    leg: str = ""
    occurred_at: float = 0.0
    call_control_id: str = ""
    call_leg_id: str = ""
    call_session_id: str = ""


class LegInitiated(LegEvent, frozen=True, kw_only=True, rename={"from_": "from"}):
    """A call has come in, or the carrier has begun to place one of ours."""

    direction: Direction = "inbound"
    from_: str = ""
    to: str = ""
    caller_name: str = ""
    connection_id: str = ""
    headers: dict[str, str] = {}


class LegAnswered(LegEvent, frozen=True, kw_only=True):
    """The party has picked up, or our own answer is through."""


class LegBridged(LegEvent, frozen=True, kw_only=True):
    """The leg now hears another one."""


class LegHeld(LegEvent, frozen=True, kw_only=True):
    """The party has put the call on hold."""


class LegUnheld(LegEvent, frozen=True, kw_only=True):
    """The party is back."""


class LegHungUp(LegEvent, frozen=True, kw_only=True):
    """The leg is over. `sip_status` is 0 where the carrier knows none."""

    cause: str = "unspecified"
    source: str = "unknown"
    sip_status: int = 0


class SpeakStarted(LegEvent, frozen=True, kw_only=True):
    """Speech has begun."""


class SpeakEnded(LegEvent, frozen=True, kw_only=True):
    """Speech has ended, by itself or because it was stopped."""

    status: str = "completed"


class PlaybackStarted(LegEvent, frozen=True, kw_only=True):
    """A file has begun to play."""


class PlaybackEnded(LegEvent, frozen=True, kw_only=True):
    """A file has ended: completed, cancelled, file_not_found, failed."""

    status: str = "completed"
    detail: str = ""


class GatherEnded(LegEvent, frozen=True, kw_only=True):
    """A collection of keys has ended: valid, invalid, timeout, cancelled."""

    digits: str = ""
    status: str = "valid"


class KeyPressed(LegEvent, frozen=True, kw_only=True):
    """The party has pressed a key."""

    digit: str = ""


class MachineDetected(LegEvent, frozen=True, kw_only=True):
    """The carrier's finding of who answered: human, machine, not_sure, silence, fax."""

    result: str = ""


class GreetingEnded(LegEvent, frozen=True, kw_only=True):
    """A machine's greeting is over: beep_detected, ended, not_sure, no_beep_detected."""

    result: str = ""


class ReferStarted(LegEvent, frozen=True, kw_only=True):
    """The far end has begun to follow our REFER."""

    sip_status: int = 0


class ReferCompleted(LegEvent, frozen=True, kw_only=True):
    """The far end has followed our REFER."""

    sip_status: int = 0


class ReferFailed(LegEvent, frozen=True, kw_only=True):
    """The far end has not followed our REFER."""

    sip_status: int = 0


# --------------------------------------------------------------------------- what became of our wishes


class CommandAccepted(Event, frozen=True, kw_only=True):
    """The carrier has taken command `n`; after a dial it names the new leg. `notes` say what the command was sent without."""

    n: int
    call_control_id: str = ""
    call_leg_id: str = ""
    call_session_id: str = ""
    notes: tuple[str, ...] = ()


class CommandFailed(Event, frozen=True, kw_only=True):
    """The carrier has refused command `n`, or cannot be reached (status 0). For verbs, `command` and `leg` say which it was."""

    n: int
    command: str = ""
    leg: str = ""
    status: int = 0
    code: str = ""
    title: str = ""
    detail: str = ""
    pointer: str = ""


class CallReported(Event, frozen=True, kw_only=True):
    """The carrier's word on whether the leg of enquiry `n` still lives."""

    n: int
    alive: bool = True


class HookReplied(Event, frozen=True, kw_only=True):
    """The application has answered question `n`. For verbs, `key` is their own name for the question."""

    n: int
    status: int = 200
    content_type: str = ""
    body: str = ""
    key: str = ""
    verbs: tuple[Spec, ...] = ()


class HookFailed(Event, frozen=True, kw_only=True):
    """Question `n` has no usable answer: no connection, a bad status, or a reply that is not a document."""

    n: int
    status: int = 0
    reason: str = ""
    key: str = ""


# --------------------------------------------------------------------------- from the clock, the operator, the engine


class TimerFired(Event, frozen=True, kw_only=True):
    """Timer `n` is due. For verbs, `name` is their own name for it."""

    n: int
    name: str = ""


class LeaseEnded(Event, frozen=True, kw_only=True):
    """Nobody has reported on outbox entry `n` in time: whoever takes this event sends it."""

    n: int


class LeaseKept(Event, frozen=True, kw_only=True):
    """Whoever sends outbox entry `n` is still at it."""

    n: int


class CallRequested(Event, frozen=True, kw_only=True, rename={"from_": "from"}):
    """An operator wants a call placed."""

    from_: str
    spec: CallSpec
    tag: dict[str, Any] | None = None


class HangUpRequested(Event, frozen=True, kw_only=True):
    """An operator wants the call ended."""


class ProgramEnded(Event, frozen=True, kw_only=True):
    """A program that the verb had started on `leg` is over.

    completed: every verb has run. stranded: the same, and the last of them failed to get an answer from its hook.
    gone: the party has hung up. failed: a verb of ours broke. stopped: its owner wanted it.
    """

    leg: str
    program: int
    outcome: Literal["completed", "stranded", "gone", "failed", "stopped"]
