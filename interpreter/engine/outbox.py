"""What the call has asked for and has no result of yet: messages in their order, media that is heard or waits, and guards.

An ended event names no command: it is credited to the oldest command of its kind on the leg. What was stopped has to end before the
next thing is heard. Whatever the carrier forgets to report is asked for when its guard timer fires.
"""

import msgspec

from callverbs.interpreter.engine import limits
from callverbs.interpreter.engine.outcome import Turn
from callverbs.interpreter.engine.session import LEASE_SECONDS, DeferredMedia, OutboxEntry, Timer
from callverbs.verbs.language import commands
from callverbs.verbs.language.commands import Command
from callverbs.verbs.language.leg import Awaited, Leg
from callverbs.verbs.language.messages import HookRequest, OutboxMessage

GUARD_MARGIN_SECONDS = 30.0
"""The carrier may be late by so much before we ask how the call stands."""
GUARD_UNKNOWN_SECONDS = 600.0
"""We ask after so long where nobody knows how long a thing takes."""
STOPPED_MEDIA_SECONDS = 1.0
"""The next media command waits so long for the end of what was stopped, at the most."""
MAX_PAST_CONVERSATIONS = 16
"""Conversations of a leg that are remembered after their end."""
OWN_STATE, OWN_STATE_OF_TARGET = "client_state", "target_leg_client_state"
"""Parameters of the carrier with which an author sets a state of a leg."""
GUARD, STOPPED_MEDIA, VANISHED, CALL_LENGTH = "guard", "stopped_media", "vanished", "call_length"
"""Names of the engine's own timers."""
STOP_COMMANDS: dict[str, type[Command]] = {
    "speak": commands.StopMedia,
    "playback": commands.StopMedia,
    "gather": commands.StopGather,
    "stream": commands.StopStream,
    "relay": commands.StopRelay,
    "assistant": commands.StopAssistant,
}


def add(turn: Turn, message: OutboxMessage, owner: int) -> OutboxEntry:
    """Adds a message to the outbox. Raises LimitError where it is one too many."""
    if isinstance(message, HookRequest):
        limits.use(turn, "hooks")
    elif isinstance(message, Command) and message.created_leg():
        limits.use(turn, "dials")
    entry = OutboxEntry(turn.session.next_number(), message, owner, turn.at, turn.worker, turn.at + LEASE_SECONDS)
    turn.session.outbox.append(entry)
    turn.new.append(entry)
    return entry


def send(turn: Turn, command: Command, owner: int) -> OutboxEntry | None:
    """Adds a command, and returns its entry; none where its leg is over or being ended, or still hears what was stopped."""
    leg = turn.session.legs[command.leg]
    if leg.gone or (leg.ending and command.awaits != "hangup"):
        return None
    if command.awaits == "answer" and any(awaited.kind == "answer" for awaited in leg.awaited):
        return None
    command = _with_own_state(turn, _with_refusal(turn, command))
    if command.media and any(awaited.stopped for awaited in leg.awaited):
        turn.session.deferred.setdefault(leg.name, []).append(DeferredMedia(command, owner))
        return None
    entry = add(turn, command, owner)
    for awaited in leg.awaited:
        if isinstance(command, commands.StopGather) and (awaited.kind, awaited.owner) == ("gather", owner):
            awaited.ending = True
    if command.awaits:
        leg.awaited.append(
            Awaited(entry.n, owner, command.awaits, command.expected_seconds(), overlay=bool(command.carrier.get("overlay")))
        )
        start_guard(turn, leg, leg.awaited[-1])
    return entry


def _with_refusal(turn: Turn, command: Command) -> Command:
    """Marks a command that calls a number which the settings refuse: the carrier's border does not send it, and it fails."""
    if not isinstance(command, commands.Dial | commands.Transfer):
        return command
    refusal = limits.refused_number(turn.session.app.limits, command.party.to)
    return msgspec.structs.replace(command, party=msgspec.structs.replace(command.party, refusal=refusal)) if refusal else command


def _with_own_state(turn: Turn, command: Command) -> Command:
    """Notes the author's own states that a command sets, of its leg and of the one that it makes. A command that sets none keeps them."""
    leg, created = turn.session.legs[command.leg], command.created_leg()
    leg.client_state = command.carrier.get(OWN_STATE, leg.client_state)
    if created:
        made = turn.session.legs[created]
        made.client_state = command.carrier.get(OWN_STATE_OF_TARGET, made.client_state)
    if not leg.client_state or OWN_STATE in command.carrier:
        return command
    return msgspec.structs.replace(command, carrier={**command.carrier, OWN_STATE: leg.client_state})


