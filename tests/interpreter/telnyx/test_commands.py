"""Every command becomes a request that the carrier's published types accept; one that breaks a limit is refused with its field's name."""

from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import schemas
from interpreter.session import Entry
from interpreter.telnyx import client, client_state, sounds
from interpreter.telnyx.commands import LIMITS, TABLE, CommandError, Request, Wire, request
from tests.conftest import CALM
from tests.interpreter.telnyx.words import FIELDS, IDS, commands, wire
from tests.oracles.commands import OPERATIONS, judge
from verbs import _commands as word
from verbs._amd import Amd, Timers
from verbs._spec import Credentials, Synthesizer

VOICE = Synthesizer("aws", "en-US", "Joanna", "neural")
PARTY = word.Party(to="+14155550101", from_="+14155550100")


def sent(command: word.Command, ids: dict[str, str] = IDS) -> Request:
    """A request that the oracles have seen."""
    found = request(command, Wire("S", 7, ids))
    judge(found.name, found.method, found.path, found.body)
    return found


def body(command: word.Command) -> dict[str, Any]:
    return {key: value for key, value in sent(command).body.items() if key not in ("command_id", "client_state")}


@pytest.mark.parametrize("kind", FIELDS, ids=lambda kind: kind.__name__)
@given(draw=st.data())
@settings(max_examples=60, suppress_health_check=[*CALM, HealthCheck.filter_too_much])
def test_every_body_is_the_carrier_s(kind: type[word.Command], draw: st.DataObject) -> None:
    sent(draw.draw(commands(kind)))


