"""Which transcript shows a property: one that fails without it.

A property is taken out of every verb of the transcript that has it, and the transcript is played. Where the document would be refused
without it, it gets another value instead. That also tells who does it: the carrier, if it is sent something else, or callverbs alone.
"""

import copy
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from callverbs import schemas, verbs
from callverbs.interpreter.engine.session import OutboxEntry
from callverbs.interpreter.telnyx.commands import CommandError, RequestContext, build_request
from callverbs.interpreter.text.source import Source
from callverbs.verbs import schema_name
from callverbs.verbs.language.commands import Command
from tests.verbs.harness import NUMBER, CallHarness, fields_of, words_of
from tests.verbs.player import play, steps_of

FOLDER = Path(__file__).parent / "transcripts"
PARTS = (
    "components/hook", "components/auth", "components/headers", "components/synthesizer", "components/recognizer", "components/target",
    "components/amd", "components/hook_delay", "components/filler_noise", "verbs/say", "verbs/play", "verbs/listen", "verbs/transcribe",
)  # fmt: skip
"""Parts that several verbs have: their properties are those of the part, wherever it stands."""
EVERY_VERB = "verbs"
"""What the properties belong to that all verbs have."""
COMMON = ("id", "_")

Key = tuple[str, str]
"""The part that has a property (`verbs/dial`, `components/target`), and its dotted name there."""


class Place(NamedTuple):
    """Where a transcript has a property: the object, the key, the property's schema, and the document."""

    key: Key
    holder: dict[str, Any]
    name: str
    schema: schemas.Schema
    document: list[Any]


def documents(written: Any) -> Iterator[list[Any]]:
    """Yields the documents of a transcript: its own, and those that hooks reply with."""
    if isinstance(written, dict):
        for key, value in written.items():
            if key in ("document", "verbs") and isinstance(value, list):
                yield value
            else:
                yield from documents(value)
    elif isinstance(written, list):
        for value in written:
            yield from documents(value)


def places(written: Any) -> Iterator[Place]:
    """Yields every property of every verb of a transcript."""
    for document in documents(written):
        for item in verbs.items(document)[0]:
            name = schema_name(item.name)
            within = {path: part for part in PARTS for path, _ in schemas.places(name, item.body, part)}
            for path in dict.fromkeys(path for path, _ in schemas.walk(name, item.body)):
                if path and isinstance(path[-1], str) and path[-1] != "verb":
                    start = max((start for start in within if start == path[: len(start)] and start != path), key=len, default=())
                    key = _key(within.get(start, name), [step for step in path[len(start) :] if isinstance(step, str)])
                    holder = _at(document, (*item.path, *path[:-1]))
                    if isinstance(holder, dict) and path[-1] in holder:
                        yield Place(key, holder, path[-1], schemas.schema_at(name, path) or {}, document)


def _key(part: str, names: list[str]) -> Key:
    return (EVERY_VERB, names[0]) if part.startswith("verbs/") and len(names) == 1 and names[0] in COMMON else (part, ".".join(names))


def _at(value: Any, path: schemas.ValuePath) -> Any:
    """Returns what stands at a path of what was written; None where it was adjusted on reading."""
    for step in path:
        if not isinstance(value, dict | list) or (isinstance(value, list) and not (isinstance(step, int) and step < len(value))):
            return None
        value = value.get(step) if isinstance(value, dict) else value[step]  # type: ignore[index]
    return value


@cache
def transcripts() -> dict[str, dict[str, Any]]:
    """Returns every transcript by its name, `dial/ring_timer`."""
    return {str(path.relative_to(FOLDER).with_suffix("")): Source.read(path).value for path in sorted(FOLDER.rglob("*.yaml"))}


@cache
def having() -> dict[Key, tuple[str, ...]]:
    """Returns the names of the transcripts that have a property, those of its own verb first."""
    found: dict[Key, dict[str, None]] = {}
    for name, written in transcripts().items():
        for place in places(written):
            found.setdefault(place.key, {})[name] = None
    return {key: tuple(sorted(names, key=lambda name: (f"verbs/{name.partition('/')[0]}" != key[0], name))) for key, names in found.items()}


def without(name: str, key: Key) -> dict[str, Any]:
    """Returns a transcript without a property, or with another value of it."""
    written = copy.deepcopy(transcripts()[name])
    for place in [one for one in places(written) if one.key == key]:
        value = place.holder.pop(place.name)
        if verbs.diagnose(place.document):
            place.holder[place.name] = another(value, place.schema)
    return written