def start_guard(turn: Turn, leg: Leg, awaited: Awaited) -> None:
    """Starts the timer after which we ask about a command that has not ended; anew, if it runs."""
    _stop_guard(turn, awaited)
    expected = awaited.seconds or awaited.kind in ("answer", "hangup")
    seconds = awaited.seconds + GUARD_MARGIN_SECONDS if expected else GUARD_UNKNOWN_SECONDS
    if awaited.kind == "hangup":
        seconds = min(seconds * 2**leg.hangups, GUARD_UNKNOWN_SECONDS)
    start_timer(turn, 0, GUARD, seconds, leg.name, awaited.n)


def _stop_guard(turn: Turn, awaited: Awaited) -> None:
    for timer in [timer for timer in turn.session.timers.values() if timer.guards == awaited.n]:
        del turn.session.timers[timer.n]


def stop_media(turn: Turn, leg: Leg, owner: int) -> None:
    """Stops everything on a leg that a running verb has asked for, heard or deferred; a leg that is being ended falls silent itself."""
    if leg.name in turn.session.deferred:
        turn.session.deferred[leg.name] = [item for item in turn.session.deferred[leg.name] if item.owner != owner]
    if leg.ending:
        return
    own = [awaited for awaited in leg.awaited if awaited.owner == owner and awaited.kind in STOP_COMMANDS and not awaited.stopped]
    for command, overlay in dict.fromkeys((STOP_COMMANDS[awaited.kind], awaited.overlay) for awaited in own):
        send(turn, commands.StopMedia(leg=leg.name, overlay=True) if overlay else command(leg=leg.name), 0)
    for awaited in own:
        awaited.stopped = True
    if own:
        start_timer(turn, 0, STOPPED_MEDIA, STOPPED_MEDIA_SECONDS, leg.name)


def claim_event(leg: Leg, kind: str, occurred_at: float) -> bool:
    """Notes the carrier's time of an event, and returns whether it is later than the last of its kind; if not, it is a duplicate."""
    last = leg.last_events.get(kind, 0.0)
    leg.last_events[kind] = max(occurred_at, last)
    return not occurred_at or occurred_at > last


def credit(turn: Turn, leg: Leg, kinds: tuple[str, ...], occurred_at: float, status: str, conversation: str = "") -> Awaited | None:
    """Takes the command that an ended event belongs to: the one that began the conversation, else the oldest of its kinds.

    Returns None for a duplicate, for the late end of an earlier conversation, and where there is no such command.
    """
    if conversation in leg.past_conversations or not claim_event(leg, kinds[0], occurred_at):
        return None
    fitting = [one for one in leg.awaited if one.kind in kinds and (not conversation or one.conversation in ("", conversation))]
    awaited = max(fitting, key=lambda one: one.conversation == conversation, default=None)
    if awaited is None:
        return None
    if awaited.kind == "gather" and status == "cancelled" and not (awaited.stopped or awaited.ending):
        return None  # the late end of one that was stopped: only we cancel a collection
    mark_answered(turn, awaited.n)
    awaited.conversation = awaited.conversation or conversation
    forget(turn, leg, awaited)
    return awaited


def name_conversation(turn: Turn, leg: Leg, n: int, conversation: str) -> None:
    """Notes the carrier's id of the conversation that entry `n` has begun, so that its end is credited to no other."""
    awaited = next((one for one in leg.awaited if one.n == n), None)
    if awaited:
        awaited.conversation = conversation
    else:
        _leave_conversation(leg, conversation)


def _leave_conversation(leg: Leg, conversation: str) -> None:
    if conversation:
        leg.past_conversations = [*leg.past_conversations, conversation][-MAX_PAST_CONVERSATIONS:]


def forget(turn: Turn, leg: Leg, awaited: Awaited) -> None:
    """Drops a command whose end is not awaited any longer."""
    _drop(turn, leg, awaited)
    if not any(one.stopped for one in leg.awaited):
        release_deferred(turn, leg)


