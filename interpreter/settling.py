"""What became of what we wished for: the carrier's answers, the application's replies, and what nobody has answered in time."""

import msgspec

import verbs
from interpreter import outbox, report
from interpreter.outcome import Turn
from interpreter.routing import ENDED, bind, hung_up, leg_event
from interpreter.session import LEASE, Entry, Program
from interpreter.text.place import Span
from interpreter.text.source import complaint, locate
from interpreter.tree import Tree, announce
from verbs import REGISTRY, DocumentError
from verbs._commands import Ask, Bridge, Command, Dial, Enquire, HangUp, Refer, Reject
from verbs._events import (
    CallReported,
    CommandAccepted,
    CommandFailed,
    HookFailed,
    HookReplied,
    LeaseEnded,
    LeaseKept,
    LegAnswered,
    LegHungUp,
    TimerFired,
)
from verbs._leg import Awaited, Leg
from verbs._spec import Spec

REPEAT = 50.0
"""Seconds in which a command can be sent again: the carrier ignores repeats for 60 (developer pages, command retries)."""
UNASKED = "version"
"""Code of an enquiry that this version of the carrier's API has no command for."""
OVER = ("90018", "90015")
"""Codes that mean: there is no such call any longer."""
LISTENERS = {"confirm": "screening", "hold": "waiting"}
"""By the kind of a question, the fact of a verb that lets it be in the reply; without one every verb may."""
WHOM = {"screening": "a callee who is being screened", "waiting": "somebody who is held"}
VANISHING = 5.0
"""Seconds that the hangup of a leg may take to arrive after the carrier has called it over; then it is asked for."""


def accepted(tree: Tree, event: CommandAccepted) -> None:
    """The carrier has taken a command. After a dial it names the new leg."""
    for note in event.notes:
        tree.turn.note(note)
    entry = outbox.settle(tree.turn, event.n)
    if entry and isinstance(entry.wish, Dial):
        leg = tree.session.legs[entry.wish.leg]
        bind(tree, leg, event.call_control_id, event.call_leg_id, event.call_session_id)


def failed(tree: Tree, event: CommandFailed) -> None:
    """The carrier has refused a command, or cannot be reached."""
    entry = outbox.settle(tree.turn, event.n)
    if entry is None or not isinstance(entry.wish, Command):
        return
    leg, over = tree.session.legs[entry.wish.leg], event.code in OVER
    if isinstance(entry.wish, Enquire):
        let_go = any(awaited.kind == "hangup" for awaited in leg.awaited)
        for doubtful in _in_doubt(tree, leg):
            doubtful.until = 0.0 if event.code == UNASKED else event.at + LEASE  # nothing was learnt: it is asked again
        _reported(tree, leg, alive=not over and event.status != 404 and not (event.code == UNASKED and let_go))
        return
    if over:
        _vanishing(tree, entry.wish)
    if not leg.gone and (not over or isinstance(entry.wish, Bridge) or entry.wish.places()):
        _refused(tree, entry.owner, entry.wish, leg, event)


def _vanishing(tree: Tree, command: Command) -> None:
    """A leg of the command is over, and its hangup is on its way: no error. Where there are two, nobody knows which it is."""
    for name in command.addresses():
        if not tree.session.legs[name].gone:
            outbox.arm(tree.turn, 0, outbox.VANISHED, VANISHING, name)


def _refused(tree: Tree, owner: int, command: Command, leg: Leg, event: CommandFailed) -> None:
    name = str(command.__struct_config__.tag)
    why = ": ".join(filter(None, [event.title or "no answer", event.detail])) + (f" ({event.code})" if event.code else "")
    tree.turn.problem("carrier", f"{name} {leg.name}: {why}", status=event.status, pointer=event.pointer)
    for awaited in [one for one in leg.awaited if one.n == event.n and one.kind != "hangup"]:
        outbox.forget(tree.turn, leg, awaited)
    if isinstance(command, Reject):
        outbox.send(tree.turn, HangUp(leg=leg.name), 0)
    if name_of_new := command.places():
        placed = tree.session.legs[name_of_new]
        placed.state, placed.ended_at = "gone", tree.turn.at
        outbox.drop(tree.turn, placed)
        announce(tree.turn, placed, "failed", 503)
    if verb := tree.session.verbs.get(owner):
        if CommandFailed in verb.handlers:
            tree.tell(verb, msgspec.structs.replace(event, leg=leg.name, command=name))
        else:
            tree.give_up(verb)


# --------------------------------------------------------------------------- hooks


