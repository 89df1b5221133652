"""Commands in version 1 of the carrier's API, to the exact JSON. What it does not have is left out with a note, or refused."""

import base64
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callverbs import schemas
from callverbs.interpreter.telnyx import v1
from callverbs.interpreter.telnyx.client import V2
from callverbs.interpreter.telnyx.commands import REQUESTS, CommandError, RequestContext
from callverbs.verbs.language import commands
from callverbs.verbs.language.spec import Credentials
from tests.conftest import CALM
from tests.interpreter.telnyx.strategies import any_command, request_context

ROOT = Path(schemas.__file__).parent
STATE_A, STATE_B = base64.b64encode(b"cv1:S:a").decode(), base64.b64encode(b"cv1:S:b1").decode()
OURS, THEIRS, OTHER = "+14155550199", "+14155550100", "+14155550177"
IDS = {"a": "v2:Caller/x"}
PATH = "/calls/v2%3ACaller%2Fx/actions"
PARTY = commands.Party(to=OTHER, from_=OURS)
FULL = commands.Party(
    to="sip:bob@example.com",
    from_=OURS,
    timeout=20,
    time_limit=600,
    headers={"X-Ticket": "7"},
    auth=Credentials(username="bob", password="secret"),
    detection=commands.Detection(max_words=4, decision=5, silence=1.5),
)
DETECTED = {
    "answering_machine_detection": "greeting_end",
    "answering_machine_detection_config": {
        "maximum_number_of_words": 4,
        "total_analysis_time_millis": 5000,
        "initial_silence_millis": 6000,
        "greeting_duration_millis": 5000,
        "greeting_silence_duration_millis": 1500,
        "greeting_total_analysis_time_millis": 60000,
    },
}
PLAIN = {"to": OTHER, "from": OURS, "timeout": 60, "time_limit": 14400, "answering_machine_detection": "disabled"}
RICH = {
    "to": "sip:bob@example.com",
    "from": OURS,
    "timeout": 20,
    "time_limit": 600,
    "custom_headers": [{"name": "X-Ticket", "value": "7"}],
    "sip_auth_username": "bob",
    "sip_auth_password": "secret",
    **DETECTED,
}
LEGS_END_TOGETHER = "both legs end together: version 1 of the carrier's API has no park_after_unbridge, so no verb runs after the talk"

AMD_PARAMETERS = {"answering_machine_detection", "answering_machine_detection_config"}
COMMON = {"client_state", "command_id"}
PARTIES = {
    "to",
    "from",
    "timeout",
    "time_limit",
    "audio_url",
    "custom_headers",
    "sip_auth_username",
    "sip_auth_password",
    *AMD_PARAMETERS,
    *COMMON,
}
KNOWN = {
    "answer": COMMON,
    "hangup": COMMON,
    "dial": {*PARTIES, "connection_id", "link_to"},
    "transfer": {*PARTIES, "target_leg_client_state"},
}
"""The parameters of the carrier's pages of version 1, command by command."""
THRESHOLDS = {
    "total_analysis_time_millis", "after_greeting_silence_millis", "between_words_silence_millis", "greeting_duration_millis",
    "initial_silence_millis", "maximum_number_of_words", "maximum_word_length_millis", "silence_threshold",
    "greeting_total_analysis_time_millis", "greeting_silence_duration_millis",
}  # fmt: skip
MODES = {"detect", "detect_beep", "detect_words", "greeting_end", "disabled"}
SUPPORTED = (commands.Answer, commands.HangUp, commands.Reject, commands.Dial, commands.Transfer)


# --------------------------------------------------------------------------- commands


