"""Walks every state that a call can reach: from each, every event that could come next, and once more under a new id.

A state is the snapshot without what distinguishes two equal situations: counters, ids, times, which of two equal targets it is. What
has to hold in every state is in `invariants.py`; besides, every state has to come to the end of the call without a party's doing:
by timers, replies, ends of what is heard, and hangups that we have asked for.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import Struct, field

from callverbs.interpreter.engine import session
from callverbs.interpreter.engine.leg_events import ENDED_COMMANDS
from callverbs.interpreter.engine.session import Session
from callverbs.interpreter.engine.step import step
from callverbs.verbs.conference import Conference
from callverbs.verbs.dequeue import Dequeue
from callverbs.verbs.dial import DialSpec
from callverbs.verbs.enqueue import Enqueue
from callverbs.verbs.language.commands import Bridge, Command, Query, RetrieveCall, SendInfo
from callverbs.verbs.language.events import (
    CallRetrieved,
    CommandAccepted,
    CommandFailed,
    ConversationEnded,
    Event,
    FieldsGathered,
    FieldsUpdated,
    GatherEnded,
    GreetingEnded,
    HangUpRequested,
    HookFailed,
    HookReplied,
    KeyPressed,
    LegAnswered,
    LegBridged,
    LegDequeued,
    LegEnqueued,
    LegEvent,
    LegHeld,
    LegHungUp,
    LegJoinedConference,
    LegLeftConference,
    LegUnheld,
    MachineDetected,
    MessagesUpdated,
    PlaybackEnded,
    RecordingFailed,
    RecordingSaved,
    ReferCompleted,
    ReferFailed,
    ReferStarted,
    SpeakEnded,
    SpeechTranscribed,
    StreamEnded,
    StreamStarted,
    TimerFired,
)
from callverbs.verbs.language.leg import Leg
from callverbs.verbs.language.meeting_commands import (
    CheckCall,
    FindConference,
    FindParticipant,
    FindQueueCall,
    RetrieveQueue,
    RetrieveQueueCall,
)
from callverbs.verbs.language.message_commands import SendMessage
from callverbs.verbs.language.messages import HookRequest
from callverbs.verbs.language.query_answers import (
    CallChecked,
    ConferenceFound,
    InfoSent,
    MessageSent,
    ParticipantFound,
    QueueCallFound,
    QueueCallRetrieved,
    QueueRetrieved,
)
from tests.verbs import invariants
from tests.verbs.harness import CallHarness
from tests.verbs.state import state

Document = list[Any]
SHOWN = ("n", "leg", "cause", "status", "digits", "digit", "transcript", "is_final", "result", "alive", "body", "code")


class World(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What may happen while a document is walked."""

    replies: dict[str, list[Document]] = field(default_factory=dict)
    """The documents that may come back, besides nothing and a failure: by the topic of the reply's handler, or `call` or `action`."""
    keys: str = ""
    digits: tuple[str, ...] = ("", "1")
    says: tuple[str, ...] = ("sales",)
    """What a party may say where somebody listens."""
    causes: tuple[str, ...] = ("normal_clearing", "user_busy")
    machines: bool = False
    holds: tuple[str, ...] = ()
    """Legs whose party may put the other on hold, and come back."""
    refusals: tuple[str, ...] = ("10015", "90018")
    """Codes with which a command may be refused."""
    slow: bool = False
    """The carrier's answers to commands come in any order with the events that they led to; else they come at once."""
    guarded: bool = True
    """The carrier may fail to report an end, so that the guards fire."""
    limited: bool = False
    """The call may reach its longest time at any moment."""
    operator: bool = False
    late: bool = True
    """Events of a leg may come after its end."""
    app: dict[str, Any] = field(default_factory=dict)
    call: dict[str, Any] | None = None
    """The request of a call that we place; without one, a call comes in."""
    endless: bool = False
    """The document has no end of its own: only a hangup ends the call."""
    max_steps: int = 60_000


PRESETS: dict[str, dict[str, Any]] = {
    "quick": {"refusals": (), "guarded": False, "late": False, "causes": ("user_busy",)},
    "slow": {"slow": True, "refusals": ("10015",), "guarded": False},
}
"""Worlds that many walks share. quick: commands are taken and nothing is lost, for walks with many states; what this leaves out is
walked with one target. slow: events come before the carrier's answer to the command that led to them."""


