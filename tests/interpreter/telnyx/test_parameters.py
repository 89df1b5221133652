"""Every parameter of the carrier has somebody who decides it, and what an author writes below `carrier` is sent."""

import base64
from typing import Any

import msgspec
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from callverbs import schemas
from callverbs.interpreter.telnyx import client_state
from callverbs.interpreter.telnyx.commands import REQUESTS, CommandError, build_request
from callverbs.verbs.language import commands
from callverbs.verbs.parts.machine_detection import DETECTION_CONFIG
from tests.interpreter.telnyx.strategies import any_command, request_context
from tests.parameters import COMMANDS, older, parameters

WITH_CARRIER = sorted({one.command for one in parameters() if one.who == "`carrier`"})
CONFIG_OF_PAGES = {
    "total_analysis_time_millis",
    "after_greeting_silence_millis",
    "between_words_silence_millis",
    "greeting_duration_millis",
    "initial_silence_millis",
    "maximum_number_of_words",
    "maximum_word_length_millis",
    "silence_threshold",
    "greeting_total_analysis_time_millis",
    "greeting_silence_duration_millis",
}
"""The thresholds of machine detection on the carrier's pages of dial and transfer, of both versions."""


def test_somebody_decides_every_parameter() -> None:
    assert [one for one in parameters() if not one.who or not one.how] == []
    assert len(list(parameters())) > 200


def test_version_1_has_no_parameter_that_nobody_decides() -> None:
    known = {(one.command, one.name) for one in parameters()}
    assert [row for row in older() if (row[0], row[2]) not in known] == []


@pytest.mark.parametrize("name", WITH_CARRIER)
@given(data=st.data())
def test_what_an_author_writes_is_sent(name: str, data: st.DataObject) -> None:
    command = data.draw(any_command(COMMANDS[name]))
    if isinstance(command, commands.StartStream):
        command = msgspec.structs.replace(command, token="", packets=False)
    if getattr(command, "sound", ""):
        reject()  # our own sounds are nobody's to choose
    try:
        body = build_request(command, request_context()).body
    except CommandError:
        reject()  # a field of the command is drawn beyond its limits
    for key, value in command.carrier.items():
        if key == DETECTION_CONFIG:
            assert value.items() <= body[key].items()
        elif key.endswith("client_state"):
            legs = {"client_state": command.leg, "target_leg_client_state": command.created_leg()}
            assert body[key] == client_state.write("S", legs[key], value)
            assert client_state.read(body[key]).leg == legs[key]
        elif key in body:
            assert body[key] == value, key
        else:
            assert key not in schemas.load(f"commands/{name}")["properties"], "it belongs to another command of the verb"


@pytest.mark.parametrize("kind", [commands.Dial, commands.Transfer])
@pytest.mark.parametrize("mode", ["premium", "detect", "detect_beep", "detect_words", "greeting_end", "disabled"])
def test_every_mode_and_every_threshold_of_machine_detection(kind: type[commands.Command], mode: str) -> None:
    thresholds = dict.fromkeys(CONFIG_OF_PAGES, 1000) | {"maximum_number_of_words": 7}
    party = commands.Party(to="+14155550100", from_="+14155550199", detection=commands.Detection())
    carrier: dict[str, Any] = {"answering_machine_detection": mode, DETECTION_CONFIG: thresholds}
    command: commands.Command
    if kind is commands.Dial:
        command = commands.Dial(leg="b1", connection="1", party=party, carrier=carrier)
    else:
        command = commands.Transfer(leg="a", other="b1", party=party, carrier=carrier)
    body = build_request(command, request_context()).body
    assert body["answering_machine_detection"] == mode
    assert body[DETECTION_CONFIG] == thresholds
    assert schemas.diagnose(f"commands/{REQUESTS[kind][0]}.carrier", carrier) == []
    assert set(schemas.load(f"commands/v1/{REQUESTS[kind][0]}")["properties"][DETECTION_CONFIG]["properties"]) >= CONFIG_OF_PAGES


def test_an_author_s_state_rides_inside_ours() -> None:
    command = commands.HangUp(leg="a", carrier={"client_state": "bXkgc3RhdGU="})
    state = base64.b64decode(build_request(command, request_context()).body["client_state"]).decode()
    assert state == "cv1:S:a:bXkgc3RhdGU="
