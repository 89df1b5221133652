"""How a verb calls somebody: as whom, for how long, and what it knows of whom it calls."""

import re

from msgspec import Struct, field

from verbs._amd import Watch
from verbs._call import Call
from verbs._target import Target

LONGEST = 14_400.0
"""Seconds that the carrier lets a call last."""
E164 = re.compile(r"[+][1-9][0-9]{1,14}")
BARE = re.compile(r"[1-9][0-9]{7,14}")
"""What can be a number in E.164 whose plus was left out: country code and all, 8 to 15 digits."""


class Callee(Struct, omit_defaults=True):
    """A party that we call: which target it is, and how far it has come.

    ringing → screening → accepted, or gone at any time.
    """

    target: int
    screening: bool = False
    watch: Watch = field(default_factory=Watch)


def e164(written: str) -> str:
    """A calling number as the carrier takes it (error 10016), with the plus that many leave out; nothing where it is no such number."""
    return written if E164.fullmatch(written) else f"+{written}" if BARE.fullmatch(written) else ""


def connection(call: Call, target: Target) -> str:
    """The carrier's connection that a call goes out through: the one that the target's trunk stands for, else the application's."""
    if target.trunk and target.trunk not in call.app.trunks:
        call.note(f"the settings know no trunk {target.trunk}: {target.label} is called through the application's own connection")
    return call.app.trunks.get(target.trunk or "", call.app.connection_id)


def calling_number(call: Call, target: Target, caller_id: str | None) -> str:
    """The number that a call goes out from: the target's, the verb's, else the caller's; where that is not E.164, our own."""
    leg = call.leg
    ours = leg.to if leg.inbound else leg.from_
    chosen = (target.from_ and target.from_.user) or caller_id
    number = e164(chosen) if chosen else leg.from_ if E164.fullmatch(leg.from_) else ""
    if not number and E164.fullmatch(ours):
        what = f"callerId {chosen}" if chosen else f"the caller's number {leg.from_ or '(none)'}"
        call.note(f"{what} is not E.164: the call goes out from {ours}" + ("" if chosen else "; set callerId to choose"))
    return number or (ours if E164.fullmatch(ours) else chosen or leg.from_)