def world(written: dict[str, Any]) -> World:
    """Returns a world as a file has it: its own fields over those of its preset."""
    preset: dict[str, Any] = PRESETS[written["preset"]] if "preset" in written else {}
    found: World = msgspec.convert({**preset, **{name: one for name, one in written.items() if name != "preset"}}, World)
    return found


@dataclass
class Walked:
    """How far the walk went."""

    states: int = 0
    steps: int = 0
    ends: int = 0


def walk(document: Document, world: World) -> Walked:
    """Walks a document from the call's first event on. Raises AssertionError with the events that led to what is wrong."""
    return Walk(document, world).go()


class Walk:
    """One walk, with the graph of the states that it has reached."""

    def __init__(self, document: Document, world: World) -> None:
        self.world = world
        self.replies = {"call": [document], **world.replies}
        self.found = Walked()
        self.known: dict[bytes, int] = {}
        self.reached_by: list[tuple[int, str]] = []
        """By state, the one from which it was reached first, and the event."""
        self.predecessors: list[list[int]] = []
        """By state, those that lead to it without a party's doing."""
        self.ends: list[int] = []
        self.queue: deque[tuple[int, bytes, frozenset[str]]] = deque()

    def go(self) -> Walked:
        call = CallHarness(self.world.app, self.world.call)
        call.take(call.first)
        for snapshot, now, code in self.after_answers(call.snapshot):
            self.reach(snapshot, now, -1, None, code, frozenset(), certain=False)
        while self.queue:
            self.expand(*self.queue.popleft())
            assert self.found.steps < self.world.max_steps, f"the walk does not end: {self.found}"
        assert self.ends, "no path leads to the end of the call"
        if not self.world.endless:
            self.check_that_every_state_ends()
        return self.found

    def expand(self, here: int, snapshot: bytes, bridges: frozenset[str]) -> None:
        """Tries every event that can follow a state."""
        now = session.load(snapshot)
        self.found.states += 1
        try:
            invariants.check_session(now, snapshot)
            if now.ended:
                self.found.ends += 1
                self.ends.append(here)
                return
            for event, certain in self.events(now):
                self.try_event(here, now, snapshot, event, certain, bridges)
        except AssertionError as error:
            raise AssertionError(f"{error}\nafter:\n  {self.path_to(here)}\nin {snapshot.decode()}") from error

    def try_event(self, here: int, now: Session, snapshot: bytes, event: Event, certain: bool, bridges: frozenset[str]) -> None:
        outcome = step(snapshot, event, "worker")
        self.found.steps += 1
        invariants.check_outcome(now, outcome, event)
        if isinstance(event, LegEvent) and now.legs[event.leg].gone and not isinstance(event, RecordingSaved | RecordingFailed):
            assert not outcome.new, f"{event} is of a leg that is over: {outcome.new}"
            return
        if isinstance(event, ConversationEnded) and event.conversation in now.legs[event.leg].past_conversations:
            assert not outcome.new, f"{event} is of an earlier conversation: {outcome.new}"
        crossed = bridges | {entry.message.other for entry in outcome.new if isinstance(entry.message, Bridge)}
        assert len(crossed) <= 1, f"the caller is bridged with {set(crossed)}"
        effect = bool(outcome.new)
        for following, then, code in self.after_answers(outcome.snapshot):
            there = self.reach(following, then, here, event, code, crossed, certain and not code)
            effect = effect or there != here
        if effect and isinstance(event, LegEvent) and not isinstance(event, KeyPressed):
            again = step(outcome.snapshot, msgspec.structs.replace(event, id=event.id + "'"), "worker")
            assert not again.new, f"{event} has been taken twice: {again.new}"

    def reach(
        self, snapshot: bytes, now: Session, source: int, event: Event | None, code: str, bridges: frozenset[str], certain: bool
    ) -> int:
        """Returns the number of a state, which is walked later if it is new. Uses up `now`, the snapshot's session."""
        there = self.known.setdefault(state(now), len(self.known))
        if there == len(self.reached_by):
            self.reached_by.append((source, (words(event) if event else "the call") + code))
            self.predecessors.append([])
            self.queue.append((there, snapshot, bridges))
        if certain and source >= 0:
            self.predecessors[there].append(source)
        return there

    def path_to(self, here: int) -> str:
        """Returns the events that led to a state."""
        events = []
        while here >= 0:
            here, event = self.reached_by[here]
            events.append(event)
        return "\n  ".join(reversed(events))

    def check_that_every_state_ends(self) -> None:
        ending, queue = set(self.ends), list(self.ends)
        while queue:
            for source in self.predecessors[queue.pop()]:
                if source not in ending:
                    ending.add(source)
                    queue.append(source)
        endless = [here for here in range(len(self.reached_by)) if here not in ending]
        assert not endless, f"{len(endless)} states never come to an end; the first of them after:\n  {self.path_to(endless[0])}"

    # ------------------------------------------------------------- what can happen

    def after_answers(self, snapshot: bytes) -> Iterator[tuple[bytes, Session, str]]:
        """Yields the states when the carrier has answered the open commands: all are taken, or one is refused. None, where it is slow."""
        now = session.load(snapshot)
        commands = [] if self.world.slow else _open(now)
        if not commands:
            yield snapshot, now, ""
            return
        yield *_answered(snapshot, None, ""), ""
        for refused in commands:
            for code in self.world.refusals:
                yield *_answered(snapshot, refused.n, code), f", and {refused.message.__struct_config__.tag} is refused ({code})"

    def events(self, now: Session) -> Iterator[tuple[Event, bool]]:
        """Yields every event that could come next, and whether it is certain to come: without a party's doing."""
        for leg in now.legs.values():
            if not leg.gone:
                yield from self.of_leg(now, leg)
            elif leg.call_control_id and self.world.late:
                yield LegAnswered(**_leg_fields(now, leg, "late")), False
        for recording in now.recordings:
            yield from self.of_recording(now, recording)
        for entry in now.open_entries():
            yield from self.of_entry(entry)
        for timer in now.timers.values():
            if {"guard": self.world.guarded, "call_length": self.world.limited}.get(timer.name, True):
                yield TimerFired(id=f"timer {timer.n}", at=2000.0, n=timer.n), True
        if self.world.operator:
            yield HangUpRequested(id=f"operator {now.last}", at=2000.0), False

    def of_entry(self, entry: session.OutboxEntry) -> Iterator[tuple[Event, bool]]:
        base: dict[str, Any] = {"id": f"answer {entry.n}", "at": 2000.0, "n": entry.n}
        if isinstance(entry.message, RetrieveCall):
            yield CallRetrieved(**base, alive=True), True
            yield CallRetrieved(**base, alive=False), True
        elif isinstance(entry.message, RetrieveQueue):
            yield QueueRetrieved(**base, size=1), True
        elif isinstance(entry.message, FindQueueCall):
            yield QueueCallFound(**base, call="v3:caller"), True
            yield QueueCallFound(**base), True
        elif isinstance(entry.message, FindConference):
            yield ConferenceFound(**base, conference="conf"), True
            yield ConferenceFound(**base), True
        elif isinstance(entry.message, FindParticipant):
            yield ParticipantFound(**base, participant="p"), True
            yield ParticipantFound(**base), True
        elif isinstance(entry.message, CheckCall):
            yield CallChecked(**base, alive=True), True
            yield CallChecked(**base), True
        elif isinstance(entry.message, RetrieveQueueCall):
            yield QueueCallRetrieved(**base, position=1), True
            yield QueueCallRetrieved(**base, position=0), True
        elif isinstance(entry.message, Command):
            yield _taken(entry), True
            for code in self.world.refusals:
                yield _refusal(entry.n, code), False
        elif isinstance(entry.message, HookRequest):
            yield HookReplied(**base, status=204), True
            if entry.message.kind not in ("status", "notify"):
                yield HookFailed(**base, status=500, reason="no"), True
                for document in self.replies.get(entry.message.reply or entry.message.kind, []):
                    text = msgspec.json.encode(document).decode()
                    yield HookReplied(**base, content_type="application/json", body=text), True

    def of_recording(self, now: Session, recording: session.Recording) -> Iterator[tuple[Event, bool]]:
        """Yields the carrier's reports of a recording: it is saved after a short time or a long one, or not."""
        leg = now.legs[recording.leg]
        began = 1 + recording.asked_at
        for seconds in (2.0, 10_000.0):
            fields = {**_leg_fields(now, leg, f"saved {recording.n} {seconds}"), "urls": {"mp3": "https://x/1.mp3"}}
            yield RecordingSaved(**fields, started_at=began, ended_at=began + seconds), False
        yield RecordingFailed(**_leg_fields(now, leg, f"unsaved {recording.n}"), detail="no"), False

    def of_leg(self, now: Session, leg: Leg) -> Iterator[tuple[Event, bool]]:
        world, kinds = self.world, {awaited.kind for awaited in leg.awaited}

        def base(what: str) -> dict[str, Any]:
            return _leg_fields(now, leg, what)

        if not leg.answered and ("answer" in kinds or not leg.inbound):
            yield LegAnswered(**base("answered")), "answer" in kinds
        for cause in world.causes if not leg.answered and not leg.inbound else world.causes[:1]:
            yield LegHungUp(**base(cause), cause=cause), leg.ending
        if "speak" in kinds:
            yield SpeakEnded(**base("spoken")), True
        if "playback" in kinds:
            yield PlaybackEnded(**base("played")), True
            yield PlaybackEnded(**base("missing"), status="file_not_found"), False
        if "stream" in kinds:
            stopped = any(awaited.kind == "stream" and awaited.stopped for awaited in leg.awaited)
            yield StreamStarted(**base("streaming")), False
            yield StreamEnded(**base("streamed")), stopped
            yield StreamEnded(**base("unstreamed"), status="failed", detail="connection_failed"), False
        if "gather" in kinds:
            for digits in world.digits:
                for status in ("valid", "timeout", "invalid"):
                    for at in (2000.0, 9000.0):  # in time, and when it is over
                        what = {**base(f"gathered {digits} {status} {at}"), "at": at}
                        yield GatherEnded(**what, digits=digits, status=status), True
        if "assistant" in kinds:
            yield FieldsUpdated(**base("updated"), values={"name": "Ann"}), False
            yield FieldsGathered(**base("gathered"), valid=True, values={"name": "Ann"}), False
            yield FieldsGathered(**base("given up")), False
            yield MessagesUpdated(**base("said"), messages=[{"role": "user", "content": "Hello"}]), False
        for awaited in leg.awaited:
            for status in ("completed", "disconnected", "failed") if awaited.kind in ENDED_COMMANDS[ConversationEnded] else ():
                # none of them is certain: the carrier may fail to report the end
                ended = base(f"{status} {awaited.conversation}")
                yield ConversationEnded(**ended, status=status, conversation=awaited.conversation), False
        for conversation in leg.past_conversations[-1:]:
            yield ConversationEnded(**base(f"late end of {conversation}"), conversation=conversation), False
        if leg.answered:
            for key in world.keys:
                yield KeyPressed(**base(f"key {key}"), digit=key), False
        for transcript in world.says if leg.transcription else ():
            for final in (True, False):
                yield SpeechTranscribed(**base(f"said {transcript} {final}"), transcript=transcript, is_final=final), False
        if world.machines and (leg.parent or not leg.inbound):  # these may overtake the answer
            yield MachineDetected(**base("human"), result="human"), False
            yield MachineDetected(**base("machine"), result="machine"), False
            yield GreetingEnded(**base("beep"), result="beep_detected"), False
        if leg.answered and leg.name in world.holds:
            yield LegHeld(**base("held")), False
            yield LegUnheld(**base("unheld")), False
        for verb in now.verbs.values():
            if verb.name == "dial" and _is_told_of_bridge(verb.spec) and leg.name == verb.winner:  # type: ignore[attr-defined]
                yield LegBridged(**base("bridged")), False
            if isinstance(verb, Dequeue) and leg.name == verb.leg and verb.phase == "connecting":
                yield LegBridged(**base("bridged")), False
            if isinstance(verb, Conference) and verb.phase in ("making", "joining", "in"):
                yield LegJoinedConference(**base("joined"), conference="conf"), verb.phase != "in"
                yield LegLeftConference(**base("left"), conference="conf"), verb.phase == "in"
            if isinstance(verb, Enqueue) and leg.name == verb.leg:
                yield LegEnqueued(**base("enqueued"), queue=verb.spec.name), verb.phase == "joining"
                for reason in ("bridged", "bridging-in-process", "leave", "timeout"):
                    certain = reason == "leave" and verb.phase == "leaving"
                    yield LegDequeued(**base(f"dequeued {reason}"), queue=verb.spec.name, reason=reason), certain
                yield LegBridged(**base("bridged")), False
            if verb.name == "sip:refer" and leg.name == verb.leg:
                yield ReferStarted(**base("referring"), sip_status=100), False
                yield ReferCompleted(**base("referred"), sip_status=200), False
                yield ReferFailed(**base("unreferred"), sip_status=603), False
            if verb.name == "transfer":
                if leg.parent:
                    yield LegBridged(**base("bridged")), False
                elif verb.spec.method == "refer":  # type: ignore[attr-defined]
                    yield ReferStarted(**base("referring"), sip_status=100), False
                    yield ReferCompleted(**base("referred"), sip_status=200), False
                    yield ReferFailed(**base("unreferred"), sip_status=603), False