def test_the_oracle_knows_every_command() -> None:
    assert {name for name, _ in TABLE.values()} == set(OPERATIONS)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"payload": "x"}, "voice"),
        ({"payload": "x", "voice": "y", "loop": 1.5}, "loop"),
        ({"payload": 5, "voice": "y"}, "payload"),
        ({"payload": "x", "voice": "y", "language": "xx"}, "language"),
        ({"payload": "x", "voice": "y", "stranger": 1}, "stranger"),
        ({"payload": "x", "voice": "y", "voice_settings": {"type": "telnyx", "stranger": 1}}, "voice_settings"),
    ],
)
def test_the_oracle_can_say_no(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        judge("speak", "POST", "/calls/v3:x/actions/speak", wrong)


def test_the_oracle_knows_the_routes() -> None:
    right: dict[str, Any] = {"payload": "x", "voice": "y"}
    judge("speak", "POST", "/calls/v3%3Ax/actions/speak", right)
    for method, path in [("PUT", "/calls/v3:x/actions/speak"), ("POST", "/calls/v3:x/actions/say"), ("POST", "/call/v3:x/actions/speak")]:
        with pytest.raises(AssertionError):
            judge("speak", method, path, right)


# --------------------------------------------------------------------------- bodies, one by one


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (word.Answer(leg="a"), {}),
        (word.Reject(leg="a"), {"cause": "CALL_REJECTED"}),
        (word.Reject(leg="a", busy=True), {"cause": "USER_BUSY"}),
        (word.HangUp(leg="a"), {}),
        (word.HangUp(leg="a", headers={"X-Why": "done"}), {"custom_headers": [{"name": "X-Why", "value": "done"}]}),
        (word.HangUp(leg="a", carrier={"reason": "elsewhere"}), {"reason": "elsewhere"}),
        (
            word.Speak(leg="a", text="Hi", voice=VOICE),
            {"payload": "Hi", "payload_type": "text", "voice": "AWS.Polly.Joanna-Neural", "language": "en-US", "loop": 1},
        ),
        (
            word.Speak(leg="a", text="<speak>Hi</speak>", voice=Synthesizer("google", "de-CH"), rounds=word.FOREVER),
            {"payload": "<speak>Hi</speak>", "payload_type": "ssml", "voice": "AWS.Polly.Vicki-Neural", "loop": "infinity"},
        ),
        (word.Play(leg="a", url="https://x.example/a.mp3", rounds=3), {"audio_url": "https://x.example/a.mp3", "loop": 3}),
        (
            word.Play(leg="a", url="https://x.example/A.WAV?v=1"),
            {"audio_url": "https://x.example/A.WAV?v=1", "audio_type": "wav", "loop": 1},
        ),
        (word.Play(leg="a", url="https://x.example/a.mp3", carrier={"media_name": "m"}), {"media_name": "m", "loop": 1}),
        (
            word.Play(leg="a", sound="ringback", rounds=word.FOREVER),
            {"playback_content": sounds.content("ringback"), "loop": "infinity"},
        ),
        (word.StopMedia(leg="a"), {}),
        (
            word.Gather(leg="a", least=1, most=4, finish_on="#", timeout=15),
            {
                "minimum_digits": 1,
                "maximum_digits": 4,
                "terminating_digit": "#",
                "inter_digit_timeout_millis": 15_000,
                "initial_timeout_millis": 15_000,
                "timeout_millis": 15_000,
            },
        ),
        (
            word.Gather(leg="a", most=6, timeout=5, between=5),  # a time between keys is one, however long `timeout` is
            {
                "minimum_digits": 1,
                "maximum_digits": 6,
                "terminating_digit": "",
                "inter_digit_timeout_millis": 5_000,
                "initial_timeout_millis": 5_000,
                "timeout_millis": 30_000,
            },
        ),
        (
            word.Gather(leg="a", most=4, timeout=200, between=2.5),
            {
                "minimum_digits": 1,
                "maximum_digits": 4,
                "terminating_digit": "",
                "inter_digit_timeout_millis": 2_500,
                "initial_timeout_millis": 120_000,
                "timeout_millis": 207_500,
            },
        ),
        (
            word.GatherUsingSpeak(leg="a", text="Hi", voice=VOICE, timeout=5, between=500),
            {
                "payload": "Hi",
                "payload_type": "text",
                "voice": "AWS.Polly.Joanna-Neural",
                "language": "en-US",
                "minimum_digits": 1,
                "maximum_digits": 128,
                "terminating_digit": "",
                "inter_digit_timeout_millis": 120_000,
                "timeout_millis": 5_000,
                "maximum_tries": 1,
            },
        ),
        (
            word.GatherUsingAudio(leg="a", url="https://x.example/a.mp3", timeout=5, between=1, carrier={"media_name": "m"}),
            {
                "media_name": "m",
                "minimum_digits": 1,
                "maximum_digits": 128,
                "terminating_digit": "",
                "inter_digit_timeout_millis": 1_000,
                "timeout_millis": 5_000,
                "maximum_tries": 1,
            },
        ),
        (word.StopGather(leg="a"), {}),
        (
            word.Dial(leg="b1", party=PARTY, connection="9", link_to="a"),
            {
                "to": "+14155550101",
                "from": "+14155550100",
                "connection_id": "9",
                "link_to": IDS["a"],
                "timeout_secs": 60,
                "time_limit_secs": 14_400,
                "retry_on_timeout": False,
                "answering_machine_detection": "disabled",
            },
        ),
        (word.Bridge(leg="a", other="b1"), {"call_control_id": IDS["b1"], "park_after_unbridge": "self"}),
        (word.Refer(leg="a", to="sip:jane@x.example"), {"sip_address": "sip:jane@x.example"}),
        (word.Enquire(leg="a"), {}),
    ],
    ids=lambda case: type(case).__name__ if isinstance(case, word.Command) else "",
)
def test_bodies(command: word.Command, expected: dict[str, Any]) -> None:
    assert body(command) == expected


