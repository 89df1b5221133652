"""The payloads of hooks fit jambonz's published schemas of callbacks, in jambonz's dialect."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from callverbs import schemas
from callverbs.verbs.language.messages import HookRequest
from tests.interpreter.simulator.test_call_status import CASES, requests
from tests.jambonz.packages import EXTENSIONS, PACKAGES, needed
from tests.oracles.callbacks import part, topic
from tests.oracles.runs import transcripts

pytestmark = needed
THEIRS = {
    "amd": "amd",
    "call": "session-new",
    "call_status": "call-status",
    "conference_status": "conference-status",
    "confirm": "session-redirect",
    "dial": "dial",
    "dial_dtmf": "dial-dtmf",
    "hold": "dial-hold",
    "park": "session-redirect",
    "dequeue": "dequeue",
    "enqueue": "enqueue",
    "gather": "gather",
    "listen": "listen",
    "message": "message",
    "gather_partial": "gather-partial",
    "play": "play",
    "redirect": "session-redirect",
    "transcription": "transcribe",
    "sip_refer": "sip-refer",
    "sip_refer_event": "sip-refer-event",
    "sip_request": "sip-request",
    "transfer": "transfer",
    "wait": "enqueue-wait",
}
"""By our name of a part, theirs. They have none for a confirmHook and for a caller who waits, whose payload is that of a redirect."""
OURS = ("transfer_event", "rasa", "rasa_event")
"""Parts of which they publish no schema, though jambonz has the eventHook of a transfer, and rasa."""
DIFFERENT = {
    ("enqueue", "/queue_result"): "the carrier lets a caller wait for max_wait_time_secs at the most: then the result is timeout",
    ("gather", "/details"): "their runtime sends an error as a text (FS gather.js), their schema has an object",
}
"""What their schemas refuse of our payloads: part, pointer, and why."""
LEFT_OUT = {
    "every member of a conference reports itself": {"members"},
    "the API is callverbs' own": {"api_base_url"},
    "the carrier does not pass on the Reason header of a BYE": {"sip_reason_header"},
    "there is no SBC and no tracing of theirs": {"b3"},
    "the carrier finds out who answers, and does not tell what it has heard": {"greeting", "hint", "language", "frequency", "variance"},
    "the carrier does not tell where in a file it stopped": {"playback_last_offset_pos"},
    "the carrier reports no times of the recognition, and no events of the engine": {
        "speech_event", "stt_latency_ms", "stt_talkspurts", "stt_start_time", "stt_stop_time", "stt_usage",
    },
    "only the first hook gets it (FS middleware.js)": {"caller_name"},
}  # fmt: skip
"""Properties of theirs that callverbs never sends, by the reason."""


@cache
def published() -> dict[str, dict[str, Any]]:
    """Returns their schemas by name."""
    folder = PACKAGES / "schema" / "callbacks"
    return {path.name.removesuffix(".schema.json"): json.loads(path.read_text(encoding="utf-8")) for path in folder.iterdir()}


@cache
def validator(name: str) -> Draft202012Validator:
    """Returns the validator of one of them."""
    registry: Registry[Any] = Registry().with_resources([(one["$id"], DRAFT202012.create_resource(one)) for one in published().values()])
    return Draft202012Validator(published()[name], registry=registry)


def differences(name: str, payload: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Returns where their schema refuses a payload."""
    return {(name, "".join(f"/{step}" for step in error.absolute_path)) for error in validator(THEIRS[name]).iter_errors(payload)}


def test_every_payload_of_every_transcript_is_one_of_theirs() -> None:
    different: set[tuple[str, str]] = set()
    seen = set()
    for written, entries in transcripts().values():
        for entry in entries:
            if (
                isinstance(entry.message, HookRequest)
                and entry.message.kind != "data"
                and written.get("app", {}).get("dialect", "jambonz") == "jambonz"
            ):
                name = part(entry.message.payload, topic(entry.message))
                seen.add(name)
                different |= differences(name, entry.message.payload) if name in THEIRS else set()
    assert different == set(DIFFERENT)
    assert seen == {*THEIRS, *EXTENSIONS, *OURS} == set(schemas.names("callbacks")) - {"base"}


@pytest.mark.parametrize("case", CASES)
def test_what_is_told_of_a_whole_call_is_theirs(case: str) -> None:
    for line in requests(case):
        name = "call_status" if line.name == "POST /status" else part(line.body, "confirm" if line.name == "POST /confirm" else "")
        assert not differences(name, line.body), line


@pytest.mark.parametrize("name", THEIRS)
def test_what_we_leave_out_is_known(name: str) -> None:
    ours = set(schemas.load(f"callbacks/{name}").get("properties", {})) | set(schemas.load("callbacks/base")["properties"])
    theirs = set(published()[THEIRS[name]].get("properties", {}))
    assert theirs - ours <= set().union(*LEFT_OUT.values())


def test_their_schemas_refuse_wrong_payloads() -> None:
    assert differences("gather", {"reason": "nonsense"}) == {("gather", "/reason")}
    assert differences("call", {"sip_status": "100"}) == {("call", "/sip_status")}
    assert differences("dial_dtmf", {}) == {("dial_dtmf", "")}
