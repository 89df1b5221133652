"""Hypothesis strategies for commands of every kind: texts, keys, parties, and an author's parameters under `carrier`, from the schemas."""

from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import strategies as st

from callverbs import schemas
from callverbs.interpreter.telnyx.commands import REQUESTS, RequestContext
from callverbs.verbs.language import commands
from callverbs.verbs.language.spec import Amd, AmdTimers, Credentials, Recognizer, Synthesizer
from callverbs.verbs.language.target import From, Target
from callverbs.verbs.parts import machine_detection
from callverbs.verbs.parts.speech import pieces

LIMITS = schemas.load("components/limits")["$defs"]
IDS = {"a": "v3:Caller/x+y=", "b1": "v3:First_Callee", "b2": "v3:Second Callee"}
EXAMPLES_BY_NAME: dict[str, list[Any]] = {
    "assistant": [{"id": "assistant-1"}],
    "conversation_relay_config": [{"url": "wss://example.com/relay"}],
    "languages": [[], [{"language": "de-DE", "voice": "Azure.de-DE-KatjaNeural", "transcription_engine": "Deepgram"}]],
    "transcription_engine_config": [{"transcription_model": "deepgram/nova-3"}],
    "message_history": [[], [{"role": "assistant", "content": "Hello"}]],
    "transcription": [{"model": "deepgram/nova-3"}],
    "dialogflow_config": [{}, {"analyze_sentiment": True}],
    "transcription_config": [{"transcription_engine": "Google"}, {"transcription_engine": "B", "transcription_tracks": "both"}],
    "voice_settings": [{"type": "elevenlabs", "api_key_ref": "my_key"}, {"type": "telnyx", "voice_speed": 1.2}],
}
"""Examples of provider objects, whose properties our schemas do not describe."""
STRATEGIES_BY_NAME: dict[str, st.SearchStrategy[Any]] = {
    "reason": st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=("Cc", "Cs"), exclude_characters='"\\'), max_size=40),
}
"""Strategies for parameters that would take long to draw by their pattern."""
EXCLUDED = ("service_level",)
"""The carrier takes service_level with plain English text only."""


def limited(name: str) -> st.SearchStrategy[Any]:
    """Returns values that a limit allows."""
    return value("", LIMITS[name])


