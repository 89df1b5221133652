"""What has to hold of every call, in every state and at every event, whatever its document is."""

from callverbs.interpreter.engine import background, session
from callverbs.interpreter.engine.outcome import Outcome
from callverbs.interpreter.engine.roots import Root
from callverbs.interpreter.engine.session import Session
from callverbs.verbs.language.commands import Command, RetrieveCall
from callverbs.verbs.language.events import Event
from callverbs.verbs.language.messages import HookRequest
from callverbs.verbs.language.verb import RunningVerb

HEARD = ("speak", "playback", "gather", "relay", "assistant")
"""Kinds of commands that are heard on a leg."""


def check_outcome(before: Session, outcome: Outcome, event: Event) -> None:
    """No verb of ours has failed, and nothing is sent to a leg that is over."""
    broken = [problem.text for problem in outcome.problems if problem.whose == "callverbs"]
    assert not broken, f"at {event}: {broken}"
    for entry in outcome.new:
        if isinstance(entry.message, Command) and entry.n > before.last:
            over = [name for name in entry.message.required_legs() if name in before.legs and before.legs[name].gone]
            assert not over, f"at {event}: {entry.message} is sent to {over}, which is over"
            late = entry.message.media and before.legs[entry.message.leg].ending
            assert not late, f"at {event}: {entry.message} is sent to a leg that is being ended"


def check_session(now: Session, snapshot: bytes) -> None:
    """What holds in every state."""
    assert session.dump(session.load(snapshot)) == snapshot, "the round trip changes the session"
    if now.ended:
        assert all(leg.gone for leg in now.legs.values()), "a party was left behind"
        assert not now.timers, "a timer has outlived the call"
        return
    check_owners(now)
    check_legs(now)
    check_waits(now)
    for verb in now.verbs.values():
        assert verb.program == 0 or now.programs[verb.program].running == verb.n, f"{verb} runs in no program"
        assert isinstance(verb, Root) or not now.legs[verb.leg].gone, f"{verb} runs on a leg that is over"


def check_owners(now: Session) -> None:
    """Nothing outlives the verb that it belongs to, and a verb has one thing heard at a time."""
    for timer in now.timers.values():
        assert not timer.owner or timer.owner in now.verbs, f"{timer} has outlived its verb"
        assert not timer.leg or not now.legs[timer.leg].gone, f"{timer} has outlived its leg"
    for entry in now.open_entries():
        assert not entry.owner or entry.owner in now.verbs, f"{entry} has outlived its verb"
    for program in now.programs.values():
        assert program.owner in now.verbs, f"{program} has outlived its verb"
    for leg in now.legs.values():
        for awaited in leg.awaited:
            wanted = awaited.stopped or leg.ending or awaited.owner in now.verbs
            assert awaited.kind not in (*HEARD, "stream") or wanted, f"{awaited} is heard on {leg.name}, and no verb wants it"
        for listener in leg.transcription.listeners if leg.transcription else ():
            assert listener.owner in now.verbs, f"{listener} listens on {leg.name}, and has outlived its verb"
        media = [awaited.owner for awaited in leg.awaited if awaited.kind in HEARD and not awaited.stopped]
        assert len(media) == len(set(media)), f"a verb has asked for two things to be heard on {leg.name} at once"


def check_legs(now: Session) -> None:
    """Every leg has an owner, or is being ended; beside a winner, all others are being ended."""
    for leg in now.legs.values():
        assert leg.gone or leg.ending or leg.owner in now.verbs, f"{leg.name} rings and has no owner"
    for verb in now.verbs.values():
        if winner := getattr(verb, "winner", ""):
            left = [name for name in verb.callees if name != winner and not (now.legs[name].ending or now.legs[name].gone)]  # type: ignore[attr-defined]
            assert not left, f"{left} are still there beside {winner}"


def check_waits(now: Session) -> None:
    """Every wait has an end: a timer, a request, something that ends, or a leg that is being ended; the carrier's part is guarded."""
    open_entries = {entry.n: entry for entry in now.open_entries()}
    for program in now.programs.values():
        moving = program.running in now.verbs or program.asking in open_entries or now.legs[program.leg].ending
        moving = moving or background.is_held(now, program.leg)
        assert moving, f"{program} stands still"
    for verb in now.verbs.values():
        listens = background.is_background(verb) and not verb.holds_program and not now.legs[verb.leg].gone
        assert listens or _has_an_end(now, verb), f"{verb} waits for ever"
    guarded = {timer.guards for timer in now.timers.values()}
    for leg in now.legs.values():
        asked = any(isinstance(entry.message, RetrieveCall) and entry.message.leg == leg.name for entry in open_entries.values())
        for awaited in leg.awaited:
            assert awaited.n in guarded or asked or awaited.n in open_entries, f"{awaited} on {leg.name} has no guard"


def _has_an_end(now: Session, verb: RunningVerb) -> bool:
    owned = [entry.message for entry in now.open_entries() if entry.owner == verb.n]
    return (
        any(timer.owner == verb.n for timer in now.timers.values())
        or any(isinstance(message, HookRequest) for message in owned)
        or any(program.owner == verb.n for program in now.programs.values())
        or any(awaited.owner == verb.n for leg in now.legs.values() for awaited in leg.awaited)
        or any(awaited.kind == "answer" for awaited in now.legs[verb.leg].awaited)
        or any(item.owner == verb.n for items in now.deferred.values() for item in items)
        or any(leg.ending and not leg.gone for leg in now.legs.values() if verb.n == leg.owner or leg.name == verb.leg)
        or any(isinstance(message, Command) and message.created_leg() for message in owned)
    )
