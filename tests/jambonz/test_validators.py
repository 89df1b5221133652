"""What we accept, jambonz's validators accept; where the verdicts on a document differ, a table says why.

jambonz has two validators, which differ among themselves: @jambonz/verb-specifications (0.9) refuses what it does not know,
@jambonz/schema (10) refuses hooks without a URL. What one of the two accepts counts as accepted.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from callverbs import verbs
from callverbs.interpreter.text.source import Source
from tests.jambonz.packages import EXTENSIONS, answers, needed
from tests.oracles.runs import SAMPLES, transcripts
from tests.schemas.test_parts import mutated

pytestmark = needed
Verb = tuple[str, dict[str, Any]]
Verdict = tuple[str | None, str | None]

STRICTER: list[tuple[str, str, str, str]] = [
    ("CV102", ".*", r"dtmfCapture/\w+", "it reads parentCall and childCall only, and passes over a misspelt one"),
    ("CV102", ".*", r"(.*/)?\w*[hH]ook/basicAuth/.+", "credentials are open there; what is misspelt in them has no effect"),
    ("CV102", "transfer", ".*", "jambonz 10, which alone has it, refuses no unknown property"),
    ("CV103", "say|gather", "(say)?", "it asserts text when the verb runs, and the call ends (FS say.js)"),
    ("CV10[34]|CV111", "gather", "play/actionHook", "it never looks at the hook of a prompt"),
    ("CV104", ".*", r"(.*/)?(numDigits|minDigits|maxDigits|loop|thresholdWordCount|status)", "half a key, round, word or status is none"),
    ("CV104", "transfer", "timeLimit", "jambonz has no time limit of a transfer, and does not look at it"),
    ("CV104", "dial", r"dtmfCapture/\w+(/#)?", "only lists of texts have an effect"),
    ("CV104", "gather|play|say", r"(\w+/)?(text|url)/#", "it does not look at what a list holds"),
    ("CV104", ".*", r"(\w+/)?synthesizer/(voice|fallbackVoice)", "null and a list are objects in JavaScript"),
    ("CV104", ".*", r"(.*/)?\w*[hH]ook/(username|password)", "it does not look into a hook's credentials, and sends the application's own"),
    ("CV111", ".*", r"(.*/)?\w*[hH]ook(/url)?", "an empty URL cannot be asked"),
    ("CV111", ".*", r"(.*/)?(callerId|dialMusic|referTo|number|name|trunk|username|voicemailUrl)", "an empty text is nobody and nothing"),
    (
        "CV111",
        ".*",
        r"(.*/)?(loop|interDigitTimeout|timeoutSecs|length|maxLength|thresholdWordCount|\w+TimeoutMs|status)",
        "no such time or number",
    ),
    ("CV111", ".*", r"(.*/)?headers/.+", "a line break in a header is an attack or a mistake; the carrier refuses the whole call"),
    ("CV111", "dtmf", "dtmf|duration", "no such keys, and no such time"),
    ("CV111", "message", "to|from|message_sid|media(/#)?", "an empty text is nobody and nothing"),
    ("CV104|CV111", "gather|config", "(bargeIn/)?minBargeinWordCount|speechTimeout|recognizer/.+", "no such number"),
    ("CV111", "play|gather", "(play/)?url", "an empty list has nothing to play"),
    ("CV302", "dial", "target", "it calls the first ten and forgets the others in silence"),
    ("CV111", "transfer", r"brief/text|confirm/(prompt|digit)", "nothing is said, and nobody can press that"),
    ("CV304", "dial|transfer", "target/#", "it asserts number, name or sipUri when it calls, and the target fails"),
    ("CV305", "dial|transfer", "target/#/number", "the carrier calls numbers in E.164 only; there the call fails"),
    ("CV315", ".*", "target/#/sipUri", "the carrier calls SIP URIs only"),
    ("CV323", "dial", r"dtmfCapture(/\w+)?/#", "nobody can press these keys"),
    ("CV402", "gather|config", "(bargeIn/)?input", "with no input nothing can ever be collected"),
    ("CV403", "gather|config", r"(bargeIn/)?\w+Digits", "the carrier collects 1 to 128 keys"),
    ("CV405", ".*", "(.+/)?finishOnKey", "one key ends the input; there it may be a text that nobody can press at once"),
    ("CV10[345]", "dial", "(listen|stream)/.+", "it never looks into a nested stream"),
    (
        "CV10[45]",
        "listen",
        "bidirectionalAudio/sampleRate",
        "the carrier has these rates, and at another one a voice would be too high or low",
    ),
    ("CV111", "rasa", "url", "nobody is there to be asked"),
    (
        "CV1..",
        "rasa",
        "(actionHook|eventHook|recognizer|tts)(/.+)?",
        "its older validator, the only one with rasa, hardly looks into objects",
    ),
    ("CV111", "listen|dial", "((listen|stream)/)?url", "the carrier connects to WebSockets only"),
    ("CV...", "config|gather", r"actionHookDelayAction/(actions|giveUpActions)/#.*", "it looks at these verbs when they run"),
    ("CV111", "config|gather", r"(actionHookDelayAction|fillerNoise|listen)/\w+", "no such time or number, and an empty URL is nobody's"),
    ("CV104", "config|gather", "actionHookDelayAction/retries", "half a repetition is none"),
    ("CV103", "config", "listen", "it asserts the URL when the stream starts"),
    ("CV113", "sip:request", "method", "within a call the carrier sends INFO only"),
    ("CV103|CV111", "sip:request", "(body)?", "the carrier sends no INFO without a body, and none of more than 1,400 bytes"),
    ("CV10[45]|CV111", "conference", "statusEvents/#|maxParticipants", "it reports no such event, and half a member is none"),
    ("CV507", "play|gather", r"(play/)?url(/#)?", "the carrier plays files from http and https URLs"),
]
"""What we refuse and jambonz accepts: code, verb, place (`#` for an index), and why."""
LOOSER: list[tuple[str, str, str]] = [
    (
        "transfer",
        r"'/target/0/headers/[^']+': must be string",
        "numbers and truth values are as good as text in a header, as with its own headers",
    ),
    (
        "dial|transfer",
        r"'/target/0/confirmHook': must match exactly one",
        "a hook may be a text; their schema has that twice, and refuses it",
    ),
    ("gather", r"recognizer/deepgramOptions", "settings of a vendor are passed on or ignored, and not looked into"),
    ("rasa", "rasa: unknown property timeout", "its runtime reads it (FS rasa.js)"),
    ("rasa", "recognizer: unknown property|synthesizer: unknown property", "as in the schemas of other verbs, which let these be"),
    ("config", r"vad/enable", "an object that has no effect here is not looked into"),
]
"""What we accept and both of its validators refuse: verb, what they say, and why."""
EXAMPLES = Path(__file__).parents[1] / "lint"
OURS = ("carrier",)
"""Properties that jambonz does not have."""


def documents() -> Iterator[Any]:
    """Yields the documents of transcripts and of the replies in them, of samples, and the linter's good examples."""
    for written, _ in transcripts().values():
        yield written.get("document", [])
        yield from _replies(written["steps"])
    for path in [*sorted(SAMPLES.rglob("flow.*")), *sorted(EXAMPLES.glob("*/good*"))]:
        source = Source.read(path)
        if source.readable:
            yield source.value