def _drop(turn: Turn, leg: Leg, awaited: Awaited) -> None:
    leg.awaited.remove(awaited)
    _leave_conversation(leg, awaited.conversation)
    _stop_guard(turn, awaited)


def stopped_media_overdue(turn: Turn, leg: Leg) -> None:
    """Goes on without the end of what was stopped; but waits anew while nobody knows whether the stop has reached the carrier."""
    stops = tuple({*STOP_COMMANDS.values()})
    if any(isinstance(entry.message, stops) and entry.message.leg == leg.name for entry in turn.session.open_entries()):
        start_timer(turn, 0, STOPPED_MEDIA, STOPPED_MEDIA_SECONDS, leg.name)
    else:
        release_deferred(turn, leg)


def release_deferred(turn: Turn, leg: Leg) -> None:
    """Sends the media commands that were deferred until the leg is silent."""
    stop_timer(turn, 0, STOPPED_MEDIA, leg.name)
    for awaited in [one for one in leg.awaited if one.stopped]:
        _drop(turn, leg, awaited)
    for item in turn.session.deferred.pop(leg.name, []):
        assert isinstance(item.command, Command)
        send(turn, item.command, item.owner)


def retrieve_call(turn: Turn, leg: Leg) -> None:
    """Asks the carrier whether a leg still lives; one request at a time."""
    open_requests = [entry.message for entry in turn.session.open_entries() if isinstance(entry.message, commands.RetrieveCall)]
    if not any(request.leg == leg.name for request in open_requests):
        add(turn, commands.RetrieveCall(leg=leg.name), 0)


def mark_answered(turn: Turn, n: int) -> OutboxEntry | None:
    """Notes that entry `n` has its result, and returns it; None if it had one already."""
    entry = turn.session.open_entry(n)
    if entry:
        entry.answered_at = turn.at
    return entry


def send_again(turn: Turn, entry: OutboxEntry) -> None:
    """Takes over an entry: the worker that saves this sends it."""
    entry.worker, entry.lease_until = turn.worker, turn.at + LEASE_SECONDS
    turn.new.append(entry)


def send_anew(turn: Turn, entry: OutboxEntry) -> None:
    """Takes over an entry that counts as never sent."""
    entry.made_at = turn.at
    send_again(turn, entry)


def mark_created(turn: Turn, leg: Leg) -> None:
    """Notes that a leg exists, whoever told us: the command that creates it has its result."""
    for entry in turn.session.open_entries():
        if isinstance(entry.message, Command) and entry.message.created_leg() == leg.name:
            entry.answered_at = turn.at


def remove_answered(turn: Turn) -> None:
    """Removes entries that had their result before this event."""
    turn.session.outbox = turn.session.open_entries()


def disown(turn: Turn, owner: int) -> None:
    """Takes everything from a running verb that is over: its requests are nobody's, its timers go, and what it plays is stopped."""
    session = turn.session
    for entry in session.outbox:
        if entry.owner == owner:
            entry.owner = 0
    for timer in [timer for timer in session.timers.values() if timer.owner == owner]:
        del session.timers[timer.n]
    for leg in session.legs.values():
        if not leg.gone:
            stop_media(turn, leg, owner)


def remove_leg(turn: Turn, leg: Leg) -> None:
    """Drops everything of a leg that is over: nothing is sent to it or awaited of it any longer."""
    session = turn.session
    session.outbox = [entry for entry in session.outbox if entry.message.outlives_call or leg.name not in entry.ordering_keys]
    session.deferred.pop(leg.name, None)
    leg.awaited, leg.transcription = [], None
    for timer in [timer for timer in session.timers.values() if timer.leg == leg.name]:
        del session.timers[timer.n]


def start_timer(turn: Turn, owner: int, name: str, seconds: float, leg: str = "", guards: int = 0) -> None:
    """Starts a timer. One of the same name starts again, except guards, of which every command has its own."""
    if not guards:
        stop_timer(turn, owner, name, leg)
    n = turn.session.next_number()
    turn.session.timers[n] = Timer(n, owner, name, turn.at + seconds, leg, guards, turn.at)


def stop_timer(turn: Turn, owner: int, name: str, leg: str = "") -> None:
    """Stops a timer."""
    for timer in list(turn.session.timers.values()):
        if (timer.owner, timer.name, timer.leg) == (owner, name, leg):
            del turn.session.timers[timer.n]
