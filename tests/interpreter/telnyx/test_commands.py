"""Every command becomes a request that the carrier's published types accept; one that breaks a limit is refused with its field's name."""

from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callverbs import schemas
from callverbs.interpreter.engine.session import OutboxEntry
from callverbs.interpreter.telnyx import client_state, sounds
from callverbs.interpreter.telnyx.client import CarrierResponse, TelnyxClient
from callverbs.interpreter.telnyx.commands import REQUESTS, CarrierRequest, CommandError, RequestContext, build_request
from callverbs.interpreter.telnyx.limits import LIMITS
from callverbs.verbs.language import commands
from callverbs.verbs.language.events import CommandFailed
from callverbs.verbs.language.spec import Amd, AmdTimers, Credentials, Synthesizer
from callverbs.verbs.parts import machine_detection
from tests.conftest import CALM
from tests.interpreter.telnyx.strategies import IDS, any_command, request_context
from tests.oracles.commands import OPERATIONS, judge

VOICE = Synthesizer(vendor="aws", language="en-US", voice="Joanna", engine="neural")
PARTY = commands.Party(to="+14155550101", from_="+14155550100")


def checked_request(command: commands.Command, ids: dict[str, str] = IDS) -> CarrierRequest:
    """Returns the request of a command. The oracles have accepted it."""
    found = build_request(command, RequestContext("S", 7, ids))
    judge(found.name, found.method, found.path, found.body)
    return found


def body(command: commands.Command) -> dict[str, Any]:
    return {key: value for key, value in checked_request(command).body.items() if key not in ("command_id", "client_state")}


@pytest.mark.parametrize("kind", REQUESTS, ids=lambda kind: kind.__name__)
@given(draw=st.data())
@settings(max_examples=60, suppress_health_check=[*CALM, HealthCheck.filter_too_much])
def test_every_body_is_the_carrier_s(kind: type[commands.Command], draw: st.DataObject) -> None:
    checked_request(draw.draw(any_command(kind)))


