"""What hooks reply is looked over beside the call: warnings go to the log, the answer is handed on as it came."""

import logging
from typing import Literal

import pytest

from interpreter.server.review import Review, surroundings
from interpreter.server.settings import read
from interpreter.session import Entry
from verbs._commands import Ask
from verbs._events import Event, HookFailed, HookReplied

URL = "https://example.com/menu#rc=1"
MENU = '[{"verb": "gather", "numDigits": 1}, {"verb": "redirect", "actionHook": "/menu"}]'


class Application:
    """Replies the same to everything."""

    def __init__(self, event: Event) -> None:
        self.event = event

    async def ask(self, session: str, app: str, entry: Entry) -> Event:
        return self.event


def replied(body: str) -> HookReplied:
    return HookReplied(id="s:1", n=1, status=200, content_type="application/json", body=body)


async def looked_over(event: Event, kind: Literal["action", "status"] = "action") -> Event:
    review = Review(Application(event), surroundings(SETTINGS))
    entry = Entry(n=1, wish=Ask(url=URL, kind=kind), owner=0, asked=0.0)
    found = await review.ask("s", "app", entry)
    await review.finish()
    return found


SETTINGS = read({"app": "https://example.com/call", "carrier": "simulated"}, {})


async def test_warnings_go_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    event = replied(MENU)
    assert await looked_over(event) is event
    (line,) = [one for one in caplog.messages if "CV401" in one]
    assert line.startswith("call s: https://example.com/menu replied: CV401 ")
    assert line.endswith(" (/0/verb)")


@pytest.mark.parametrize("body", ["", "{", "null", '[{"verb": "sey"}]', '[{"verb": "say", "text": "a"}, {"verb": "hangup"}]'])
async def test_what_is_right_or_wrong_is_not_told_here(caplog: pytest.LogCaptureFixture, body: str) -> None:
    await looked_over(replied(body))
    assert [one for one in caplog.records if one.levelno >= logging.WARNING] == []


async def test_what_nobody_runs_is_not_read(caplog: pytest.LogCaptureFixture) -> None:
    await looked_over(replied(MENU), "status")
    await looked_over(HookFailed(id="s:1", n=1, status=500, reason="no"))
    assert caplog.messages == []
