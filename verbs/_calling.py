"""How a verb calls somebody: as whom, and for how long."""

import re

from verbs._call import Call
from verbs._target import Target

LONGEST = 14_400.0
"""Seconds that the carrier lets a call last."""
E164 = re.compile(r"[+][1-9][0-9]{1,14}")


def calling_number(call: Call, target: Target, caller_id: str | None) -> str:
    """The number that a call goes out from: the target's, the verb's, else the caller's; the carrier takes E.164 only (error 10016)."""
    if wanted := (target.from_ and target.from_.user) or caller_id:
        return wanted
    leg = call.leg
    if leg.inbound and not E164.fullmatch(leg.from_) and E164.fullmatch(leg.to):
        call.note(f"the caller's number {leg.from_ or '(none)'} is not E.164: the call goes out from {leg.to}; set callerId to choose")
        return leg.to
    return leg.from_