def test_the_oracle_knows_every_command() -> None:
    assert {name for name, _ in REQUESTS.values()} <= set(OPERATIONS)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"payload": "x"}, "voice"),
        ({"payload": "x", "voice": "y", "loop": 1.5}, "loop"),
        ({"payload": 5, "voice": "y"}, "payload"),
        ({"payload": "x", "voice": "y", "language": "xx"}, "language"),
        ({"payload": "x", "voice": "y", "unknown": 1}, "unknown"),
        ({"payload": "x", "voice": "y", "voice_settings": {"type": "telnyx", "unknown": 1}}, "voice_settings"),
    ],
)
def test_the_oracle_rejects_wrong_bodies(wrong: dict[str, Any], sentence: str) -> None:
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
        (commands.Answer(leg="a"), {}),
        (commands.Reject(leg="a"), {"cause": "CALL_REJECTED"}),
        (commands.Reject(leg="a", busy=True), {"cause": "USER_BUSY"}),
        (commands.HangUp(leg="a"), {}),
        (commands.HangUp(leg="a", headers={"X-Why": "done"}), {"custom_headers": [{"name": "X-Why", "value": "done"}]}),
        (commands.HangUp(leg="a", carrier={"reason": "elsewhere"}), {"reason": "elsewhere"}),
        (
            commands.Speak(leg="a", text="Hi", voice=VOICE),
            {"payload": "Hi", "payload_type": "text", "voice": "AWS.Polly.Joanna-Neural", "language": "en-US", "loop": 1},
        ),
        (
            commands.Speak(
                leg="a", text="<speak>Hi</speak>", voice=Synthesizer(vendor="google", language="de-CH"), rounds=commands.FOREVER
            ),
            {"payload": "<speak>Hi</speak>", "payload_type": "ssml", "voice": "AWS.Polly.Vicki-Neural", "loop": "infinity"},
        ),
        (commands.Play(leg="a", url="https://x.example/a.mp3", rounds=3), {"audio_url": "https://x.example/a.mp3", "loop": 3}),
        (
            commands.Play(leg="a", url="https://x.example/A.WAV?v=1"),
            {"audio_url": "https://x.example/A.WAV?v=1", "audio_type": "wav", "loop": 1},
        ),
        (commands.Play(leg="a", url="https://x.example/a.mp3", carrier={"media_name": "m"}), {"media_name": "m", "loop": 1}),
        (
            commands.Play(leg="a", sound="ringback", rounds=commands.FOREVER),
            {"playback_content": sounds.content("ringback"), "loop": "infinity"},
        ),
        (commands.StopMedia(leg="a"), {}),
        (
            commands.Gather(leg="a", min_digits=1, max_digits=4, finish_on="#", timeout=15),
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
            commands.Gather(
                leg="a", max_digits=6, timeout=5, inter_digit_timeout=5
            ),  # a time between keys is one, however long `timeout` is
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
            commands.Gather(leg="a", max_digits=4, timeout=200, inter_digit_timeout=2.5),
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
            commands.GatherUsingSpeak(leg="a", text="Hi", voice=VOICE, timeout=5, inter_digit_timeout=500),
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
            commands.GatherUsingAudio(
                leg="a", url="https://x.example/a.mp3", timeout=5, inter_digit_timeout=1, carrier={"media_name": "m"}
            ),
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
        (commands.StopGather(leg="a"), {}),
        (
            commands.StartRelay(leg="a", socket="wss://agent.example", voice=VOICE),
            {
                "url": "wss://agent.example",
                "voice": "AWS.Polly.Joanna-Neural",
                "language": "en-US",
                "interruptible": "any",
                "interruptible_greeting": "any",
                "dtmf_detection": False,
            },
        ),
        (
            commands.StartRelay(
                leg="a",
                socket="wss://agent.example",
                voice=VOICE,
                greeting="Hi",
                interruptible="speech",
                greeting_interruptible="none",
                dtmf=True,
                parameters={"x": "1"},
                carrier={"transcription_engine": "Deepgram"},
            ),
            {
                "url": "wss://agent.example",
                "voice": "AWS.Polly.Joanna-Neural",
                "language": "en-US",
                "greeting": "Hi",
                "interruptible": "speech",
                "interruptible_greeting": "none",
                "dtmf_detection": True,
                "custom_parameters": {"x": "1"},
                "transcription_engine": "Deepgram",
            },
        ),
        (commands.StopRelay(leg="a"), {}),
        (commands.SendInfo(leg="a", body="Hi\n", content_type="text/plain"), {"body": "Hi\n", "content_type": "text/plain"}),
        (commands.StartAssistant(leg="a", assistant="assistant-1"), {"assistant": {"id": "assistant-1"}}),
        (
            commands.StartAssistant(
                leg="a",
                assistant="assistant-1",
                instructions="Be brief",
                model="openai/gpt-4o",
                api_key_ref="key",
                external_llm={"base_url": "https://llm.example", "model": "own"},
                fallback={"model": "meta/llama"},
                tools=[],
                mcp_servers=[{"id": "mcp-1"}],
                greeting="Hi",
                variables={"x": 1},
                history=[{"role": "user", "content": "Hello"}],
                interruptions=False,
                tells_messages=True,
            ),
            {
                "assistant": {
                    "id": "assistant-1",
                    "instructions": "Be brief",
                    "model": "openai/gpt-4o",
                    "llm_api_key_ref": "key",
                    "external_llm": {"base_url": "https://llm.example", "model": "own"},
                    "fallback_config": {"model": "meta/llama"},
                    "tools": [],
                    "mcp_servers": [{"id": "mcp-1"}],
                    "dynamic_variables": {"x": 1},
                },
                "greeting": "Hi",
                "message_history": [{"role": "user", "content": "Hello"}],
                "interruption_settings": {"enable": False},
                "send_message_history_updates": True,
            },
        ),
        (
            commands.AskForFields(leg="a", schema={"type": "object"}, voice=VOICE, timeout=7.5),
            {
                "parameters": {"type": "object"},
                "voice": "AWS.Polly.Joanna-Neural",
                "language": "en",
                "interruption_settings": {"enable": True},
                "user_response_timeout_ms": 7_500,
                "send_partial_results": True,
            },
        ),
        (
            commands.AskForFields(
                leg="a",
                schema={"type": "object"},
                voice=VOICE,
                timeout=10**9,
                greeting="Hi",
                closing="Bye",
                instructions="Be brief",
                interruptions=False,
            ),
            {
                "parameters": {"type": "object"},
                "voice": "AWS.Polly.Joanna-Neural",
                "language": "en",
                "greeting": "Hi",
                "gather_ended_speech": "Bye",
                "assistant": {"instructions": "Be brief"},
                "interruption_settings": {"enable": False},
                "user_response_timeout_ms": 2_147_483_647,
                "send_partial_results": True,
            },
        ),
        (commands.StopAssistant(leg="a"), {}),
        (
            commands.Dial(leg="b1", party=PARTY, connection="9", link_to="a"),
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
        (commands.Bridge(leg="a", other="b1"), {"call_control_id": IDS["b1"], "park_after_unbridge": "self"}),
        (commands.Refer(leg="a", to="sip:jane@x.example"), {"sip_address": "sip:jane@x.example"}),
        (commands.RetrieveCall(leg="a"), {}),
    ],
    ids=lambda case: type(case).__name__ if isinstance(case, commands.Command) else "",
)
def test_bodies(command: commands.Command, expected: dict[str, Any]) -> None:
    assert body(command) == expected