class ReplyError(Exception):
    """The application's reply is not a document: why, at which JSON pointer, and where in the text."""

    def __init__(self, reason: str, pointer: str = "", span: Span | None = None) -> None:
        self.pointer, self.span = pointer, span
        super().__init__(reason)


def replied(tree: Tree, event: HookReplied) -> None:
    """The application has answered. A reply that is no document is as good as none, and on the record."""
    entry = outbox.settle(tree.turn, event.n)
    if entry is None or not isinstance(entry.wish, Ask) or entry.wish.kind in ("status", "notify"):
        return
    program = _asking(tree, entry.n)
    fact = "screening" if program and program.screening else LISTENERS.get(entry.wish.kind, "")
    try:
        found = _verbs(tree.turn, entry.wish, event, fact)
    except ReplyError as error:
        span = error.span or locate(event.body, error.pointer)
        tree.turn.problem("application", str(error), entry.wish.url, event.status, error.pointer, span)
        _go_without(tree, entry, program, HookFailed(at=event.at, n=event.n, status=event.status, reason=str(error)))
        return
    if not found and entry.wish.kind == "call":
        reason = "the first hook has given no verbs, so there is nothing to run"
        tree.turn.problem("application", reason, entry.wish.url, event.status)
    if program:
        tree.go_on(program, found)
    elif owner := tree.session.verbs.get(entry.owner):
        tree.tell(owner, msgspec.structs.replace(event, key=entry.wish.key, verbs=found))


def unanswered(tree: Tree, event: HookFailed) -> None:
    """The application has not answered."""
    entry = outbox.settle(tree.turn, event.n)
    if entry and isinstance(entry.wish, Ask):
        tree.turn.problem("application", event.reason, entry.wish.url, event.status)
        _go_without(tree, entry, _asking(tree, entry.n), event)


def _go_without(tree: Tree, entry: Entry, program: Program | None, event: HookFailed) -> None:
    """The call goes on as if the hook had answered nothing."""
    assert isinstance(entry.wish, Ask)
    if program:
        _complain(tree, program, event.reason)
        program.stranded = True
        tree.go_on(program, ())
    elif owner := tree.session.verbs.get(entry.owner):
        tree.tell(owner, msgspec.structs.replace(event, key=entry.wish.key))


def _complain(tree: Tree, program: Program, reason: str) -> None:
    """Tell the status hook that an actionHook was of no use (jambonz gather.js; here for every verb)."""
    session = tree.session
    if hook := session.status_hook or session.app.status_hook:
        extra = {"error": "invalid actionHook response", "reason": reason}
        outbox.put(tree.turn, report.question(tree.turn, hook, "status", session.legs[program.leg], extra, lane="status"), 0)


def _asking(tree: Tree, n: int) -> Program | None:
    return next((program for program in tree.session.programs.values() if program.asking == n), None)


def _verbs(turn: Turn, ask: Ask, event: HookReplied, fact: str) -> tuple[Spec, ...]:
    """The verbs of a reply; nothing where it holds none. What is not JSON by its content type holds none (http-requestor.js)."""
    if not event.body.strip():
        return ()
    if "application/json" not in event.content_type.lower():
        if event.body.lstrip().startswith(("[", "{")):
            kind = event.content_type or "of no content type"
            turn.problem("application", f"the reply is {kind}, not application/json: no verb of it is run", ask.url, event.status)
        return ()
    try:
        value = msgspec.json.decode(event.body)
    except msgspec.DecodeError as error:
        why, span = complaint(event.body) or (str(error), None)
        raise ReplyError(f"the reply is not JSON: {why}", span=span) from None
    except RecursionError:
        raise ReplyError("the reply is nested too deeply") from None
    if not isinstance(value, list):
        if ask.kind == "confirm" and value is not None:
            raise ReplyError("the reply to a confirmHook is not a list of verbs")
        if value:  # null and {} are what some frameworks make of nothing
            turn.problem("application", "the reply is not a list of verbs: nothing is replaced", ask.url, event.status)
        return ()
    try:
        reading = verbs.read(value)
    except DocumentError as error:
        first = error.faults[0]
        raise ReplyError(str(error), first.pointer) from None
    for remark in reading.remarks:
        turn.note(f"{remark.message} ({remark.pointer})")
    for index, spec in enumerate(reading.verbs):
        name = str(spec.__struct_config__.tag)
        if fact and not getattr(REGISTRY[name], fact):
            raise ReplyError(f"{name} cannot be run to {WHOM[fact]}", f"/{index}")
    return reading.verbs


# --------------------------------------------------------------------------- time