def test_a_party_with_everything() -> None:
    party = word.Party(
        to="sip:jane@x.example",
        from_="+14155550100",
        from_name="Ann",
        timeout=3,
        time_limit=12.2,
        headers={"X-A": "1", "X-B": "2"},
        auth=Credentials("u", "p"),
        detection=Amd("/amd", 9, Timers(5000, 15_000, 2000)).detection,
    )
    shared = {
        "to": "sip:jane@x.example",
        "from": "+14155550100",
        "from_display_name": "Ann",
        "timeout_secs": 5,
        "time_limit_secs": 30,
        "custom_headers": [{"name": "X-A", "value": "1"}, {"name": "X-B", "value": "2"}],
        "sip_auth_username": "u",
        "sip_auth_password": "p",
        "answering_machine_detection": "greeting_end",
        "answering_machine_detection_config": {
            "maximum_number_of_words": 8,
            "total_analysis_time_millis": 15_000,
            "initial_silence_millis": 16_000,
            "greeting_duration_millis": 15_000,
            "greeting_silence_duration_millis": 2_000,
            "greeting_total_analysis_time_millis": 60_000,
        },
    }
    dial = body(word.Dial(leg="b1", party=party, connection="9", encryption="sdes"))
    assert dial == {**shared, "connection_id": "9", "retry_on_timeout": False, "media_encryption": "SRTP"}
    transfer = sent(word.Transfer(leg="a", other="b2", party=party)).body
    assert transfer["target_leg_client_state"] == client_state.write("S", "b2")
    assert transfer["client_state"] == client_state.write("S", "a")
    ours = ("command_id", "client_state", "target_leg_client_state", "park_after_unbridge")
    assert {key: value for key, value in transfer.items() if key not in ours} == shared
    assert transfer["park_after_unbridge"] == "self"


@pytest.mark.parametrize(
    ("written", "sent_as"),
    [(0.2, 5), (5, 5), (5.1, 6), (60, 60), (600, 600), (601, 600), (86_400, 600)],
)
def test_a_ring_time_that_the_carrier_does_not_have_is_ours(written: float, sent_as: int) -> None:
    assert body(word.Transfer(leg="a", other="b2", party=word.Party(to="+14155550101", timeout=written)))["timeout_secs"] == sent_as


def test_the_carrier_s_defaults_are_never_relied_upon() -> None:
    """Its own: 30 s to ring, further routes after it, `#` ends the input, 5 s between keys, three tries, no parking."""
    assert {"timeout_secs", "time_limit_secs", "retry_on_timeout", "answering_machine_detection"} <= set(
        body(word.Dial(leg="b1", party=PARTY, connection="9"))
    )
    keys = {"minimum_digits", "maximum_digits", "terminating_digit", "inter_digit_timeout_millis", "timeout_millis"}
    assert keys | {"initial_timeout_millis"} <= set(body(word.Gather(leg="a", timeout=1, between=1)))
    assert keys | {"maximum_tries"} <= set(body(word.GatherUsingSpeak(leg="a", text="x", voice=VOICE, timeout=1, between=1)))
    assert keys | {"maximum_tries"} <= set(body(word.GatherUsingAudio(leg="a", url="https://x.example/a", timeout=1, between=1)))


def test_ids_in_paths_are_percent_encoded() -> None:
    ids = {"a": "v3:a/b c?d#e%f+é"}
    found = request(word.Answer(leg="a"), wire()._replace(ids=ids))
    assert found.path == f"/calls/{quote(ids['a'], safe='')}/actions/answer"
    assert found.path == "/calls/v3%3Aa%2Fb%20c%3Fd%23e%25f%2B%C3%A9/actions/answer"
    asked = request(word.Enquire(leg="a"), wire()._replace(ids=ids))
    assert (asked.method, asked.path, asked.body) == ("GET", found.path.removesuffix("/actions/answer"), {})


def test_the_same_entry_makes_the_same_id_for_ever() -> None:
    assert wire("S", 1).command_id == wire("S", 1).command_id == "82cfe3d7-75a3-5b2f-a163-7685fe0fc0d7"
    every = {wire(session, n).command_id for session in ("S", "S1", "T") for n in range(50)}
    assert len(every) == 150
    assert request(word.Answer(leg="a"), wire("S", 1)).body["command_id"] == wire("S", 1).command_id


# --------------------------------------------------------------------------- limits