def test_a_party_with_everything() -> None:
    party = commands.Party(
        to="sip:jane@x.example",
        from_="+14155550100",
        from_name="Ann",
        timeout=3,
        time_limit=12.2,
        headers={"X-A": "1", "X-B": "2"},
        auth=Credentials(username="u", password="p"),
        detection=machine_detection.detection(
            Amd(
                action_hook="/amd",
                threshold_word_count=9,
                timers=AmdTimers(no_speech_timeout_ms=5000, decision_timeout_ms=15_000, greeting_completion_timeout_ms=2000),
            )
        ),
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
    dial = body(commands.Dial(leg="b1", party=party, connection="9", encryption="sdes"))
    assert dial == {**shared, "connection_id": "9", "retry_on_timeout": False, "media_encryption": "SRTP"}
    transfer = checked_request(commands.Transfer(leg="a", other="b2", party=party)).body
    assert transfer["target_leg_client_state"] == client_state.write("S", "b2")
    assert transfer["client_state"] == client_state.write("S", "a")
    ours = ("command_id", "client_state", "target_leg_client_state", "park_after_unbridge")
    assert {key: value for key, value in transfer.items() if key not in ours} == shared
    assert transfer["park_after_unbridge"] == "self"


@pytest.mark.parametrize(
    ("written", "sent_as"),
    [(0.2, 5), (5, 5), (5.1, 6), (60, 60), (600, 600), (601, 600), (86_400, 600)],
)
def test_a_ring_time_that_the_carrier_does_not_have_becomes_the_nearest(written: float, sent_as: int) -> None:
    assert body(commands.Transfer(leg="a", other="b2", party=commands.Party(to="+14155550101", timeout=written)))["timeout_secs"] == sent_as


def test_no_default_of_the_carrier_is_relied_upon() -> None:
    """Its own: 30 s to ring, further routes after it, `#` ends the input, 5 s between keys, three tries, no parking."""
    assert {"timeout_secs", "time_limit_secs", "retry_on_timeout", "answering_machine_detection"} <= set(
        body(commands.Dial(leg="b1", party=PARTY, connection="9"))
    )
    keys = {"minimum_digits", "maximum_digits", "terminating_digit", "inter_digit_timeout_millis", "timeout_millis"}
    assert keys | {"initial_timeout_millis"} <= set(body(commands.Gather(leg="a", timeout=1, inter_digit_timeout=1)))
    assert keys | {"maximum_tries"} <= set(
        body(commands.GatherUsingSpeak(leg="a", text="x", voice=VOICE, timeout=1, inter_digit_timeout=1))
    )
    assert keys | {"maximum_tries"} <= set(
        body(commands.GatherUsingAudio(leg="a", url="https://x.example/a", timeout=1, inter_digit_timeout=1))
    )


def test_ids_in_paths_are_percent_encoded() -> None:
    ids = {"a": "v3:a/b c?d#e%f+é"}
    found = build_request(commands.Answer(leg="a"), request_context()._replace(ids=ids))
    assert found.path == f"/calls/{quote(ids['a'], safe='')}/actions/answer"
    assert found.path == "/calls/v3%3Aa%2Fb%20c%3Fd%23e%25f%2B%C3%A9/actions/answer"
    asked = build_request(commands.RetrieveCall(leg="a"), request_context()._replace(ids=ids))
    assert (asked.method, asked.path, asked.body) == ("GET", found.path.removesuffix("/actions/answer"), {})


def test_the_same_entry_always_has_the_same_command_id() -> None:
    assert request_context("S", 1).command_id == request_context("S", 1).command_id == "82cfe3d7-75a3-5b2f-a163-7685fe0fc0d7"
    every = {request_context(session, n).command_id for session in ("S", "S1", "T") for n in range(50)}
    assert len(every) == 150
    assert build_request(commands.Answer(leg="a"), request_context("S", 1)).body["command_id"] == request_context("S", 1).command_id


# --------------------------------------------------------------------------- limits

GATHER: dict[str, Any] = {"leg": "a", "timeout": 1, "inter_digit_timeout": 1}
REFUSED: list[tuple[commands.Command, str]] = [
    (commands.Speak(leg="a", text="", voice=VOICE), "payload"),
    (commands.Speak(leg="a", text="x" * 3001, voice=VOICE), "payload"),
    (commands.Speak(leg="a", text="x", voice=VOICE, rounds=101), "loop"),
    (commands.Speak(leg="a", text="x", voice=VOICE, rounds=-1), "loop"),
    (commands.Speak(leg="a", text="<speak>x</speak>", voice=VOICE, carrier={"service_level": "basic"}), "payload_type"),
    (commands.Play(leg="a", url=""), "audio_url"),
    (commands.Play(leg="a", url="ftp://x.example/a.mp3"), "audio_url"),
    (commands.Play(leg="a", url="https://x.example/a", rounds=101), "loop"),
    (commands.Play(leg="a", url="https://x.example/a", carrier={"overlay": True, "target_legs": "both"}), "target_legs"),
    (commands.Gather(**GATHER, max_digits=129), "maximum_digits"),
    (commands.Gather(**GATHER, min_digits=0), "minimum_digits"),
    (commands.Gather(**GATHER, finish_on="##"), "terminating_digit"),
    (commands.Gather(**GATHER, carrier={"valid_digits": "1,2"}), "valid_digits"),
    (commands.Gather(**GATHER, carrier={"gather_id": "x" * 41}), "gather_id"),
    (commands.GatherUsingSpeak(**GATHER, text="x" * 3001, voice=VOICE), "payload"),
    (commands.GatherUsingAudio(**GATHER, url="a.mp3"), "audio_url"),
    (commands.Dial(leg="b1", connection="9", party=commands.Party(to="+14155550101")), "from"),
    (commands.Dial(leg="b1", connection="9", party=commands.Party(to="+14155550101", from_="anonymous")), "from"),
    (commands.Dial(leg="b1", connection="9", party=commands.Party(to="jane", from_="+14155550100")), "to"),
    (commands.Dial(leg="b1", connection="", party=PARTY), "connection_id"),
    (commands.Dial(leg="b1", connection="9", party=PARTY, carrier={"audio_url": "https://x.example/a", "media_name": "b"}), "audio_url"),
    (commands.Dial(leg="b1", connection="9", party=PARTY, carrier={"send_digits_on_answer": "1" * 65}), "send_digits_on_answer"),
    (commands.Dial(leg="b1", connection="9", party=PARTY, carrier={"billing_group_id": "x"}), "billing_group_id"),
    (commands.Transfer(leg="a", other="b1", party=commands.Party(to="x")), "to"),
    (commands.Transfer(leg="a", other="b1", party=commands.Party(to="+14155550101", from_name="Ann & Bob")), "from_display_name"),
    (commands.Transfer(leg="a", other="b1", party=commands.Party(to="+14155550101", from_name="x" * 129)), "from_display_name"),
    (commands.Transfer(leg="a", other="b1", party=commands.Party(to="+14155550101", headers={"a b": "c"})), "custom_headers.0.name"),
    (commands.HangUp(leg="a", headers={"X-A": "1", "X-B": "2\r\nX-C: 3"}), "custom_headers.1.value"),
    (commands.Refer(leg="a", to="tel:+14155550101"), "sip_address"),
    (commands.HangUp(leg="a", carrier={"reason": 'a "quote"'}), "reason"),
]


class NoTransport:
    """Fails the test if anything is sent."""

    async def send(self, request: CarrierRequest) -> CarrierResponse:
        raise AssertionError(request)


@pytest.mark.parametrize(("command", "field"), REFUSED, ids=[f"{type(command).__name__}-{field}" for command, field in REFUSED])
async def test_a_command_that_breaks_a_limit_is_refused_before_it_is_sent(command: commands.Command, field: str) -> None:
    with pytest.raises(CommandError) as caught:
        build_request(command, request_context())
    assert caught.value.field == field
    assert field.split(".")[0] in str(caught.value) or "service_level" in str(caught.value) or "overlay" in str(caught.value)
    failed = await TelnyxClient(NoTransport()).send("S", OutboxEntry(7, command, 0, 0.0), IDS)
    assert isinstance(failed, CommandFailed)
    assert (failed.id, failed.n, failed.status, failed.code) == ("S:7", 7, 0, "limit")
    assert failed.pointer == "/" + field.replace(".", "/")
    assert failed.title == str(caught.value)


def values_outside(limit: dict[str, Any]) -> list[Any]:
    """Returns values just outside of a limit."""
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


COMMANDS_WITH_PARAMETERS: dict[type[commands.Command], commands.Command] = {
    commands.Answer: commands.Answer(leg="a"),
    commands.HangUp: commands.HangUp(leg="a"),
    commands.Speak: commands.Speak(leg="a", text="x", voice=VOICE),
    commands.Play: commands.Play(leg="a", url="https://x.example/a"),
    commands.Gather: commands.Gather(**GATHER),
    commands.GatherUsingSpeak: commands.GatherUsingSpeak(**GATHER, text="x", voice=VOICE),
    commands.GatherUsingAudio: commands.GatherUsingAudio(**GATHER, url="https://x.example/a"),
    commands.Dial: commands.Dial(leg="b1", connection="9", party=PARTY),
    commands.Bridge: commands.Bridge(leg="a", other="b1"),
    commands.Transfer: commands.Transfer(leg="a", other="b1", party=PARTY),
}


def reserved_parameters(name: str) -> set[str]:
    return set(schemas.load(f"commands/{name}").get("x-reserved", {}))


@pytest.mark.parametrize("kind", COMMANDS_WITH_PARAMETERS, ids=lambda kind: kind.__name__)
def test_an_author_s_parameters_are_held_to_the_limits(kind: type[commands.Command]) -> None:
    name, _ = REQUESTS[kind]
    for key, schema in schemas.load(f"commands/{name}")["properties"].items():
        reference = schema.get("$ref", "").partition("$defs/")[2]
        if reference and key not in reserved_parameters(name):
            for value in values_outside(LIMITS[reference])[1:]:
                command = msgspec.structs.replace(COMMANDS_WITH_PARAMETERS[kind], carrier={key: value})
                with pytest.raises(CommandError) as caught:
                    build_request(command, request_context())
                assert caught.value.field == key, (key, value)


def test_a_parameter_of_another_command_is_left_out() -> None:
    """A prompt's `carrier` is written for playback_start or speak, and its last utterance becomes a gather."""
    assert "cache_audio" not in body(commands.GatherUsingAudio(**GATHER, url="https://x.example/a", carrier={"cache_audio": True}))
    assert body(commands.Play(leg="a", url="https://x.example/a", carrier={"cache_audio": False}))["cache_audio"] is False


def test_the_limits_that_the_oracles_do_not_know_are_data() -> None:
    """The specification has these in prose only, so no type catches them."""
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
    (diagnostic,) = schemas.diagnose("commands/answer", {"client_state": text})
    assert diagnostic.path == ("client_state",)