@pytest.mark.parametrize(
    ("command", "path", "body", "notes"),
    [
        (commands.Answer(leg="a"), f"{PATH}/answer", {"client_state": STATE_A}, []),
        (commands.HangUp(leg="a"), f"{PATH}/hangup", {}, []),
        (
            commands.HangUp(leg="a", headers={"X-Why": "done"}, carrier={"reason": "Call completed elsewhere"}),
            f"{PATH}/hangup",
            {},
            ["hangup a: version 1 of the carrier's API has no reason: it is left out",
             "hangup a: version 1 of the carrier's API has no custom_headers: it is left out"],
        ),
        (
            commands.Reject(leg="a", busy=True),
            f"{PATH}/hangup",
            {},
            ["reject a: the caller is told what the carrier chooses: callverbs has no reject in version 1 of the carrier's API"],
        ),
        (commands.Dial(leg="a", connection="77", party=PARTY), "/calls", {**PLAIN, "connection_id": "77", "client_state": STATE_A}, []),
        (commands.Dial(leg="a", connection="77", party=FULL, carrier={"audio_url": "https://example.com/a.mp3"}), "/calls",
         {**RICH, "connection_id": "77", "client_state": STATE_A, "audio_url": "https://example.com/a.mp3"}, []),
        (commands.Transfer(leg="a", other="b1", party=PARTY), f"{PATH}/transfer",
         {**PLAIN, "client_state": STATE_A, "target_leg_client_state": STATE_B}, [f"transfer a: {LEGS_END_TOGETHER}"]),
        (commands.Transfer(leg="a", other="b1", party=FULL, carrier={"audio_url": "https://example.com/a.wav"}), f"{PATH}/transfer",
         {**RICH, "client_state": STATE_A, "target_leg_client_state": STATE_B, "audio_url": "https://example.com/a.wav"},
         [f"transfer a: {LEGS_END_TOGETHER}"]),
        (commands.Transfer(leg="a", other="b1", party=commands.Party(to=OTHER, from_=OURS, from_name="Sales", timeout=180, time_limit=5)),
         f"{PATH}/transfer",
         {**PLAIN, "timeout": 120, "time_limit": 30, "client_state": STATE_A, "target_leg_client_state": STATE_B},
         ["transfer a: version 1 of the carrier's API has no from_display_name: it is left out", f"transfer a: {LEGS_END_TOGETHER}",
          "transfer a: it rings 120 s at the most, the limit of version 1 of the carrier's API"]),
        (commands.Dial(leg="a", connection="77", party=commands.Party(to=OTHER, from_=OURS, timeout=3),
                       carrier={"record": "record-from-answer"}),
         "/calls", {**PLAIN, "timeout": 5, "connection_id": "77", "client_state": STATE_A},
         ["dial a: version 1 of the carrier's API has no record: it is left out"]),
    ],
)  # fmt: skip
def test_bodies(command: commands.Command, path: str, body: dict[str, Any], notes: list[str]) -> None:
    context = RequestContext("S", 7, IDS)
    found = v1.build_request(command, context)
    assert (found.method, found.path, found.body) == ("POST", path, {**body, "command_id": context.command_id})
    assert found.name == ("dial" if path == "/calls" else path.rpartition("/")[2])
    assert list(v1.notes(command, context)) == notes


@pytest.mark.parametrize("kind", SUPPORTED)
@given(draw=st.data())
@settings(max_examples=60, suppress_health_check=[*CALM, HealthCheck.filter_too_much])
def test_no_body_holds_what_version_1_does_not_have(kind: type[commands.Command], draw: st.DataObject) -> None:
    command, context = draw.draw(any_command(kind)), request_context()
    if {"link_to", "media_encryption", "privacy"} & set(V2.build_request(command, context).body):
        with pytest.raises(CommandError, match="set api = 2"):
            v1.build_request(command, context)
        return
    detection = V2.build_request(command, context).body
    foreign = set(detection.get("answering_machine_detection_config", {})) - THRESHOLDS
    if foreign or detection.get("answering_machine_detection", "disabled") not in MODES:
        with pytest.raises(CommandError):
            v1.build_request(command, context)
        return
    found = v1.build_request(command, context)
    assert set(found.body) <= KNOWN[found.name]
    assert set(found.body.get("answering_machine_detection_config", {})) <= THRESHOLDS
    assert found.body.get("answering_machine_detection", "disabled") in MODES
    assert 5 <= found.body.get("timeout", 5) <= 120
    assert 30 <= found.body.get("time_limit", 30) <= 14400
    assert all(note.startswith(f"{REQUESTS[kind][0]} {command.leg}: ") for note in v1.notes(command, context))