def value(name: str, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Returns values that a schema allows."""
    if "$ref" in schema:
        return value(name, schemas._resolve(schema["$ref"]))
    if name in STRATEGIES_BY_NAME:
        return STRATEGIES_BY_NAME[name]
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if name in EXAMPLES_BY_NAME:
        return st.sampled_from(EXAMPLES_BY_NAME[name])
    kind = schema["type"]
    if isinstance(kind, list):
        return st.one_of([value(name, {**schema, "type": one}) for one in kind if one != "array"])
    return KINDS[kind](schema)


def _integer(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    return st.integers(schema["minimum"], schema.get("maximum", 1_000_000))


def _number(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    minimum = schema.get("minimum", schema.get("exclusiveMinimum"))
    return st.floats(minimum, schema.get("maximum", 1000), exclude_min="exclusiveMinimum" in schema)


def _string(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    max_length = schema.get("maxLength", 5000)
    if "then" in schema:
        return limited("destination")
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True).filter(lambda text: len(text) <= max_length)
    return st.text(min_size=schema.get("minLength", 0), max_size=min(max_length, 100))


def _object(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    required = schema.get("required", [])
    drawn = {key: value(key, inner) for key, inner in schema["properties"].items()}
    return st.fixed_dictionaries(
        {key: drawn[key] for key in required}, optional={key: one for key, one in drawn.items() if key not in required}
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
    """Returns parameters that an author may add to a command: often none, else up to four."""
    part = f"commands/{name}.carrier"
    command = schemas.load(f"commands/{name}")
    reserved = command.get("x-reserved", {})
    free = {key: schema for key, schema in command["properties"].items() if key not in reserved and key not in EXCLUDED}
    if not free or part not in {uri.removeprefix(schemas.BASE_URI).removesuffix(schemas.FILE_SUFFIX) for uri in schemas.parts()}:
        return st.just({})
    chosen = st.lists(st.sampled_from(sorted(free)), unique=True, max_size=4)
    required = [key for key in command.get("required", []) if key in free]
    drawn = chosen.flatmap(lambda keys: st.fixed_dictionaries({key: value(key, free[key]) for key in [*required, *keys]}))
    return st.one_of(*([] if required else [st.just({})]), drawn.filter(lambda extra: schemas.is_valid(part, extra)))


# --------------------------------------------------------------------------- the fields of commands

TEXTS = st.one_of(
    st.sampled_from(
        ["Hello", "Grüß Gott 👩‍👩‍👧", "x" * 3000, "<speak>Press <emphasis>one</emphasis></speak>", "\u2028", "a\nb", '"\\', "١٢٣"]
    ),
    st.text(min_size=1, max_size=3000),
    st.text(min_size=3001, max_size=5000).map(lambda text: pieces(text, 3000)[0]),
)
VOICES = st.builds(
    Synthesizer,
    vendor=st.sampled_from(["aws", "microsoft", "google", "elevenlabs", "telnyx", "nobody"]),
    language=st.sampled_from(["en-US", "de-DE", "de-CH", "cmn-CN", "xx"]),
    voice=st.one_of(st.just("default"), st.text(min_size=1, max_size=20), st.just({"name": "Joanna"})),
    engine=st.sampled_from([None, "standard", "neural", "generative", "long-form"]),
    gender=st.sampled_from([None, "MALE", "FEMALE", "NEUTRAL"]),
)
RECOGNIZERS = st.builds(
    Recognizer,
    vendor=st.sampled_from(["default", *schemas.load_table("recognizers")["vendors"], "aws"]),
    language=st.sampled_from(["default", "en-US", "de-DE", "zh-CN", "he", "pt-BR", "xx"]),
    model=st.sampled_from([None, "nova-2", "nova-3-general", "latest_short", "whisper-1"]),
    hints=st.lists(st.text(max_size=20) | st.builds(dict, phrase=st.text(max_size=20), boost=st.floats(-5, 50)), max_size=120).map(tuple),
    hints_boost=st.none() | st.floats(-5, 50),
    profanity_filter=st.sampled_from([None, True, False]),
    profanity_option=st.sampled_from([None, "masked", "removed", "raw"]),
    enhanced_model=st.sampled_from([None, True]),
    diarization=st.sampled_from([None, True]),
    diarization_min_speakers=st.none() | st.integers(1, 9),
    diarization_max_speakers=st.none() | st.integers(1, 9),
    deepgram_options=st.sampled_from([{}, {"model": "nova-2-phonecall"}, {"model": 3}]),
)
ROUNDS = st.one_of(st.just(commands.FOREVER), st.integers(1, 100))
TIMES = st.one_of(st.floats(0.001, 200_000), st.integers(1, 10**7).map(float))
HEADERS = st.dictionaries(limited("header_name"), limited("header_value"), max_size=3)
CREDENTIALS = st.none() | st.builds(Credentials, username=st.text(max_size=20), password=st.text(max_size=20))
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
    timers=st.builds(AmdTimers, no_speech_timeout_ms=TIMES, decision_timeout_ms=TIMES, greeting_completion_timeout_ms=TIMES),
).map(machine_detection.detection)
NAMES = st.just("") | limited("from_display_name")


@st.composite
def parties(draw: st.DrawFn) -> commands.Party:
    """Draws a party to call, with every type of target."""
    target = draw(TARGETS)
    return commands.Party(
        to=target.address,
        from_=draw(NUMBERS),
        from_name=draw(NAMES),
        timeout=draw(TIMES),
        time_limit=draw(st.none() | TIMES),
        headers={**draw(HEADERS), **target.headers},
        auth=target.auth,
        detection=draw(DETECTIONS),
    )


FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "leg": st.just("a"),
    "other": st.just("b1"),
    "link_to": st.sampled_from(["", "a"]),
    "connection": st.just("1494404757140276705"),
    "encryption": st.sampled_from(["", "sdes", "dtls"]),
    "party": parties(),
    "to": limited("sip_uri"),
    "headers": HEADERS,
    "auth": CREDENTIALS,
    "busy": st.booleans(),
    "call": st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=100).filter(
        lambda text: text not in (".", "..")
    ),
    "conference": st.just("00000006-0000-4000-8000-000000000001"),
    "participant": st.just("00000007-0000-4000-8000-000000000001"),
    "name": st.text(min_size=1, max_size=40),
    "muted": st.booleans(),
    "ends": st.booleans(),
    "max_members": st.integers(0, 2000),
    "sid": st.sampled_from(["", "v3:other"]),
    "not_these": st.just([]),
    "queue": st.one_of(st.sampled_from(["support", "sales/north east", "Grüße"]), st.text(min_size=1, max_size=255)),
    "text": TEXTS,
    "voice": VOICES,
    "recognizer": RECOGNIZERS,
    "interim": st.booleans(),
    "url": limited("url"),
    "sound": st.sampled_from(["", "", "ringback", "beep"]),
    "tracks": st.sampled_from(["inbound", "both"]),
    "parameters": st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=3),
    "token": st.text(max_size=40),
    "packets": st.booleans(),
    "sampling_rate": st.sampled_from([8000, 16000, 22050, 24000, 48000]),
    "socket": limited("stream_url"),
    "greeting": st.just("") | TEXTS,
    "interruptible": st.sampled_from(["any", "speech", "dtmf", "none"]),
    "greeting_interruptible": st.sampled_from(["any", "speech", "dtmf", "none"]),
    "dtmf": st.booleans(),
    "schema": st.just({"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}),
    "closing": st.just("") | TEXTS,
    "instructions": st.text(max_size=20),
    "model": st.text(max_size=20),
    "interruptions": st.booleans(),
    "content_type": st.sampled_from(["text/plain", "application/json"]),
    "body": st.text(min_size=1, max_size=300),
    "assistant": st.text(min_size=1, max_size=20),
    "api_key_ref": st.text(max_size=20),
    "external_llm": st.sampled_from([{}, {"base_url": "https://llm.example", "model": "own", "authentication_method": "token"}]),
    "fallback": st.sampled_from([{}, {"model": "meta/llama"}]),
    "tools": st.sampled_from([None, [], [{"type": "hangup", "hangup": {"description": "End"}}]]),
    "mcp_servers": st.sampled_from([[], [{"id": "mcp-1"}]]),
    "variables": st.dictionaries(st.text(min_size=1, max_size=9), st.text(max_size=9) | st.integers(0, 9) | st.booleans(), max_size=3),
    "history": st.lists(st.builds(dict, role=st.sampled_from(["user", "assistant"]), content=st.text(max_size=20)), max_size=3),
    "tells_messages": st.booleans(),
    "rounds": ROUNDS,
    "min_digits": st.integers(1, 128),
    "max_digits": st.integers(1, 128),
    "finish_on": limited("terminating_digit"),
    "timeout": TIMES,
    "inter_digit_timeout": TIMES,
    "from_": NUMBERS,
    "files": st.lists(limited("url"), max_size=3),
    "tries": st.integers(1, 128),
    "overlay": st.booleans(),
    "digits": st.text("0123456789ABCD*#wW", min_size=1, max_size=20),
    "key_seconds": st.floats(0.1, 0.5),
    "format": st.sampled_from(["mp3", "wav"]),
    "channels": st.sampled_from(["single", "dual"]),
    "max_length": TIMES,
    "silence": st.floats(0, 14_400),
    "beep": st.booleans(),
    "trim": st.booleans(),
}
"""Values of a field of a command: fields of one name mean the same in all of them."""
OWN_FIELDS: dict[type[commands.Command], dict[str, st.SearchStrategy[Any]]] = {
    commands.Dial: {"leg": st.just("b1")},
    commands.Transfer: {"other": st.just("b2")},
    commands.StartStream: {"url": limited("stream_url")},
}
"""Values of the fields that mean something else in one command."""


def any_command(kind: type[commands.Command]) -> st.SearchStrategy[commands.Command]:
    """Returns commands of one kind."""
    names = [field.name for field in msgspec.structs.fields(kind) if field.name != "carrier"]
    for name in names:
        example = f'"{name}": st.text(max_size=20)'
        assert name in FIELDS, f"{__file__}: add to FIELDS what the {name} of a {kind.__name__} may be, for example {example}"
    extra = carrier(REQUESTS[kind][0]) if not issubclass(kind, commands.Query) else st.just({})
    return st.builds(kind, **{**{name: FIELDS[name] for name in names}, **OWN_FIELDS.get(kind, {})}, carrier=extra)


def request_context(session: str = "S", n: int = 1) -> RequestContext:
    """Returns the context of a request in session `S`, as outbox entry 1."""
    return RequestContext(session, n, IDS)
