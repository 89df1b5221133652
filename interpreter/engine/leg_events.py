"""Which leg an event is about and who hears it: a leg's state goes forward only, and every event has one hearer.

An event of a leg goes to the verb that runs on it, then outward to the first that has a handler. Media that has ended goes to the verb
that asked for it. Duplicates and late events change nothing.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from callverbs.interpreter.engine import background, forgotten_legs, hook_payload, outbox, recording_reports, transcriptions
from callverbs.interpreter.engine.programs import Programs
from callverbs.interpreter.engine.session import Program
from callverbs.verbs.language.events import (
    ConversationEnded,
    GatherEnded,
    KeyPressed,
    LegAnswered,
    LegEvent,
    LegHungUp,
    LegInitiated,
    PlaybackEnded,
    RecordingFailed,
    RecordingSaved,
    SpeakEnded,
    SpeechTranscribed,
    StreamEnded,
)
from callverbs.verbs.language.leg import Leg
from callverbs.verbs.language.verb import RunningVerb

ENDED_COMMANDS: dict[type[LegEvent], tuple[str, ...]] = {
    SpeakEnded: ("speak",),
    PlaybackEnded: ("playback",),
    GatherEnded: ("gather",),
    StreamEnded: ("stream",),
    ConversationEnded: ("relay", "assistant"),
}
"""The kinds of commands that each of these events ends. A leg has one conversation at a time."""
ENDED_BY_HANGUP = "call_hangup"
"""Status of media that ended because the party hung up: the hangup itself follows."""
SIP_STATUS_OF_CAUSE = {
    "user_busy": 486,
    "no_answer": 487,
    "timeout": 487,
    "originator_cancel": 487,
    "call_rejected": 603,
    "not_found": 404,
}
"""SIP status of a hangup cause, where the carrier gives none."""
CALL_STATUS_OF_CAUSE = {"user_busy": "busy", "timeout": "no-answer", "originator_cancel": "no-answer"}
"""Call status of a hangup cause that decides it; for the others, the SIP status does."""


def handle(programs: Programs, event: LegEvent) -> None:
    """Handles an event of a leg, from the carrier."""
    leg = _find_leg(programs, event)
    if leg is None and forgotten_legs.is_forgotten(programs.session, event.leg):
        leg = forgotten_legs.remember(programs.session, event)
    elif leg is None:
        programs.turn.unknown_leg = True
    if leg is None:
        return
    if leg.gone and not leg.call_control_id and isinstance(event, LegInitiated | LegAnswered):
        _end_stray(programs, leg, event)
        return
    bind(programs, leg, event.call_control_id, event.call_leg_id, event.call_session_id)
    if not leg.gone or type(event) in AFTER_HANGUP:
        named = event if event.leg == leg.name else msgspec.structs.replace(event, leg=leg.name)  # the carrier had lost our name
        LEG_HANDLERS.get(type(event), _pass_on)(programs, leg, named)


def _find_leg(programs: Programs, event: LegEvent) -> Leg | None:
    """Returns the leg of our own name, which client_state carried, else that of the carrier's ids. A saved recording has one of the two.

    A client_state can be copied: where the event's ids are not those of the leg that it names, it says nothing.
    """
    legs = programs.session.legs
    named = legs.get(event.leg)
    if named and not _agrees(named, event):
        named = None
    same_id = (leg for leg in legs.values() if leg.call_control_id and leg.call_control_id == event.call_control_id)
    same_leg = (leg for leg in legs.values() if leg.call_leg_id and leg.call_leg_id == event.call_leg_id)
    return named or next(same_id, None) or next(same_leg, None)


def _agrees(leg: Leg, event: LegEvent) -> bool:
    """Returns whether the ids of an event can be those of a leg: the same, or unknown yet. A leg that was refused has an id of ours."""
    if not leg.call_control_id:
        return True
    pairs = ((leg.call_control_id, event.call_control_id), (leg.call_leg_id, event.call_leg_id))
    ours, theirs = next((pair for pair in pairs if all(pair)), ("", ""))
    return ours == theirs


def bind(programs: Programs, leg: Leg, call_control_id: str, call_leg_id: str, call_session_id: str) -> None:
    """Binds a leg to the carrier's ids. The first answer or webhook does; later ones change nothing."""
    if leg.call_control_id or not call_control_id:
        return
    leg.call_control_id, leg.call_leg_id, leg.call_session_id = call_control_id, call_leg_id, call_session_id
    programs.turn.ids += [one for one in (call_control_id, call_leg_id, call_session_id) if one]
    if leg.state == "new":
        leg.state = "ringing"
    if not leg.inbound:
        outbox.mark_created(programs.turn, leg)
        hook_payload.report_status(programs.turn, leg, "trying", 100)


def _end_stray(programs: Programs, leg: Leg, event: LegEvent) -> None:
    """Ends a leg that rings although its dial was given up as failed: nobody here waits for it any longer."""
    bind(programs, leg, event.call_control_id, event.call_leg_id, event.call_session_id)
    leg.state, leg.ending = "ringing", False  # a hangup that was asked for before went with the dial
    programs.hang_up(leg)


