"""Reduces a snapshot to what distinguishes one state from another: no counters, no ids, no times, nothing that is only reported.

Two targets of the same kind are interchangeable: which of them is called b1 makes no difference.
"""

import re
from collections.abc import Callable
from typing import Any

import msgspec

from callverbs.interpreter.engine.session import OutboxEntry, Recording, Session, Timer
from callverbs.verbs import REGISTRY
from callverbs.verbs.language.leg import Leg, SpeechListener, Transcription
from callverbs.verbs.language.messages import HookRequest
from callverbs.verbs.parts.dtmf_capture import Key, KeyBuffer
from callverbs.verbs.parts.hold import Hold
from callverbs.verbs.parts.media_stream import Streaming
from callverbs.verbs.parts.parking import Parked
from callverbs.verbs.parts.transcribing import Reports
from callverbs.verbs.parts.utterance import PartialResults, Phrase, Utterance

CALLEE = re.compile(rb"\bb([0-9]+)\b")
Rank = Callable[[int], int]


def state(now: Session) -> bytes:
    """Returns the same bytes for two sessions in the same situation. The session is used up."""
    open_ = now.open_entries()
    numbers = {0, *now.verbs, *now.programs, *(entry.n for entry in open_), *(one.n for leg in now.legs.values() for one in leg.awaited)}
    numbers |= {one.n for one in now.recordings}
    ranks = {n: rank for rank, n in enumerate(sorted(numbers))}

    def rank(n: int) -> int:
        return ranks.get(n, -1)

    plain = Session(
        id="",
        app=now.app,
        began=0.0,
        ended=float(now.ended > 0),
        legs={name: _leg(leg, rank) for name, leg in now.legs.items() if not leg.gone},
        verbs=now.verbs,
        programs=now.programs,
        outbox=[],
        deferred=now.deferred,
        recordings=[Recording(rank(one.n), one.leg, rank(one.owner), hook=one.hook) for one in now.recordings],
        limit=now.limit,
        base_url=now.base_url,
        status_hook=now.status_hook,
    )
    for verb in now.verbs.values():
        verb.n, verb.program, verb.beside = rank(verb.n), rank(verb.program), rank(verb.beside)
        for field in set(verb.__struct_fields__) & set(PLAIN):
            setattr(verb, field, PLAIN[field](getattr(verb, field)))
    for program in now.programs.values():
        program.n, program.owner, program.running, program.asking = (
            rank(n) for n in (program.n, program.owner, program.running, program.asking)
        )
    for items in now.deferred.values():
        for item in items:
            item.owner = rank(item.owner)
    plain.verbs = {verb.n: verb for verb in now.verbs.values()}
    plain.programs = {program.n: program for program in now.programs.values()}
    text = _ENCODER.encode(
        [plain, sorted(_timer(timer, rank) for timer in now.timers.values() if timer.n), sorted(_entry(entry, rank) for entry in open_)]
    )
    return _renamed(text, now)


def _keys(keys: list[Key] | dict[str, KeyBuffer]) -> list[Key] | dict[str, KeyBuffer]:
    """Returns the keys of an input; those of two who talk have no end, and change nothing but what is reported."""
    return [Key(0.0, key.digit) for key in keys] if isinstance(keys, list) else {}


def _utterance(heard: Utterance) -> Utterance:
    """Returns what was heard without its times; of several final results, the first stands for all."""
    return Utterance([Phrase(0.0, "x")] * (len(heard.finals) > 0), heard.interim and Phrase(0.0, "x" * heard.word_count), heard.closed)


PLAIN: dict[str, Callable[[Any], Any]] = {
    "status": lambda status: "",
    "sip_status": lambda status: 0,
    "sid": lambda sid: "",
    "began": lambda time: 0.0,
    "left_at": lambda time: 0.0,
    "missed": lambda missed: missed[:1],
    "enqueued_at": lambda time: 0.0,
    "bridged_at": lambda time: float(time > 0),
    "until": lambda time: float(time > 0),
    "last_key_at": lambda time: float(time > 0),
    "keys": _keys,
    "partial": lambda partial: PartialResults(partial.asking, partial.waiting and Phrase(0.0, "x")),
    "utterance": _utterance,
    "messages": lambda messages: messages[:1],
    "reports": lambda reports: Reports(reports.asking, reports.waiting[:1]),
    "findings": lambda findings: {leg: one for leg, one in sorted(findings.items()) if one.words},
    "streaming": lambda stream: Streaming(stream.leg, float(stream.began > 0)),
    "holds": lambda holds: {leg: Hold(on=hold.on, asking=hold.asking) for leg, hold in holds.items()},
    "parked": lambda parked: Parked(on=parked.on, asking=parked.asking),
}
"""Fields of verbs that are reported to hooks, or that are times, and what of them makes a difference."""
assert set(PLAIN) <= {field for verb in REGISTRY.values() for field in verb.__struct_fields__}, "a field has another name now"
_ENCODER = msgspec.json.Encoder()


def _leg(leg: Leg, rank: Rank) -> Leg:
    awaited = [
        msgspec.structs.replace(one, n=rank(one.n), owner=rank(one.owner), conversation="x" * (one.conversation != ""))
        for one in leg.awaited
    ]
    return Leg(
        name=leg.name,
        direction=leg.direction,
        from_="",
        to="",
        state=leg.state,
        owner=rank(leg.owner),
        parent=leg.parent,
        call_control_id="x" if leg.call_control_id else "",
        reported=leg.reported,
        ending=leg.ending,
        awaited=awaited,
        past_conversations=["x"] * (len(leg.past_conversations) > 0),
        defaults=leg.defaults,
        transcription=leg.transcription and _transcription(leg.transcription, rank),
    )


def _transcription(now: Transcription, rank: Rank) -> Transcription:
    listeners = [SpeechListener(rank(one.owner), one.recognizer, one.interim) for one in now.listeners]
    return Transcription(0, now.recognizer, now.interim, listeners)


def _timer(timer: Timer, rank: Rank) -> tuple[int, str, str, int]:
    return (rank(timer.owner), timer.name, timer.leg, rank(timer.guards))


def _entry(entry: OutboxEntry, rank: Rank) -> tuple[int, int, bytes]:
    message = msgspec.structs.replace(entry.message, payload={}) if isinstance(entry.message, HookRequest) else entry.message
    return (rank(entry.n), rank(entry.owner), _ENCODER.encode(message))


def _renamed(text: bytes, now: Session) -> bytes:
    """Returns the text with the callees named by their state."""
    callees = [leg for leg in now.legs.values() if leg.parent and not leg.gone]
    if len(callees) < 2:
        return text
    marks = {leg.name: _mark(leg, text) for leg in callees}
    order = {name.encode(): b"c%d" % index for index, name in enumerate(sorted(marks, key=lambda name: marks[name]))}
    return CALLEE.sub(lambda match: order.get(match[0], match[0]), text)


def _mark(leg: Leg, text: bytes) -> bytes:
    return b"%d%d%d" % (leg.answered, leg.ending, len(leg.awaited)) + b"%d" % len(re.findall(rb"\b%b\b" % leg.name.encode(), text))
