"""One party of a call, as it stands now. A leg knows its addresses and its call status, not what happens next."""

from typing import Any, Literal

from msgspec import Struct, field

from callverbs.verbs.language.defaults import Defaults
from callverbs.verbs.language.events import Direction
from callverbs.verbs.language.spec import Recognizer

REASONS = {
    100: "Trying",
    180: "Ringing",
    200: "OK",
    404: "Not Found",
    408: "Request Timeout",
    480: "Temporarily Unavailable",
    486: "Busy Here",
    487: "Request Terminated",
    500: "Server Internal Error",
    503: "Service Unavailable",
    600: "Busy Everywhere",
    603: "Decline",
}
"""What a SIP status is called (RFC 3261, 21)."""

State = Literal["new", "ringing", "answered", "gone"]


class Awaited(Struct, omit_defaults=True):
    """A command whose end the carrier will report: which, whose, and whether we have stopped it.

    `seconds` is how long it should take, or 0 where nobody knows.
    """

    n: int
    owner: int
    kind: str
    seconds: float = 0.0
    stopped: bool = False
    overlay: bool = False
    """It is mixed over what else is heard, and stopped apart from that."""
    ending: bool = False
    """Its owner has asked for its end, and waits for what it brought."""
    conversation: str = ""
    """The carrier's id of the conversation that it has begun, as soon as the carrier has named it."""


MAX_FINAL_TIMES = 16
"""Final results of a transcription whose times are remembered, to tell a repeated one."""


class SpeechListener(Struct, omit_defaults=True):
    """A running verb that listens to what the party on a leg says: how it wants that recognised, and since when.

    `since` is the carrier's time of the last event before it, in UTC seconds: what is not later is not for it.
    """

    owner: int
    recognizer: Recognizer
    interim: bool = False
    since: float = 0.0

    def wants(self, occurred_at: float, is_final: bool) -> bool:
        """Returns whether a result is for it."""
        return (is_final or self.interim) and (not occurred_at or occurred_at > self.since)


class Transcription(Struct, omit_defaults=True):
    """The recognition of what the party on a leg says: since which command, how, and for whom, in the order in which they have asked.

    Times are the carrier's, in UTC seconds. Final results may come in any order; an interim one that is not the latest is of no use.
    """

    n: int = 0
    recognizer: Recognizer = Recognizer()
    interim: bool = False
    listeners: list[SpeechListener] = field(default_factory=list)
    last_interim: float = 0.0
    finals: list[float] = field(default_factory=list)

    def is_heard_by(self, verb: int) -> bool:
        """Returns whether a running verb listens."""
        return any(one.owner == verb for one in self.listeners)

    def others(self, verb: int) -> list[SpeechListener]:
        """Returns who listens besides a running verb."""
        return [one for one in self.listeners if one.owner != verb]

    def take(self, occurred_at: float, is_final: bool) -> bool:
        """Notes a result, and returns whether it is news."""
        if not occurred_at:
            return True
        if occurred_at in self.finals or (not is_final and occurred_at <= max([self.last_interim, *self.finals])):
            return False
        if is_final:
            self.finals = [*self.finals[1 - MAX_FINAL_TIMES :], occurred_at]
        else:
            self.last_interim = occurred_at
        return True


class Leg(Struct, kw_only=True, omit_defaults=True, rename={"from_": "from"}):
    """A leg: `a` is the caller, or the party that we called first; `b1`, `b2` … are the others, counted up, never used again."""

    name: str
    direction: Direction
    from_: str
    to: str
    state: State = "new"
    owner: int = 0
    """The running verb that placed it, and hears those of its events that no verb on the leg handles."""
    parent: str = ""
    caller_name: str = ""
    headers: dict[str, str] = {}
    call_control_id: str = ""
    call_leg_id: str = ""
    call_session_id: str = ""
    connection_id: str = ""
    customer_data: dict[str, Any] | None = None
    client_state: str = ""
    """The author's own state of the leg at the carrier, in base64; hooks carry it."""
    defaults: Defaults = Defaults()
    """What config has set for the verbs that run on it."""

    started_at: float = 0.0
    answered_at: float = 0.0
    ended_at: float = 0.0
    call_status: str = "trying"
    sip_status: int = 100
    sip_reason: str = "Trying"
    reported: bool = False
    """The application knows of it: from now on, its call status is reported."""
    ending: bool = False
    """We have asked for its end."""
    hangups: int = 0
    """How often we have asked for its end once more."""

    awaited: list[Awaited] = field(default_factory=list)
    transcription: Transcription | None = None
    last_events: dict[str, float] = field(default_factory=dict)
    """By kind, the carrier's time of the last event: one that is not later is a duplicate. Keys may come in any order."""
    past_conversations: list[str] = field(default_factory=list)
    """The carrier's ids of conversations whose end is not awaited any longer: it may still come."""
    recording_reports: list[float] = field(default_factory=list)
    """When the recordings began that the carrier has reported, by its clock."""

    def set_status(self, call_status: str, sip_status: int, sip_reason: str | None = None) -> None:
        """Sets the call status, in the words of the application's hooks."""
        self.call_status, self.sip_status = call_status, sip_status
        self.sip_reason = sip_reason or REASONS.get(sip_status, "")

    @property
    def inbound(self) -> bool:
        return self.direction == "inbound"

    @property
    def answered(self) -> bool:
        return self.state == "answered"

    @property
    def gone(self) -> bool:
        return self.state == "gone"

    @property
    def can_be_rejected(self) -> bool:
        """An inbound leg that nobody has answered yet."""
        return self.inbound and self.state in ("new", "ringing")