def _no_change(programs: Programs, leg: Leg, event: LegEvent) -> None:
    """What the event says is in the leg already."""


def _pass_on(programs: Programs, leg: Leg, event: LegEvent) -> None:
    """Passes on an event that changes nothing in the leg itself, once."""
    if outbox.claim_event(leg, str(event.__struct_config__.tag), event.occurred_at):
        hear(programs, leg, event)


def _answered(programs: Programs, leg: Leg, event: LegAnswered) -> None:
    if leg.answered:
        return
    leg.state, leg.answered_at = "answered", programs.turn.at
    outbox.claim_event(leg, str(event.__struct_config__.tag), event.occurred_at)  # a recording of a verb begins later
    for awaited in [one for one in leg.awaited if one.kind == "answer"]:
        outbox.mark_answered(programs.turn, awaited.n)
        outbox.forget(programs.turn, leg, awaited)
    hook_payload.set_status(programs.turn, leg, "in-progress", 200)
    if not leg.ending:  # a party that we let go has picked up: too late
        hear(programs, leg, event)


def _media_ended(programs: Programs, leg: Leg, event: Any) -> None:
    if event.status == ENDED_BY_HANGUP:
        return
    conversation = event.conversation if isinstance(event, ConversationEnded) else ""
    awaited = outbox.credit(programs.turn, leg, ENDED_COMMANDS[type(event)], event.occurred_at, event.status, conversation)
    verb = programs.session.verbs.get(awaited.owner) if awaited else None
    if verb and awaited and not awaited.stopped:
        programs.handle(verb, event)


def _key_pressed(programs: Programs, leg: Leg, event: KeyPressed) -> None:
    """Gives a party that is typing the time for it: the end of the collection is not overdue yet."""
    for awaited in leg.awaited:
        if awaited.kind == "gather" and not awaited.stopped:
            outbox.start_guard(programs.turn, leg, awaited)
    hear(programs, leg, event)


def hung_up(programs: Programs, leg: Leg, event: LegHungUp) -> None:
    """Ends a leg: its programs end from the leaf up, then its owner hears it."""
    answered = leg.answered
    leg.state, leg.ended_at = "gone", programs.turn.at
    outbox.remove_leg(programs.turn, leg)
    sip_status = event.sip_status if event.sip_status >= 400 else SIP_STATUS_OF_CAUSE.get(event.cause, 500)
    if answered:
        status = "completed", 200
    elif leg.inbound:
        status = ("failed", 603) if leg.ending else ("no-answer", 487)
    else:
        status = CALL_STATUS_OF_CAUSE.get(event.cause) or call_status(leg, sip_status), sip_status
    hook_payload.set_status(programs.turn, leg, *status)
    hook_payload.refresh(programs.turn, leg)
    for program in _outermost(programs, leg):
        programs.interrupt(program)
        programs.end(program, "gone")
    background.stop_all(programs, leg.name)
    if owner := programs.session.verbs.get(leg.owner):
        programs.handle(owner, event)


def call_status(leg: Leg, sip_status: int) -> str:
    """Returns how a call that was not answered ended, by its SIP status.

    603 is busy where an operator placed the call (jambonz create-call.js), a failure where a verb did (place-outdial.js).
    """
    declined = "failed" if leg.parent else "busy"
    return {486: "busy", 600: "busy", 603: declined, 487: "no-answer"}.get(sip_status, "failed")


def hear(programs: Programs, leg: Leg, event: LegEvent) -> None:
    """Lets the verb on the leg hear an event, or the first around it that has a handler; a leg without verbs is its owner's.

    Verbs in the background of the leg hear it besides.
    """
    verb = programs.session.innermost_verb(leg)
    while verb and type(event) not in verb.handlers:
        verb = _enclosing_verb(programs, verb)
    if verb:
        programs.handle(verb, event)
    background.hear(programs, leg, event, verb)


def _enclosing_verb(programs: Programs, verb: RunningVerb) -> RunningVerb | None:
    program = programs.session.programs.get(verb.program)
    return programs.session.verbs.get(program.owner) if program else None


def _outermost(programs: Programs, leg: Leg) -> list[Program]:
    """Returns the programs on a leg that no verb on the same leg has started."""
    inside = {verb.n for verb in programs.session.verbs.values() if verb.program and verb.leg == leg.name}
    return [one for one in programs.session.programs.values() if one.leg == leg.name and one.owner not in inside]


LEG_HANDLERS: dict[type[LegEvent], Callable[[Programs, Leg, Any], None]] = {
    LegInitiated: _no_change,
    LegAnswered: _answered,
    LegHungUp: hung_up,
    KeyPressed: _key_pressed,
    RecordingSaved: recording_reports.reported,
    RecordingFailed: recording_reports.reported,
    SpeechTranscribed: transcriptions.heard,
    **dict.fromkeys(ENDED_COMMANDS, _media_ended),
}
"""The events that change a leg; all others are passed on."""
AFTER_HANGUP = (RecordingSaved, RecordingFailed)
"""Events that a leg may have when it is over."""
