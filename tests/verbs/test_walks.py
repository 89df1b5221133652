"""Every verb walked through all that can happen to it."""

from typing import Any

import pytest

from tests.verbs.walk import World, walk

SAY = {"verb": "say", "text": "hi"}
PHONES = [{"type": "phone", "number": f"+1415555010{n}"} for n in (1, 2, 3)]
PAUSE = [{"verb": "pause", "length": 1}]
SCREEN = [{"verb": "gather", "numDigits": 1, "actionHook": "/key"}, {"verb": "hangup"}]
GATHER = {"verb": "gather", "numDigits": 1, "actionHook": "/m"}
DIAL = {"verb": "dial", "actionHook": "/d", "target": PHONES[:2]}
ONE = {**DIAL, "target": PHONES[:1]}
AMD = {"amd": {"actionHook": "/a"}}
TRANSFER = {"verb": "transfer", "mode": "blind", "actionHook": "/t", "target": PHONES[:1]}
RING = {"ringback": "ringback"}
STATUS = {"status_hook": "/status"}


def quick(**more: Any) -> World:
    """The big ones: commands are taken, and nothing is lost; that is walked with one target."""
    return World(**{"refusals": (), "guarded": False, "late": False, "causes": ("user_busy",), **more})


def slow(**more: Any) -> World:
    """News come before the carrier's answer to the command that led to them."""
    return World(**{"slow": True, "refusals": ("10015",), "guarded": False, **more})