def _replies(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from ([value["verbs"]] if "verbs" in value else [])
        for inner in value.values():
            yield from _replies(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _replies(inner)


def without_ours(value: Any) -> Any:
    """Returns a verb without the properties that are ours."""
    if isinstance(value, dict):
        return {key: without_ours(inner) for key, inner in value.items() if key not in OURS}
    return [without_ours(inner) for inner in value] if isinstance(value, list) else value


@cache
def good() -> list[Verb]:
    """Returns every verb that we accept, once, without what is ours."""
    found = {}
    for document in documents():
        for item in [one for one in verbs.items(document)[0] if one.name not in EXTENSIONS]:
            body = without_ours({key: value for key, value in item.body.items() if key != "verb"})
            if not diagnostics(item.name, body):
                found[json.dumps([item.name, body], sort_keys=True)] = (item.name, body)
    return list(found.values())


@cache
def bad() -> list[Verb]:
    """Returns the same with one thing removed, added, or replaced."""
    found = {}
    for name, mutant in mutated(good()):
        found[json.dumps([name, mutant], sort_keys=True)] = (name, mutant)
    return list(found.values())


def diagnostics(name: str, body: dict[str, Any]) -> list[tuple[str, str]]:
    """Returns the codes and places of our diagnostics of a verb."""
    wrong = verbs.diagnose([{"verb": name, **body}])
    return [(diagnostic.code, "/".join("#" if isinstance(part, int) else part for part in diagnostic.path[1:])) for diagnostic in wrong]


def judged(these: list[Verb]) -> Iterator[tuple[Verb, Verdict]]:
    """Yields verbs with the verdicts of jambonz."""
    verdicts = answers("validate.cjs", ([{"verb": name, **body}] for name, body in these))
    for (name, body), (schema, specs) in zip(these, verdicts, strict=True):
        alone = {"transfer": schema, "rasa": specs}  # only jambonz 10 has a transfer, and it has no schema of rasa
        yield (name, body), (alone.get(name, schema), alone.get(name, specs))


def excuse(verb: Verb, verdict: Verdict) -> Iterator[int]:
    """Yields the rows of the tables that explain a difference of verdicts."""
    name, wrong = verb[0], diagnostics(*verb)
    if wrong:
        for row, (codes, names, places, _) in enumerate(STRICTER):
            if re.fullmatch(codes, wrong[0][0]) and re.fullmatch(names, name) and re.fullmatch(places, wrong[0][1]):
                yield row
    for row, (names, words, _) in enumerate(LOOSER, len(STRICTER)):
        if not wrong and re.fullmatch(names, name) and re.search(words, verdict[0] or ""):
            yield row


def is_adjusted(verb: Verb) -> bool:
    """Returns whether we run a verb otherwise than written: jambonz refuses some of these, and callers lose nothing."""
    name, body = verb
    (item,), _ = verbs.items([{"verb": name, **body}])
    return item.adjusted != []


def differences(these: list[Verb]) -> Iterator[tuple[Verb, Verdict]]:
    """Yields verbs that we refuse and both of its validators accept, or the other way round. What we adjust is no difference."""
    for verb, verdict in judged(these):
        if not diagnostics(*verb) and is_adjusted(verb):
            continue
        if verdict == (None, None) if diagnostics(*verb) else None not in verdict:
            yield verb, verdict


def test_what_we_accept_jambonz_accepts() -> None:
    assert len(good()) > 200
    for verb, verdict in differences(good()):
        assert any(row >= len(STRICTER) for row in excuse(verb, verdict)), (verb, verdict)


def test_where_the_verdicts_differ_a_table_says_why() -> None:
    assert len(bad()) > 10_000
    used: set[int] = set()
    for verb, verdict in differences(bad()):
        row = next(excuse(verb, verdict), None)
        assert row is not None, (verb, diagnostics(*verb), verdict)
        used.add(row)
    assert used == set(range(len(STRICTER) + len(LOOSER))), "something differs no longer"


@pytest.mark.parametrize(
    ("document", "ours", "theirs"),
    [
        ([], True, True),
        ({"verb": "say", "text": "x"}, False, False),
        ([1, 2], False, False),
        ([None], False, False),
        ([{"a": 1, "b": 2}], False, False),
        ([{"say": {"text": "x"}}], True, True),
        ([{"verb": "say", "text": "x"}, {"say": {"text": "y"}}], True, True),
        ([{"verb": "nope"}], False, False),
        ([{"nope": {}}], False, False),
        ([{"verb": "leave"}], True, True),
        ([{"verb": "stream", "url": "wss://x.example/"}], True, True),
        ([{"verb": "dial"}], False, False),
        ([{"verb": "dial", "target": {"type": "phone", "number": "+14155550101"}}], False, False),
        ([{"verb": "dial", "target": [{"type": "fax"}]}], False, False),
        ([{"verb": "gather", "timeout": "10"}], False, False),
        ([{"verb": "gather", "input": "speech"}], False, False),
        ([{"verb": "say", "text": "x", "_": {"any": 1}}], True, True),
    ],
)
def test_whole_documents(document: Any, ours: bool, theirs: bool) -> None:
    """Reference, golden vectors; verbs that we do not have are refused by name (CV701)."""
    (verdict,) = answers("validate.cjs", [document])
    assert (verbs.diagnose(document) == []) == ours
    assert (None in verdict) == theirs
