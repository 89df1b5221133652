"""How a verb calls somebody: as whom, through which connection, and for how long."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callverbs.schemas import Diagnostic, Fix
from callverbs.verbs.language import commands
from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.party import Party
from callverbs.verbs.language.phone_number import E164, dialled, e164, is_callable
from callverbs.verbs.language.spec import Amd
from callverbs.verbs.language.target import Target, header_values
from callverbs.verbs.parts.machine_detection import detection

CALL_MAX_SECONDS = 14_400.0
"""The carrier ends a call after four hours."""
LIMIT_MARGIN_SECONDS = 60.0
"""The carrier's limit is so much longer than ours, which ends the call; the carrier does it if we cannot."""


def diagnose_numbers(targets: Sequence[Target]) -> Iterator[Diagnostic]:
    """Yields the numbers that nobody can call. Behind a trunk every number may be an extension."""
    for index, target in enumerate(targets):
        if target.type == "phone" and target.number and not target.trunk and not is_callable(target.number):
            number = target.number.partition(",")[0]
            text = f"{number} cannot be called: write + and the country code, as in +14155550100"
            yield Diagnostic(("target", index, "number"), "CV305", text)


def changed_numbers(body: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Yields the numbers that are called otherwise than written: with the plus that was left out, or without separators.

    A calling number that lacks its plus alone is not among them: nobody else is called because of it.
    """
    caller_id = body.get("callerId") or ""
    if (called := e164(caller_id)) and called != f"+{caller_id.removeprefix('+')}":
        yield Diagnostic(("callerId",), "CV327", f"the call comes from {called}: write it so", fix=Fix("replace", called))
    for index, target in enumerate(body.get("target") or ()):
        if target.get("type") == "phone" and not target.get("trunk"):
            written = target.get("number") or ""
            if (called := dialled(written)) != written:
                text = f"{written} is called as {called}: write it so"
                yield Diagnostic(("target", index, "number"), "CV327", text, fix=Fix("replace", called, safe=False))


def party(
    target: Target,
    number: str,
    *,
    name: str | None,
    ring_seconds: float,
    time_limit: float | None,
    before_seconds: float,
    headers: dict[str, Any],
    amd: Amd | None = None,
) -> Party:
    """Returns a target as a dial or transfer command names it. Headers of the target win over those of the verb.

    `time_limit` is the longest time of the conversation, which our own timer keeps, `before_seconds` what can pass before it begins: the
    carrier counts for the whole leg, and its limit is there for the case that all of our machines are gone.
    """
    return Party(
        to=target.address,
        from_=number,
        from_name=name or "",
        timeout=ring_seconds,
        time_limit=ring_seconds + before_seconds + time_limit + LIMIT_MARGIN_SECONDS if time_limit else None,
        headers=header_values({**headers, **target.headers}),
        auth=target.auth,
        detection=detection(amd),
    )


def dial(call: VerbContext, target: Target, called: Party, *, carrier: Mapping[str, Any], tag: Any = None, encryption: str = "") -> str:
    """Calls a target for the caller, and returns the name of its leg. `encryption` is for SIP only."""
    leg = call.new_leg(to=target.label, from_=called.from_, customer_data=tag)
    call.command(
        commands.Dial(
            leg=leg,
            link_to=call.leg.name,
            connection=connection(call, target),
            encryption=encryption if target.type == "sip" else "",
            party=called,
            carrier=dict(carrier),
        )
    )
    return leg


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