def test_the_schemas_have_the_parameters_of_the_pages() -> None:
    for name, known in KNOWN.items():
        schema = schemas.load(f"commands/v1/{name}")
        assert jsonschema_rs.meta.is_valid(schema)
        assert schema["$id"] == f"{schemas.BASE_URI}commands/v1/{name}.schema.json"
        assert schema["additionalProperties"] is False
        assert set(schema["properties"]) == known
        if "timeout" in known:
            assert set(schema["properties"]["answering_machine_detection_config"]["properties"]) == THRESHOLDS
            assert set(schema["properties"]["answering_machine_detection"]["enum"]) == MODES
    assert {path.name.partition(".")[0] for path in (ROOT / "commands" / "v1").iterdir()} == set(KNOWN)


@pytest.mark.parametrize("sample", [{"to": "sip:username@sip.telnyx.com", "from": "+35319605860",
    "audio_url": "http://www.example.com/sounds/greeting.wav", "timeout": 60, "time_limit": 600, "answering_machine_detection": "disabled",
    "answering_machine_detection_config": {"total_analysis_time_millis": 5000, "after_greeting_silence_millis": 1000,
        "between_words_silence_millis": 100, "greeting_duration_millis": 1500, "initial_silence_millis": 1800, "maximum_number_of_words": 3,
        "maximum_word_length_millis": 2000, "silence_threshold": 512, "greeting_total_analysis_time_millis": 7500,
        "greeting_silence_duration_millis": 2000},
    "custom_headers": [{"name": "head_1", "value": "val_1"}, {"name": "head_2", "value": "val_2"}],
    "client_state": "aGF2ZSBhIG5pY2UgZGF5ID1d", "target_leg_client_state": "aGF2ZSBhIG5pY2UgZGF5ID1d",
    "command_id": "891510ac-f3e4-11e8-af5b-de00688a4901", "sip_auth_username": "string", "sip_auth_password": "string"}])  # fmt: skip
def test_the_page_s_own_sample_is_valid(sample: dict[str, Any]) -> None:
    assert schemas.diagnose("commands/v1/transfer", sample) == []
    for key, wrong in [("timeout", 121), ("timeout", 4), ("time_limit", 14401), ("answering_machine_detection", "premium"),
                       ("timeout_secs", 30), ("park_after_unbridge", "self"), ("client_state", "?")]:  # fmt: skip
        assert [diagnostic.path for diagnostic in schemas.diagnose("commands/v1/transfer", {**sample, key: wrong})] == [(key,)]


@pytest.mark.parametrize("kind", [one for one in REQUESTS if one not in SUPPORTED], ids=lambda kind: kind.__name__)
@given(draw=st.data())
@settings(max_examples=5, suppress_health_check=[*CALM, HealthCheck.filter_too_much])
def test_other_commands_are_refused_with_the_reason(kind: type[commands.Command], draw: st.DataObject) -> None:
    with pytest.raises(CommandError) as caught:
        v1.build_request(draw.draw(any_command(kind)), request_context())
    name, _ = REQUESTS[kind]
    assert str(caught.value) == f"callverbs has no {name} in version 1 of the carrier's API: set api = 2"
    assert (caught.value.code, caught.value.pointer) == ("version", "")


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (commands.Dial(leg="b1", connection="77", party=PARTY, link_to="a"), "link_to"),
        (commands.Dial(leg="a", connection="77", party=PARTY, encryption="sdes"), "media_encryption"),
        (commands.Dial(leg="a", connection="77", party=PARTY, carrier={"privacy": "id"}), "privacy"),
        (commands.Transfer(leg="a", other="b1", party=PARTY, carrier={"media_encryption": "SRTP"}), "media_encryption"),
        (commands.Transfer(leg="a", other="b1", party=PARTY, carrier={"privacy": "id"}), "privacy"),
    ],
)
def test_a_call_is_refused_without_a_parameter_that_it_needs(command: commands.Command, field: str) -> None:
    with pytest.raises(CommandError, match="set api = 2") as caught:
        v1.build_request(command, RequestContext("S", 7, IDS))
    assert (caught.value.field, caught.value.code) == (field, "version")


def test_limits_are_checked() -> None:
    with pytest.raises(CommandError) as caught:
        v1.build_request(
            commands.Dial(leg="a", connection="77", party=commands.Party(to=OTHER, from_="anonymous")), RequestContext("S", 7, IDS)
        )
    assert (caught.value.field, caught.value.code) == ("from", "limit")