def _is_told_of_bridge(spec: DialSpec) -> bool:
    """Returns whether a dial does something when its two are connected."""
    return bool(spec.amd or spec.conversation_stream or spec.transcribe)


def words(event: Event) -> str:
    """Returns an event as it is shown in a path."""
    fields = msgspec.to_builtins(event)
    return " ".join([str(fields["event"]), *(f"{key}={fields[key]}" for key in SHOWN if key in fields)])


def _leg_fields(now: Session, leg: Leg, what: str) -> dict[str, Any]:
    return {
        "id": f"{what} {now.last} {leg.name} {len(now.seen)}",
        "at": 2000.0,
        "occurred_at": 1 + max([0.0, *leg.last_events.values()]),
        "leg": leg.name,
        "call_control_id": f"cc-{leg.name}",
        "call_leg_id": f"sid-{leg.name}",
        "call_session_id": "cs",
    }


def _open(now: Session) -> list[session.OutboxEntry]:
    """Returns the commands that the carrier has not answered yet."""
    return [entry for entry in now.open_entries() if isinstance(entry.message, Command) and not isinstance(entry.message, Query)]


def _taken(entry: session.OutboxEntry) -> Event:
    assert isinstance(entry.message, Command)
    if isinstance(entry.message, SendMessage):
        return MessageSent(id=f"yes {entry.n}", at=2000.0, n=entry.n, message_id="message")
    if isinstance(entry.message, SendInfo):
        return InfoSent(id=f"yes {entry.n}", at=2000.0, n=entry.n)
    new = entry.message.created_leg()
    ids = {"call_control_id": f"cc-{new}", "call_leg_id": f"sid-{new}", "call_session_id": "cs"} if new else {}
    conversation = f"conversation {entry.n}" if entry.message.awaits in ENDED_COMMANDS[ConversationEnded] else ""
    return CommandAccepted(id=f"yes {entry.n}", at=2000.0, n=entry.n, conversation=conversation, **ids)  # type: ignore[arg-type]


def _refusal(n: int, code: str) -> CommandFailed:
    return CommandFailed(id=f"no {n}", at=2000.0, n=n, status=422, code=code, title="Refused")


def _answered(snapshot: bytes, refused: int | None, code: str) -> tuple[bytes, Session]:
    """Answers all open commands, and what comes of that; one command is refused."""
    while commands := _open(now := session.load(snapshot)):
        entry = next((entry for entry in commands if entry.n == refused), commands[0])
        answer = _refusal(entry.n, code) if entry.n == refused else _taken(entry)
        outcome = step(snapshot, answer, "worker")
        invariants.check_outcome(now, outcome, answer)
        snapshot = outcome.snapshot
    return snapshot, now