GATHER: dict[str, Any] = {"leg": "a", "timeout": 1, "between": 1}
REFUSED: list[tuple[word.Command, str]] = [
    (word.Speak(leg="a", text="", voice=VOICE), "payload"),
    (word.Speak(leg="a", text="x" * 3001, voice=VOICE), "payload"),
    (word.Speak(leg="a", text="x", voice=VOICE, rounds=101), "loop"),
    (word.Speak(leg="a", text="x", voice=VOICE, rounds=-1), "loop"),
    (word.Speak(leg="a", text="<speak>x</speak>", voice=VOICE, carrier={"service_level": "basic"}), "payload_type"),
    (word.Play(leg="a", url=""), "audio_url"),
    (word.Play(leg="a", url="ftp://x.example/a.mp3"), "audio_url"),
    (word.Play(leg="a", url="https://x.example/a", rounds=101), "loop"),
    (word.Play(leg="a", url="https://x.example/a", carrier={"overlay": True, "target_legs": "both"}), "target_legs"),
    (word.Gather(**GATHER, most=129), "maximum_digits"),
    (word.Gather(**GATHER, least=0), "minimum_digits"),
    (word.Gather(**GATHER, finish_on="##"), "terminating_digit"),
    (word.Gather(**GATHER, carrier={"valid_digits": "1,2"}), "valid_digits"),
    (word.Gather(**GATHER, carrier={"gather_id": "x" * 41}), "gather_id"),
    (word.GatherUsingSpeak(**GATHER, text="x" * 3001, voice=VOICE), "payload"),
    (word.GatherUsingAudio(**GATHER, url="a.mp3"), "audio_url"),
    (word.Dial(leg="b1", connection="9", party=word.Party(to="+14155550101")), "from"),
    (word.Dial(leg="b1", connection="9", party=word.Party(to="+14155550101", from_="anonymous")), "from"),
    (word.Dial(leg="b1", connection="9", party=word.Party(to="jane", from_="+14155550100")), "to"),
    (word.Dial(leg="b1", connection="", party=PARTY), "connection_id"),
    (word.Dial(leg="b1", connection="9", party=PARTY, carrier={"audio_url": "https://x.example/a", "media_name": "b"}), "audio_url"),
    (word.Dial(leg="b1", connection="9", party=PARTY, carrier={"send_digits_on_answer": "1" * 65}), "send_digits_on_answer"),
    (word.Dial(leg="b1", connection="9", party=PARTY, carrier={"billing_group_id": "x"}), "billing_group_id"),
    (word.Transfer(leg="a", other="b1", party=word.Party(to="x")), "to"),
    (word.Transfer(leg="a", other="b1", party=word.Party(to="+14155550101", from_name="Ann & Bob")), "from_display_name"),
    (word.Transfer(leg="a", other="b1", party=word.Party(to="+14155550101", from_name="x" * 129)), "from_display_name"),
    (word.Transfer(leg="a", other="b1", party=word.Party(to="+14155550101", headers={"a b": "c"})), "custom_headers.0.name"),
    (word.HangUp(leg="a", headers={"X-A": "1", "X-B": "2\r\nX-C: 3"}), "custom_headers.1.value"),
    (word.Refer(leg="a", to="tel:+14155550101"), "sip_address"),
    (word.HangUp(leg="a", carrier={"reason": 'a "quote"'}), "reason"),
]


@pytest.mark.parametrize(("command", "field"), REFUSED, ids=[f"{type(command).__name__}-{field}" for command, field in REFUSED])
def test_what_breaks_a_limit_is_refused_before_it_is_sent(command: word.Command, field: str) -> None:
    with pytest.raises(CommandError) as caught:
        request(command, wire())
    assert caught.value.field == field
    assert field.split(".")[0] in str(caught.value) or "service_level" in str(caught.value) or "overlay" in str(caught.value)
    failed = client.refused(Entry(7, command, 0, 0.0), "S:7", caught.value)
    assert (failed.id, failed.n, failed.status, failed.code) == ("S:7", 7, 0, "limit")
    assert failed.pointer == "/" + field.replace(".", "/")
    assert failed.title == str(caught.value)


