"""How a verb calls somebody: as whom, through which connection, and for how long."""

import re
from typing import Any

from callverbs.verbs.language import commands
from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.spec import Amd
from callverbs.verbs.language.target import Target, header_values
from callverbs.verbs.parts.machine_detection import detection

CALL_MAX_SECONDS = 14_400.0
"""The carrier ends a call after four hours."""
E164 = re.compile(r"[+][1-9][0-9]{1,14}")
BARE_E164 = re.compile(r"[1-9][0-9]{7,14}")
"""What can be a number in E.164 whose plus was left out: country code and all, 8 to 15 digits."""


def e164(written: str) -> str:
    """Returns a calling number as the carrier takes it (error 10016), with the plus that many leave out; nothing for anything else."""
    return written if E164.fullmatch(written) else f"+{written}" if BARE_E164.fullmatch(written) else ""


def party(
    target: Target,
    number: str,
    *,
    name: str | None,
    ring_seconds: float,
    time_limit: float | None = None,
    headers: dict[str, Any],
    amd: Amd | None = None,
) -> commands.Party:
    """Returns a target as a dial or transfer command names it. Headers of the target win over those of the verb."""
    return commands.Party(
        to=target.address,
        from_=number,
        from_name=name or "",
        timeout=ring_seconds,
        time_limit=time_limit,
        headers=header_values({**headers, **target.headers}),
        auth=target.auth,
        detection=detection(amd),
    )


def connection(call: VerbContext, target: Target) -> str:
    """Returns the carrier's connection that a call goes out through: that of the target's trunk, else the application's."""
    if target.trunk and target.trunk not in call.app.trunks:
        call.note(f"the settings name no trunk {target.trunk}: {target.label} is called through the application's own connection")
    return call.app.trunks.get(target.trunk or "", call.app.connection_id)


def calling_number(call: VerbContext, target: Target, caller_id: str | None) -> str:
    """Returns the number that a call goes out from: the target's, the verb's, else the caller's; where that is not E.164, our own."""
    leg = call.leg
    ours = leg.to if leg.inbound else leg.from_
    chosen = (target.from_ and target.from_.user) or caller_id
    number = e164(chosen) if chosen else leg.from_ if E164.fullmatch(leg.from_) else ""
    if not number and E164.fullmatch(ours):
        what = f"callerId {chosen}" if chosen else f"the caller's number {leg.from_ or '(none)'}"
        call.note(f"{what} is not E.164: the call goes out from {ours}" + ("" if chosen else "; set callerId to choose"))
    return number or (ours if E164.fullmatch(ours) else chosen or leg.from_)
