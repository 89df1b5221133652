"""Commands of every kind as hypothesis draws them: texts, keys, parties, and what authors add under `carrier`, from the schemas."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

import schemas
from interpreter.telnyx.commands import TABLE, Wire
from verbs import _commands as word
from verbs._amd import Amd, Timers
from verbs._registry import command_words
from verbs._spec import Credentials, Synthesizer
from verbs._speech import pieces
from verbs._target import From, Target

LIMITS = schemas.load("components/limits")["$defs"]
IDS = {"a": "v3:Caller/x+y=", "b1": "v3:First_Callee", "b2": "v3:Second Callee"}
OBJECTS: dict[str, list[Any]] = {
    "assistant": [{"id": "assistant-1"}],
    "conversation_relay_config": [{"url": "wss://example.com/relay"}],
    "dialogflow_config": [{}, {"analyze_sentiment": True}],
    "transcription_config": [{"transcription_engine": "Google"}, {"transcription_engine": "B", "transcription_tracks": "both"}],
    "voice_settings": [{"type": "elevenlabs", "api_key_ref": "my_key"}, {"type": "telnyx", "voice_speed": 1.2}],
}
"""Examples of what the carrier describes with provider objects, which our schemas leave open."""
DRAWN: dict[str, st.SearchStrategy[Any]] = {
    "reason": st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=("Cc", "Cs"), exclude_characters='"\\'), max_size=40),
}
"""What would take long to draw by its pattern."""
LEFT_OUT = ("service_level",)
"""Goes with plain English text only."""


def limited(name: str) -> st.SearchStrategy[Any]:
    """A value that a limit allows."""
    return value("", LIMITS[name])


def value(name: str, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """A value that a schema allows."""
    if "$ref" in schema:
        return value(name, schemas._resolve(schema["$ref"]))
    if name in DRAWN:
        return DRAWN[name]
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if name in OBJECTS:
        return st.sampled_from(OBJECTS[name])
    kind = schema["type"]
    if isinstance(kind, list):
        return st.one_of([value(name, {**schema, "type": one}) for one in kind if one != "array"])
    return KINDS[kind](schema)


def _integer(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    return st.integers(schema["minimum"], schema["maximum"])


def _number(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    least = schema.get("minimum", schema.get("exclusiveMinimum"))
    return st.floats(least, schema.get("maximum", 1000), exclude_min="exclusiveMinimum" in schema)


def _string(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    most = schema.get("maxLength", 5000)
    if "then" in schema:
        return limited("destination")
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True).filter(lambda text: len(text) <= most)
    return st.text(min_size=schema.get("minLength", 0), max_size=min(most, 100))


def _object(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    needed = schema.get("required", [])
    drawn = {key: value(key, inner) for key, inner in schema["properties"].items()}
    return st.fixed_dictionaries(
        {key: drawn[key] for key in needed}, optional={key: one for key, one in drawn.items() if key not in needed}
    )


KINDS: dict[str, Callable[[dict[str, Any]], st.SearchStrategy[Any]]] = {
    "integer": _integer,
    "number": _number,
    "string": _string,
    "boolean": lambda schema: st.booleans(),
    "array": lambda schema: st.lists(value("", schema["items"]), max_size=2),
    "object": _object,
}


def carrier(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """What an author may add to a command: mostly nothing, sometimes a few parameters."""
    part = f"commands/{name}.carrier"
    command = schemas.load(f"commands/{name}")
    reserved = command.get("x-reserved", {})
    free = {key: schema for key, schema in command["properties"].items() if key not in reserved and key not in LEFT_OUT}
    if not free or part not in {uri.removeprefix(schemas.BASE).removesuffix(schemas.ENDING) for uri in schemas.parts()}:
        return st.just({})
    chosen = st.lists(st.sampled_from(sorted(free)), unique=True, max_size=4)
    drawn = chosen.flatmap(lambda keys: st.fixed_dictionaries({key: value(key, free[key]) for key in keys}))
    return st.one_of(st.just({}), drawn.filter(lambda extra: schemas.is_valid(part, extra)))


# --------------------------------------------------------------------------- what words are made of

TEXTS = st.one_of(
    st.sampled_from(
        ["Hello", "Grüß Gott 👩‍👩‍👧", "x" * 3000, "<speak>Press <emphasis>one</emphasis></speak>", "\u2028", "a\nb", '"\\', "١٢٣"]
    ),
    st.text(min_size=1, max_size=3000),
    st.text(min_size=3001, max_size=5000).map(lambda text: pieces(text, 3000)[0]),
)
VOICES = st.builds(
    Synthesizer,
    st.sampled_from(["aws", "microsoft", "google", "elevenlabs", "telnyx", "nobody"]),
    st.sampled_from(["en-US", "de-DE", "de-CH", "cmn-CN", "xx"]),
    st.one_of(st.just("default"), st.text(min_size=1, max_size=20), st.just({"name": "Joanna"})),
    st.sampled_from([None, "standard", "neural", "generative", "long-form"]),
    st.sampled_from([None, "MALE", "FEMALE", "NEUTRAL"]),
)
ROUNDS = st.one_of(st.just(word.FOREVER), st.integers(1, 100))
TIMES = st.one_of(st.floats(0.001, 200_000), st.integers(1, 10**7).map(float))
HEADERS = st.dictionaries(limited("header_name"), limited("header_value"), max_size=3)
CREDENTIALS = st.none() | st.builds(Credentials, st.text(max_size=20), st.text(max_size=20))
NUMBERS = limited("e164")
TARGETS = st.one_of(
    st.builds(
        Target, type=st.just("phone"), number=st.one_of(NUMBERS, st.sampled_from(["911", "+18004247767,2w00"])), from_=st.just(From())
    ),
    st.builds(Target, type=st.just("sip"), sip_uri=limited("sip_uri"), auth=CREDENTIALS, headers=HEADERS),
    st.builds(Target, type=st.just("user"), name=st.sampled_from(["jane", "jane@sip.example.com"])),
)
DETECTIONS = st.none() | st.builds(
    Amd,
    action_hook=st.just("/amd"),
    threshold_word_count=st.integers(1, 1000),
    timers=st.builds(Timers, TIMES, TIMES, TIMES),
).map(lambda amd: amd.detection)
NAMES = st.just("") | limited("from_display_name")


@st.composite
def parties(draw: st.DrawFn) -> word.Party:
    """Whom to call: every type of target."""
    target = draw(TARGETS)
    return word.Party(
        to=target.address,
        from_=draw(NUMBERS),
        from_name=draw(NAMES),
        timeout=draw(TIMES),
        time_limit=draw(st.just(0.0) | TIMES),
        headers={**draw(HEADERS), **target.headers},
        auth=target.auth,
        detection=draw(DETECTIONS),
    )


KEYS: dict[str, st.SearchStrategy[Any]] = {
    "least": st.integers(1, 128),
    "most": st.integers(1, 128),
    "finish_on": limited("terminating_digit"),
    "timeout": TIMES,
    "between": TIMES,
}
LEG = {"leg": st.just("a")}
FIELDS: dict[type[word.Command], dict[str, st.SearchStrategy[Any]]] = {
    word.Answer: LEG,
    word.Reject: {**LEG, "busy": st.booleans()},
    word.HangUp: {**LEG, "headers": HEADERS},
    word.Speak: {**LEG, "text": TEXTS, "voice": VOICES, "rounds": ROUNDS},
    word.Play: {**LEG, "url": limited("url"), "rounds": ROUNDS, "sound": st.sampled_from(["", "", "ringback"])},
    word.StopMedia: LEG,
    word.Gather: {**LEG, **KEYS},
    word.GatherUsingSpeak: {**LEG, **KEYS, "text": TEXTS, "voice": VOICES},
    word.GatherUsingAudio: {**LEG, **KEYS, "url": limited("url")},
    word.StopGather: LEG,
    word.Dial: {
        "leg": st.just("b1"),
        "party": parties(),
        "connection": st.just("1494404757140276705"),
        "link_to": st.sampled_from(["", "a"]),
        "encryption": st.sampled_from(["", "sdes", "dtls"]),
    },
    word.Bridge: {**LEG, "other": st.just("b1")},
    word.Transfer: {**LEG, "other": st.just("b2"), "party": parties()},
    word.Refer: {**LEG, "to": limited("sip_uri"), "headers": HEADERS, "auth": CREDENTIALS},
    word.Enquire: LEG,
}


def commands(kind: type[word.Command]) -> st.SearchStrategy[word.Command]:
    """Commands of one kind."""
    extra = carrier(TABLE[kind][0]) if kind is not word.Enquire else st.just({})
    return st.builds(kind, **FIELDS[kind], carrier=extra)


def wire(session: str = "S", n: int = 1) -> Wire:
    """A place to send from."""
    return Wire(session, n, IDS)


assert set(FIELDS) == set(command_words()) == set(TABLE)
