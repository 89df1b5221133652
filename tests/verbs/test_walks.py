"""Every verb walked through all that can happen to it."""

from typing import Any

import pytest

from tests.verbs.walk import World, walk

SAY = {"verb": "say", "text": "hi"}
PHONES = [{"type": "phone", "number": "+14155550101"}, {"type": "phone", "number": "+14155550102"}]
PAUSE = [{"verb": "pause", "length": 1}]
GATHER = {"verb": "gather", "numDigits": 1, "actionHook": "/m"}
DIAL = {"verb": "dial", "actionHook": "/d", "target": PHONES}
TRANSFER = {"verb": "transfer", "mode": "blind", "actionHook": "/t", "target": PHONES[:1]}

WALKS: dict[str, tuple[list[Any], World]] = {
    "answer": ([{"verb": "answer"}, SAY], World()),
    "pause": ([*PAUSE, SAY], World()),
    "hangup": ([{"verb": "hangup"}], World()),
    "hangup answered": ([{"verb": "answer"}, {"verb": "hangup"}], World()),
    "tag": ([{"verb": "tag", "data": {"a": 1}}, SAY], World()),
    "sip:decline": ([{"verb": "sip:decline", "status": 486}, SAY], World()),
    "redirect": ([{"verb": "redirect", "actionHook": "/r"}, SAY], World(replies={"redirect": [PAUSE]})),
    "say": ([{"verb": "say", "text": ["a", "b"], "loop": 2}], World()),
    "play": ([{"verb": "play", "url": ["http://x/a.mp3", "silence_stream://5"], "timeoutSecs": 9, "actionHook": "/p"}, SAY], World(replies={"action": [PAUSE]})),
    "gather": ([GATHER, SAY], World(keys="1#", replies={"action": [PAUSE]})),
    "gather prompt": ([{**GATHER, "say": {"text": ["a", "b"]}, "finishOnKey": "#", "numDigits": 2, "minDigits": 1}], World(keys="1#", replies={"action": [PAUSE]})),
    "gather quiet": ([{**GATHER, "play": {"url": "http://x/a.mp3"}, "dtmfBargein": False}], World(keys="1")),
    "gather speech": ([{**GATHER, "input": ["speech"], "say": {"text": "a"}}], World(keys="1")),
    "dial": ([DIAL, SAY], World(replies={"action": [PAUSE]})),
    "dial answerOnBridge": ([{**DIAL, "answerOnBridge": True, "timeLimit": 60}, SAY], World()),
    "dial confirm": ([{**DIAL, "confirmHook": "/c"}], World(replies={"confirm": [PAUSE, [{"verb": "hangup"}]]}, failing=False, causes=("user_busy",))),
    "dial amd": ([{**DIAL, "target": PHONES[:1], "amd": {"actionHook": "/a"}}], World(replies={"amd": [PAUSE]}, machines=True, failing=False, causes=("user_busy",))),
    "dial dtmf": ([{**DIAL, "target": PHONES[:1], "dtmfCapture": ["*2"], "dtmfHook": "/k"}], World(keys="*2", failing=False)),
    "transfer": ([TRANSFER, SAY], World(replies={"action": [PAUSE], "result": [PAUSE]}, causes=("normal_clearing", "user_busy", "no_answer", "call_rejected"))),
    "transfer refer": ([{**TRANSFER, "blindMethod": "refer"}, SAY], World()),
    "transfer voicemail": ([{**TRANSFER, "disposition": {"onBusy": "voicemail", "onNoAnswer": "hangup", "voicemailUrl": "sip:vm@x.example"}}, SAY], World(causes=("user_busy", "no_answer"))),
    "transfer voicemail hook": ([{**TRANSFER, "disposition": {"onBusy": "voicemail", "voicemailUrl": "https://x.example/vm"}}, SAY], World(causes=("user_busy",), replies={"result": [PAUSE]})),
    "transfer amd": ([{**TRANSFER, "amd": {"actionHook": "/a"}}], World(machines=True, replies={"amd": [PAUSE]}, failing=False, causes=("user_busy",))),
}  # fmt: skip


@pytest.mark.parametrize("name", WALKS)
def test_walk(name: str) -> None:
    document, world = WALKS[name]
    walk(document, world)
