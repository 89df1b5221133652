"""The bounds of a call: what it has used of what its settings allow, and how it ends where it wants more.

What is beyond a limit raises LimitError, the step is thrown away, and the event is handled again in a call that is being ended: nothing is
counted any longer. Pure like everything here: minutes are counted by the times of events.
"""

import re
from typing import Literal

from callverbs.interpreter.engine.outcome import Turn
from callverbs.interpreter.engine.session import Session, Usage
from callverbs.verbs.language.call_limits import CallLimits

MINUTE_SECONDS = 60.0
CALLED_NUMBER = re.compile(r"(?:sips?:)?([+][0-9]+)", re.IGNORECASE)
"""A number in E.164, also as the user of a SIP URI."""
Resource = Literal["hooks", "dials", "verbs"]
NOUNS: dict[Resource, str] = {"hooks": "requests to hooks", "dials": "parties called", "verbs": "verbs"}


class LimitError(Exception):
    """A call wants more than its settings allow. `setting` is the key under [limits], or another section; the message is a sentence."""

    def __init__(self, setting: str, text: str, section: str = "limits") -> None:
        self.setting = setting
        super().__init__(f"{text}: the call ends ({setting} under [{section}] of the settings)")


def use(turn: Turn, what: Resource) -> None:
    """Counts one use. Raises LimitError where there were enough in this call, or in this minute."""
    session = turn.session
    if session.limit:
        return
    usage = session.usage.setdefault(what, Usage(minute_began=turn.at))
    if turn.at - usage.minute_began >= MINUTE_SECONDS:
        usage.minute_began, usage.in_minute = turn.at, 0
    usage.total += 1
    usage.in_minute += 1
    limits = session.app.limits
    for setting, used, period in (
        (f"{what}_per_minute", usage.in_minute, "a minute"),
        (f"{what}_per_call", usage.total, "a call"),
    ):
        most: int = getattr(limits, setting)
        if used > most:
            raise LimitError(setting, f"{most} {NOUNS[what]} in {period} are the most")


def check_room(session: Session) -> None:
    """Raises LimitError where a call cannot be taken: there are too many."""
    full = session.app.full
    if full and not session.limit:
        raise LimitError("calls", full.text, full.section)


def check_legs(session: Session) -> None:
    """Raises LimitError where too many legs are on the line at once."""
    most = session.app.limits.legs
    if not session.limit and sum(not leg.gone for leg in session.legs.values()) > most:
        raise LimitError("legs", f"{most} legs at once are the most")


def check_size(session: Session, snapshot: bytes) -> None:
    """Raises LimitError where a snapshot is too long."""
    most = session.app.limits.snapshot_bytes
    if not session.limit and not session.ended and len(snapshot) > most:
        raise LimitError("snapshot_bytes", f"{most} bytes of state are the most")


def end_long_call(session: Session) -> None:
    """Ends a call that has lasted as long as it may: raises LimitError, unless it is being ended already."""
    if not session.limit:
        raise LimitError("call_seconds", f"{session.app.limits.call_seconds:g} s are the longest call")


def refused_number(limits: CallLimits, address: str) -> str:
    """Returns why a number must not be called; nothing where it may. SIP URIs without a number, and short codes, may be called."""
    found = CALLED_NUMBER.match(address)
    if not found:
        return ""
    number = found[1]
    called = max((len(one) for one in limits.called_prefixes if number.startswith(one)), default=0)
    refused = max((one for one in limits.refused_prefixes if number.startswith(one)), key=len, default="")
    if len(refused) > called:
        return f"{number} is not called: {refused} is among refused_prefixes under [limits] of the settings"
    if limits.called_prefixes and not called:
        return f"{number} is not called: called_prefixes under [limits] of the settings names nothing that it begins with"
    return ""