WALKS: dict[str, tuple[list[Any], World]] = {
    "answer": ([{"verb": "answer"}, SAY], World(operator=True)),
    "answer slow": ([{"verb": "answer"}, SAY], World(slow=True, operator=True)),
    "pause": ([*PAUSE, SAY], World(operator=True)),
    "hangup": ([{"verb": "hangup"}], World(operator=True, slow=True)),
    "hangup answered": ([{"verb": "answer"}, {"verb": "hangup"}], World(slow=True)),
    "tag": ([{"verb": "tag", "data": {"a": 1}}, SAY], World(app=STATUS)),
    "sip:decline": ([{"verb": "sip:decline", "status": 486}, SAY], World(slow=True, operator=True)),
    "sip:decline answered": ([{"verb": "answer"}, {"verb": "sip:decline", "status": 486}, SAY], World()),
    "redirect": ([{"verb": "redirect", "actionHook": "/r"}, SAY], World(replies={"redirect": [PAUSE]}, operator=True)),
    "redirect apology": ([{"verb": "answer"}, {"verb": "redirect", "actionHook": "/r"}], World(app={"apology": "Sorry"})),
    "say": ([{"verb": "say", "text": ["a", "b"], "loop": 2}], World(operator=True)),
    "say slow": ([{"verb": "say", "text": ["a", "b"]}, SAY], slow()),
    "say forever": ([{"verb": "say", "text": "a", "loop": "forever"}], World(endless=True)),
    "play": ([{"verb": "play", "url": ["http://x/a.mp3", "silence_stream://5"], "timeoutSecs": 9, "actionHook": "/p"}, SAY], World(replies={"action": [PAUSE]})),
    "play slow": ([{"verb": "play", "url": ["http://x/a.mp3", "http://x/b.mp3"], "timeoutSecs": 9}, SAY], slow()),
    "gather": ([GATHER, SAY], World(keys="1#", replies={"action": [PAUSE]})),
    "gather prompt": ([{**GATHER, "say": {"text": ["a", "b"]}, "finishOnKey": "#", "numDigits": 3, "minDigits": 2, "interDigitTimeout": 2}, SAY], World(keys="1#", replies={"action": [PAUSE]})),
    "gather prompt slow": ([{**GATHER, "say": {"text": ["a", "b"]}, "numDigits": 2}], slow(keys="1")),
    "gather quiet": ([{**GATHER, "play": {"url": "http://x/a.mp3"}, "numDigits": 2, "dtmfBargein": False}], World(keys="1")),
    "gather deaf": ([{**GATHER, "say": {"text": "a"}, "listenDuringPrompt": False}], World(keys="1")),
    "gather between": ([{**GATHER, "play": {"url": "http://x/a.mp3", "timeoutSecs": 4}, "minDigits": 1, "numDigits": 2, "interDigitTimeout": 2, "dtmfBargein": False}], World(keys="1")),
    "gather for ever": ([{**GATHER, "timeout": 0, "say": {"text": ["a", "b"]}}], World(keys="1")),
    "gather speech": ([{**GATHER, "input": ["speech"], "say": {"text": "a"}}], World(keys="1")),
    "dial one": ([ONE, SAY], World(replies={"action": [PAUSE]}, app=RING)),
    "dial one slow": ([ONE], slow(app=RING)),
    "dial one operator": ([{**ONE, "answerOnBridge": True}], World(operator=True, refusals=("10015",))),
    "dial one answerOnBridge": ([{**ONE, "answerOnBridge": True, "timeLimit": 60}, SAY], World()),
    "dial one answerOnBridge slow": ([{**ONE, "answerOnBridge": True}], slow()),
    "dial": ([DIAL, SAY], quick(late=True, causes=("user_busy", "no_answer"), replies={"action": [PAUSE]}, app=RING)),
    "dial refused": ([DIAL], quick(refusals=("10015",))),
    "dial answerOnBridge": ([{**DIAL, "answerOnBridge": True, "timeLimit": 60}, SAY], quick(refusals=("10015",), late=True)),
    "dial slow": ([{**DIAL, "answerOnBridge": True}], slow(refusals=(), causes=("user_busy",))),
    "dial guarded": ([{**DIAL, "answerOnBridge": True}], quick(guarded=True)),
    "dial three": ([{**DIAL, "target": PHONES, "answerOnBridge": True}], quick()),
    "dial confirm": ([{**DIAL, "confirmHook": "/c"}], quick(replies={"confirm": [PAUSE, SCREEN], "action": [PAUSE]}, digits=("1",))),
    "dial confirm one": ([{**ONE, "answerOnBridge": True, "confirmHook": "/c"}], World(replies={"confirm": [[*PAUSE, {"verb": "hangup"}], [SAY]]}, refusals=("10015",))),
    "dial confirm of a target": ([{**DIAL, "target": [PHONES[0], {**PHONES[1], "confirmHook": "/c"}]}], quick(replies={"confirm": [[SAY]]})),
    "dial amd": ([{**ONE, **AMD}, SAY], quick(replies={"amd": [PAUSE]}, machines=True)),
    "dial amd confirm": ([{**ONE, **AMD, "answerOnBridge": True, "confirmHook": "/c"}], quick(machines=True, replies={"confirm": [PAUSE]})),
    "dial amd two": ([{**DIAL, **AMD, "answerOnBridge": True}], quick(machines=True, app={"dialect": "cognigy"})),
    "dial dtmf": ([{**ONE, "dtmfCapture": ["*2"], "dtmfHook": "/k"}], quick(keys="*2")),
    "dial hold": ([{**ONE, "onHoldHook": "/h"}], quick(holds=("a", "b1"), replies={"hold": [PAUSE]})),
    "dial hold say": ([{**ONE, "onHoldHook": "/h"}], quick(holds=("b1",), replies={"hold": [[SAY]]})),
    "dial status": ([ONE], quick(app=STATUS)),
    "transfer": ([TRANSFER, SAY], World(replies={"action": [PAUSE], "result": [PAUSE]}, causes=("normal_clearing", "user_busy", "no_answer", "call_rejected"))),
    "transfer slow": ([{**TRANSFER, "timeLimit": 60}, SAY], slow()),
    "transfer operator": ([TRANSFER], World(operator=True, refusals=("10015",))),
    "transfer refer": ([{**TRANSFER, "blindMethod": "refer"}, SAY], World()),
    "transfer refer slow": ([{**TRANSFER, "blindMethod": "refer", "disposition": {"onFailure": "hangup"}}, SAY], slow()),
    "transfer hangup": ([{**TRANSFER, "disposition": {"onBusy": "hangup"}}, SAY], World(causes=("user_busy",), replies={"action": [PAUSE]})),
    "transfer voicemail": ([{**TRANSFER, "disposition": {"onBusy": "voicemail", "onNoAnswer": "hangup", "voicemailUrl": "sip:vm@x.example"}}, SAY], World(causes=("user_busy", "no_answer"), refusals=("10015",))),
    "transfer voicemail hook": ([{**TRANSFER, "disposition": {"onBusy": "voicemail", "voicemailUrl": "https://x.example/vm"}}, SAY], World(causes=("user_busy",), replies={"result": [PAUSE]})),
    "transfer amd": ([{**TRANSFER, **AMD}], quick(machines=True, replies={"amd": [PAUSE]})),
    "placed": ([SAY], World(call={"timeLimit": 60}, causes=("normal_clearing", "user_busy", "no_answer"), operator=True)),
    "placed slow": ([SAY], World(call={}, slow=True)),
    "placed amd": ([SAY], World(call=AMD, machines=True, replies={"amd": [PAUSE]}, refusals=("10015",), causes=("user_busy",))),
    "placed dial": ([ONE, SAY], World(call={"timeLimit": 60}, refusals=("10015",), app=RING)),
    "placed apology": ([GATHER], World(call={}, app={"apology": "Sorry"})),
}  # fmt: skip


@pytest.mark.parametrize("name", WALKS)
def test_walk(name: str) -> None:
    document, world = WALKS[name]
    walk(document, world)