def beyond(limit: dict[str, Any]) -> list[Any]:
    """Values just outside of a limit."""
    kinds = limit["type"] if isinstance(limit["type"], list) else [limit["type"]]
    found: list[Any] = [None, []]
    if "minimum" in limit:
        found += [limit["minimum"] - 1]
    if "maximum" in limit:
        found += [limit["maximum"] + 1]
    if "exclusiveMinimum" in limit:
        found += [limit["exclusiveMinimum"]]
    if "minLength" in limit:
        found += [""]
    if "maxLength" in limit:
        found += ["1" * (limit["maxLength"] + 1)]
    if "pattern" in limit:
        found += ["\r\n", "1\n"]
    return found + ([5] if kinds == ["string"] else ["x"])


EXTRAS: dict[type[word.Command], word.Command] = {
    word.Answer: word.Answer(leg="a"),
    word.HangUp: word.HangUp(leg="a"),
    word.Speak: word.Speak(leg="a", text="x", voice=VOICE),
    word.Play: word.Play(leg="a", url="https://x.example/a"),
    word.Gather: word.Gather(**GATHER),
    word.GatherUsingSpeak: word.GatherUsingSpeak(**GATHER, text="x", voice=VOICE),
    word.GatherUsingAudio: word.GatherUsingAudio(**GATHER, url="https://x.example/a"),
    word.Dial: word.Dial(leg="b1", connection="9", party=PARTY),
    word.Bridge: word.Bridge(leg="a", other="b1"),
    word.Transfer: word.Transfer(leg="a", other="b1", party=PARTY),
}


def reserved(name: str) -> set[str]:
    return set(schemas.load(f"commands/{name}").get("x-reserved", {}))


@pytest.mark.parametrize("kind", EXTRAS, ids=lambda kind: kind.__name__)
def test_what_an_author_adds_is_held_to_the_limits(kind: type[word.Command]) -> None:
    name, _ = TABLE[kind]
    for key, schema in schemas.load(f"commands/{name}")["properties"].items():
        reference = schema.get("$ref", "").partition("$defs/")[2]
        if reference and key not in reserved(name):
            for value in beyond(LIMITS[reference])[1:]:
                command = msgspec.structs.replace(EXTRAS[kind], carrier={key: value})
                with pytest.raises(CommandError) as caught:
                    request(command, wire())
                assert caught.value.field == key, (key, value)


def test_a_parameter_of_another_command_is_left_out() -> None:
    """A prompt's `carrier` is written for playback_start or speak, and its last utterance becomes a gather."""
    assert "cache_audio" not in body(word.GatherUsingAudio(**GATHER, url="https://x.example/a", carrier={"cache_audio": True}))
    assert body(word.Play(leg="a", url="https://x.example/a", carrier={"cache_audio": False}))["cache_audio"] is False


def test_the_limits_that_the_oracles_do_not_know_are_data() -> None:
    """SPEC tells these in prose only, so no type catches them."""
    assert schemas.load("components/limits")["version"] >= "2026"
    assert {name: (limit.get("minimum"), limit.get("maximum")) for name, limit in LIMITS.items() if name.startswith("time")} == {
        "timeout_secs": (5, 600),
        "time_limit_secs": (30, 14_400),
        "timeout_millis": (0, 2**31 - 1),
    }
    assert (LIMITS["maximum_digits"]["minimum"], LIMITS["maximum_digits"]["maximum"]) == (1, 128)
    assert LIMITS["payload"]["maxLength"] == 3000
    assert all(limit["source"] and limit["description"] for limit in LIMITS.values())


@pytest.mark.parametrize("text", ["YQ==", "YWI=", "YWJj", ""])
def test_base64(text: str) -> None:
    judge("answer", "POST", "/calls/x/actions/answer", {"client_state": text})
    assert schemas.is_valid("commands/answer", {"client_state": text})


@pytest.mark.parametrize("text", ["YQ", "YQ=", "YQ==\n", "Y Q==", "YQ-_", "ü===", "=", "YWJj="])
def test_what_is_no_base64_is_refused(text: str) -> None:
    (fault,) = schemas.faults("commands/answer", {"client_state": text})
    assert fault.path == ("client_state",)
