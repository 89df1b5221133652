"""What has to hold of every call, in every state and at every event, whatever its document is."""

from interpreter import session
from interpreter.outcome import Outcome
from interpreter.session import Session
from verbs._commands import Ask, Command, Enquire
from verbs._events import Event
from verbs._roots import Root
from verbs._verb import Verb


def sound(before: Session, outcome: Outcome, event: Event) -> None:
    """No verb of ours has failed, and nothing is sent to a leg that is over."""
    broken = [problem.text for problem in outcome.problems if problem.whose == "callverbs"]
    assert not broken, f"at {event}: {broken}"
    for entry in outcome.new:
        if isinstance(entry.wish, Command) and entry.n > before.last:
            over = [name for name in entry.wish.addresses() if name in before.legs and before.legs[name].gone]
            assert not over, f"at {event}: {entry.wish} is sent to {over}, which is over"
            late = entry.wish.media and before.legs[entry.wish.leg].ending
            assert not late, f"at {event}: {entry.wish} is sent to a leg that is being ended"


def hold(now: Session, snapshot: bytes) -> None:
    """What holds in every state."""
    assert session.dump(session.load(snapshot)) == snapshot, "the round trip changes the session"
    if now.ended:
        assert all(leg.gone for leg in now.legs.values()), "somebody was left behind"
        assert not now.timers, "a timer has outlived the call"
        return
    nothing_outlives_its_owner(now)
    everybody_is_minded(now)
    every_wait_has_an_end(now)
    for verb in now.verbs.values():
        assert verb.program == 0 or now.programs[verb.program].running == verb.n, f"{verb} runs in no program"
        assert isinstance(verb, Root) or not now.legs[verb.leg].gone, f"{verb} runs on a leg that is over"


def nothing_outlives_its_owner(now: Session) -> None:
    for timer in now.timers.values():
        assert not timer.owner or timer.owner in now.verbs, f"{timer} has outlived its verb"
    for entry in now.outbox:
        assert not entry.owner or entry.owner in now.verbs or entry.sent, f"{entry} has outlived its verb"
    for program in now.programs.values():
        assert program.owner in now.verbs, f"{program} has outlived its verb"
    for leg in now.legs.values():
        for awaited in leg.awaited:
            heard = awaited.kind in ("speak", "playback", "gather")
            wanted = awaited.stopped or leg.ending or awaited.owner in now.verbs
            assert not heard or wanted, f"{awaited} is heard on {leg.name}, and nobody wants it"
        media = [awaited.owner for awaited in leg.awaited if awaited.kind in ("speak", "playback", "gather") and not awaited.stopped]
        assert len(media) == len(set(media)), f"a verb has asked for two things to be heard on {leg.name} at once"


def everybody_is_minded(now: Session) -> None:
    """Who was called is somebody's, or is being let go; beside a winner, all others are."""
    for leg in now.legs.values():
        assert leg.gone or leg.ending or leg.owner in now.verbs, f"{leg.name} rings and nobody minds it"
    for verb in now.verbs.values():
        if winner := getattr(verb, "winner", ""):
            left = [name for name in verb.callees if name != winner and not (now.legs[name].ending or now.legs[name].gone)]  # type: ignore[attr-defined]
            assert not left, f"{left} are still there beside {winner}"


def every_wait_has_an_end(now: Session) -> None:
    """Whoever waits has a timer, a question, something that ends, or a leg that is being ended; what the carrier owes us is guarded."""
    asked = {entry.n: entry for entry in now.outbox if not entry.sent}
    for program in now.programs.values():
        moving = program.running in now.verbs or program.asking in asked or now.legs[program.leg].ending
        assert moving, f"{program} stands still"
    for verb in now.verbs.values():
        assert _has_an_end(now, verb), f"{verb} waits for ever"
    guarded = {timer.about for timer in now.timers.values()}
    for leg in now.legs.values():
        enquired = any(isinstance(entry.wish, Enquire) and entry.wish.leg == leg.name for entry in asked.values())
        for awaited in leg.awaited:
            assert awaited.n in guarded or enquired or awaited.n in asked, f"nobody asks what became of {awaited} on {leg.name}"


def _has_an_end(now: Session, verb: Verb) -> bool:
    return (
        any(timer.owner == verb.n for timer in now.timers.values())
        or any(isinstance(entry.wish, Ask) and entry.owner == verb.n for entry in now.outbox if not entry.sent)
        or any(program.owner == verb.n for program in now.programs.values())
        or any(awaited.owner == verb.n for leg in now.legs.values() for awaited in leg.awaited)
        or any(awaited.kind == "answer" for awaited in now.legs[verb.leg].awaited)
        or any(item.owner == verb.n for items in now.held.values() for item in items)
        or any(leg.ending and not leg.gone for leg in now.legs.values() if verb.n == leg.owner or leg.name == verb.leg)
        or any(isinstance(entry.wish, Command) and entry.wish.places() and entry.owner == verb.n for entry in now.outbox if not entry.sent)
    )
