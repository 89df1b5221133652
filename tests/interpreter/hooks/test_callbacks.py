"""Every payload that a hook gets, in every transcript and every sample, is what `schemas/callbacks` says of it."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from callverbs import schemas
from callverbs.verbs.language.messages import HookRequest
from tests.oracles.callbacks import BY_EVENT, BY_KEY, BY_TOPIC, judge, part, topic
from tests.oracles.runs import SAMPLES, SCENARIOS, scenario, transcripts

PARTS = set(schemas.names("callbacks")) - {"base"}
BASE = {
    "call_sid": "x",
    "direction": "inbound",
    "from": "+14155550100",
    "to": "+14155550199",
    "call_id": "y",
    "call_status": "in-progress",
    "sip_status": 200,
    "sip_reason": "OK",
    "account_sid": "a",
    "application_sid": "b",
    "trace_id": "c",
}
VOICE = {"vendor": "aws", "language": "en-US", "voice": "Joanna"}
INBOUND = {
    "caller_name": "Ann",
    "has_recording": False,
    "local_sip_address": "127.0.0.1:5060",
    "public_ip": "127.0.0.1",
    "service_provider_sid": "d",
    "sip": {
        "method": "INVITE",
        "uri": "sip:x",
        "version": "2.0",
        "headers": {"X-A": "1"},
        "body": "",
        "payload": [],
        "raw": "INVITE sip:x SIP/2.0",
    },
}
CALL = {"defaults": {"synthesizer": VOICE, "recognizer": {"vendor": "default", "language": "en-US"}}}


def test_every_payload_of_every_transcript() -> None:
    seen: Counter[tuple[str, str]] = Counter()
    for name, (written, entries) in transcripts().items():
        for entry in entries:
            if isinstance(entry.message, HookRequest) and entry.message.kind != "data":
                found = judge(entry.message.payload, topic(entry.message))
                seen[found, written.get("app", {}).get("dialect", "jambonz")] += 1
        assert entries, name
    assert {found for found, _ in seen} == PARTS
    assert {("amd", "cognigy"), ("dial", "cognigy")} <= set(seen)


@pytest.mark.parametrize("path", SCENARIOS, ids=[str(path.relative_to(SAMPLES).parent) for path in SCENARIOS])
def test_every_payload_of_a_sample(path: Path) -> None:
    hooks = [line for line in scenario(path).lines if line.kind == "hook"]
    for line in hooks:
        if "call_sid" in line.body:  # else it is posted to a server that knows nothing of calls
            judge(line.body)


def test_every_part_is_used() -> None:
    assert {*BY_KEY.values(), *BY_TOPIC.values(), *BY_EVENT.values()} == PARTS


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("call", {**CALL, **INBOUND, "env_vars": {"A": "1"}}),
        ("call", {**CALL, "direction": "outbound", "customerData": {"any": [1]}}),
        ("call_status", {"call_status": "completed", "duration": 5, "call_termination_by": "caller"}),
        ("call_status", {"error": "invalid actionHook response", "reason": "no answer within 10 s"}),
        ("redirect", {}),
        ("confirm", {"parent_call_sid": "x", "caller_id": "+14155550100"}),
        ("gather", {"reason": "dtmfDetected", "digits": "12*"}),
        ("gather", {"reason": "timeout"}),
        ("gather", {"reason": "error", "details": "Bad"}),
        ("play", {"reason": "playCompleted", "playback_seconds": 1, "playback_milliseconds": 1500}),
        ("play", {"reason": "playFailed", "status": "fail"}),
        ("dial", {"dial_call_status": "completed", "dial_sip_status": 200, "dial_call_sid": "x"}),
        ("dial", {"dial_status": "busy", "dial_sip_status": 486}),
        ("dial_dtmf", {"dtmf": "*2"}),
        ("amd", {"type": "amd_human_detected", "reason": "short greeting"}),
        ("amd", {"event": "amd", "amd_type": "machine"}),
        ("amd", {"event": "beep"}),
        ("transfer", {"transfer_result": "bridged", "transfer_reason": "completed", "dial_call_sid": "x"}),
        ("wait", {"queue_sid": "queue:a:support", "queue_time": 0, "queue_size": 1, "queue_position": 0}),
        ("enqueue", {"queue_sid": "queue:a:support", "queue_time": 12, "queue_result": "bridged"}),
        ("dequeue", {"dequeue_result": "timeout"}),
    ],
)
def test_examples(name: str, fields: dict[str, Any]) -> None:
    assert judge({**BASE, **fields}, name if name in ("redirect", "confirm") else "status" if name == "call_status" else "") == name


@pytest.mark.parametrize(
    ("name", "fields", "sentence"),
    [
        ("call", {}, "needs defaults"),
        ("call", {**CALL, "caller_name": "Ann"}, "sip"),
        ("call", {**CALL, "sip_status": "100"}, "sip_status must be a whole number"),
        ("call", {**CALL, "sip_status": 0}, "sip_status must be at least 100"),
        ("call", {**CALL, "call_status": "ringing"}, "call_status must be one of"),
        ("call", {**CALL, "caller_id": "x"}, "parent_call_sid"),
        ("call_status", {"error": "invalid actionHook response"}, "reason"),
        ("call_status", {"duration": 1.5}, "duration must be a whole number"),
        ("confirm", {}, "needs parent_call_sid and caller_id"),
        ("gather", {"reason": "timeout", "digits": "1"}, "digits"),
        ("gather", {"reason": "dtmfDetected"}, "needs digits"),
        ("gather", {"reason": "dtmfDetected", "digits": "1x"}, "digits cannot be"),
        ("gather", {"reason": "timeout", "unknown": 1}, "unknown"),
        ("play", {"reason": "playCompleted"}, "playback_seconds"),
        ("dial", {"dial_sip_status": 200}, "valid under"),
        ("dial", {"dial_call_status": "busy", "dial_status": "busy", "dial_sip_status": 486}, "valid under"),
        ("dial_dtmf", {"dtmf": ""}, "dtmf"),
        ("amd", {"type": "amd_human_detected", "event": "amd"}, "valid under"),
        ("amd", {"event": "beep", "amd_type": "human"}, "valid under"),
        ("amd", {"type": "amd_human_detected", "reason": "voice"}, "reason must be one of"),
        ("transfer", {"transfer_result": "bridged"}, "needs transfer_reason"),
        ("wait", {"queue_sid": "queue:a:support", "queue_time": 0, "queue_size": 0, "queue_position": 0}, "queue_size"),
        ("enqueue", {"queue_sid": "queue:a:support", "queue_time": 1.5, "queue_result": "left"}, "queue_time"),
        ("dequeue", {"dequeue_result": "bridged"}, "dequeue_result"),
    ],
)
def test_what_is_no_payload(name: str, fields: dict[str, Any], sentence: str) -> None:
    diagnostics = schemas.diagnose(f"callbacks/{name}", {**BASE, **fields})
    assert any(sentence in diagnostic.message for diagnostic in diagnostics), [diagnostic.message for diagnostic in diagnostics]


@pytest.mark.parametrize("name", sorted(PARTS))
@pytest.mark.parametrize("key", sorted(BASE))
def test_the_base_is_never_incomplete(name: str, key: str) -> None:
    payload = {name: value for name, value in BASE.items() if name != key}
    assert any(f"needs {key}" in diagnostic.message for diagnostic in schemas.diagnose(f"callbacks/{name}", payload))


def test_the_part_of_a_payload() -> None:
    assert part({**BASE, "reason": "x", "error": "y"}) == "call_status"
    assert part(BASE) == part(BASE, "redirect") == "redirect"
    assert part(BASE, "confirm") == "confirm"