def another(value: Any, schema: schemas.Schema) -> Any:
    """Returns another value of the same kind."""
    others = [one for one in schema.get("enum", ()) if one != value]
    if others:
        return others[0]
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return value[:-1]
    if isinstance(value, int | float):
        return value + 1
    return value[:-1] if isinstance(value, list) else {}


def shows(name: str, key: Key) -> bool:
    """Returns whether a transcript fails without a property, and not only because a command of ours has another field."""
    changed = without(name, key)
    try:
        play(changed)
    except (AssertionError, KeyError, StopIteration):
        return trace(changed) != whole(name)
    return False


MAX_TRIED = 8
"""Transcripts of a property that are tried: some are in a hundred."""


@cache
def transcript_of(key: Key, known: str = "") -> tuple[str, bool]:
    """Returns the name of a transcript that shows a property, and whether the carrier is sent something because of it; "" if none does.

    `known` is that transcript as long as it shows it. Else one is preferred in which the carrier is sent something.
    """
    names = having().get(key, ())
    if known in names and shows(known, key):
        return known, is_sent(known, key)
    showing = [name for name in names[:MAX_TRIED] if shows(name, key)]
    sending = next((name for name in showing if is_sent(name, key)), "")
    return sending or next(iter(showing), ""), bool(sending)


REACTIONS = ("timer", "keys", "key_pressed", "hung_up", "speech_transcribed")
"""Events in whose steps a command is the answer of callverbs, and not the begin of a verb."""
Sent = list[tuple[str, Any]]


class Step(NamedTuple):
    """What a step of a transcript leads to: commands with their bodies, requests to hooks, timers, and what is recorded."""

    when: str
    commands: Sent
    requests: Sent
    timers: dict[str, float]
    recorded: list[str]


@cache
def whole(name: str) -> list[Step]:
    """Returns the trace of a transcript as it is."""
    return trace(transcripts()[name])


def trace(written: dict[str, Any]) -> list[Step]:
    """Returns what every step leads to. An event that cannot happen any more is left out."""
    harness = CallHarness(written.get("app"), written.get("call"), written.get("caller", NUMBER))
    harness.take(harness.first)
    found: list[Step] = []
    for step in steps_of(written):
        harness.now += float(step.get("after", 1))
        came: list[OutboxEntry] = []
        with suppress(AssertionError):
            for event in harness.events(step.get("when", [])):
                came += harness.take(event).new
        found.append(_step(_word(step.get("when", "")), came, harness))
    return found


def _word(when: Any) -> str:
    """Returns the name of the first event of a step."""
    return _word(next(iter(when), "")) if isinstance(when, list | dict) else when.partition(" ")[0]


def _step(when: str, came: list[OutboxEntry], harness: CallHarness) -> Step:
    asked = [(words_of(entry), fields_of(entry)) for entry in came if not isinstance(entry.message, Command)]
    sent = [(words_of(entry), _body(entry.message)) for entry in came if isinstance(entry.message, Command)]
    recorded = [*harness.notes, *(problem.text for problem in harness.problems)]
    return Step(when, sent, asked, harness.timers(), recorded)


def _body(command: Command) -> Any:
    """Returns what the carrier is sent, with the same number for every command."""
    try:
        request = build_request(command, RequestContext("S", 0, defaultdict(lambda: "id")))
    except CommandError as error:
        return str(error)
    return request.path, request.body


def is_sent(name: str, key: Key) -> bool:
    """Returns whether the carrier is sent another command because of a property, at the moment when it first makes a difference.

    It is another if its parameters are, or if the call has none of that name without the property. The same command sooner or later,
    or once more, is the work of callverbs, and so is what it does because of a timer, a key, a text or the end of a leg.
    """
    with_it, without_it = whole(name), trace(without(name, key))
    ever = {words for step in without_it for words, _ in step.commands}
    for step, other in zip(with_it, without_it, strict=False):
        if (step.commands, step.requests) != (other.commands, other.requests):
            now = {words for words, _ in other.commands}
            starts = step.when not in REACTIONS
            return any(
                (words, body) not in other.commands and (words in now or (starts and words not in ever)) for words, body in step.commands
            )
    return False