def timer_fired(tree: Tree, event: TimerFired) -> None:
    """A timer is due: a verb's own, or one of the engine's."""
    timer = tree.session.timers.pop(event.n, None)
    if timer is None:
        return
    if timer.owner:
        if verb := tree.session.verbs.get(timer.owner):
            tree.tell(verb, msgspec.structs.replace(event, name=timer.name))
        return
    leg = tree.session.legs[timer.leg]
    if timer.name == outbox.SETTLING:
        outbox.release(tree.turn, leg)
    else:
        _enquire(tree, leg)


def _enquire(tree: Tree, leg: Leg) -> None:
    """Ask how a leg stands. One that has no address after all that time was never placed."""
    if leg.call_control_id:
        outbox.enquire(tree.turn, leg)
    else:
        _reported(tree, leg, alive=False)


def reported(tree: Tree, event: CallReported) -> None:
    """The carrier has said whether a leg still lives."""
    entry = outbox.settle(tree.turn, event.n)
    if entry and isinstance(entry.wish, Enquire):
        _reported(tree, tree.session.legs[entry.wish.leg], event.alive)


def _reported(tree: Tree, leg: Leg, alive: bool) -> None:
    if leg.gone:
        return
    if not alive:
        hung_up(tree, leg, LegHungUp(at=tree.turn.at, leg=leg.name, cause="originator_cancel" if leg.ending else "unspecified"))
        return
    overdue = _overdue(tree, leg)
    for entry in _in_doubt(tree, leg):
        if isinstance(entry.wish, Command) and entry.wish.media:
            outbox.settle(tree.turn, entry.n)  # it was heard or is being heard, most likely; to hear it twice would be worse than never
        else:
            _send_anew(tree.turn, entry)
    for awaited in overdue:
        if tree.session.entry(awaited.n):  # nobody knows whether it has arrived, so its end is not lost yet
            outbox.guard(tree.turn, leg, awaited)
        elif awaited.kind == "answer":
            leg_event(tree, LegAnswered(at=tree.turn.at, leg=leg.name))
        elif awaited.kind == "hangup":  # it was lost or refused, and somebody is still on the line
            outbox.forget(tree.turn, leg, awaited)
            outbox.send(tree.turn, HangUp(leg=leg.name), 0)
        elif awaited.length:
            tree.turn.problem("carrier", f"the end of {awaited.kind} on {leg.name} was never reported")
            outbox.forget(tree.turn, leg, awaited)
            lost = next(word for word, kind in ENDED.items() if kind == awaited.kind)
            if verb := tree.session.verbs.get(awaited.owner):
                tree.tell(verb, lost(at=tree.turn.at, leg=leg.name, status="lost"))  # type: ignore[call-arg]
        else:
            outbox.guard(tree.turn, leg, awaited)


def _overdue(tree: Tree, leg: Leg) -> list[Awaited]:
    guarded = {timer.about for timer in tree.session.timers.values()}
    return [awaited for awaited in leg.awaited if awaited.n not in guarded]


def lease_ended(tree: Tree, event: LeaseEnded) -> None:
    """Nobody has reported on an entry in time: it is sent again, unless that could do a thing twice; then the carrier is asked first."""
    entry = tree.session.entry(event.n)
    if entry is None or not entry.until or entry.until > event.at:
        return
    wish = entry.wish
    if event.at - entry.asked <= REPEAT:
        _send_again(tree.turn, entry)
    elif not isinstance(wish, Command) or isinstance(wish, Enquire) or any(entry.waits_for(other) for other in tree.session.outbox):
        _send_anew(tree.turn, entry)  # it can be asked twice, or was certainly never sent
    elif wish.places() or isinstance(wish, Refer):
        failed(tree, CommandFailed(at=event.at, n=entry.n, title="nobody knows whether the call was placed"))
    else:
        entry.until = 0.0
        _enquire(tree, tree.session.legs[wish.leg])


def lease_kept(tree: Tree, event: LeaseKept) -> None:
    """An entry is still being sent, or waits for its turn, by whoever has it."""
    entry = tree.session.entry(event.n)
    if entry and entry.until and entry.sender == tree.turn.sender:
        entry.until = event.at + LEASE


def _in_doubt(tree: Tree, leg: Leg) -> list[Entry]:
    return [entry for entry in tree.session.outbox if leg.name in entry.lanes and not entry.sent and not entry.until]


def _send_again(turn: Turn, entry: Entry) -> None:
    entry.sender, entry.until = turn.sender, turn.at + LEASE
    turn.new.append(entry)


def _send_anew(turn: Turn, entry: Entry) -> None:
    entry.asked = turn.at
    _send_again(turn, entry)
