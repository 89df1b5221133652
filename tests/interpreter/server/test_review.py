"""Replies of hooks are linted beside the call: warnings go to the log, and the result is handed on as it came."""

import logging
from typing import Literal

import pytest

from callverbs.interpreter.engine.session import OutboxEntry
from callverbs.interpreter.server.review import ReplyReview, lint_contexts
from callverbs.interpreter.server.settings import read
from callverbs.verbs.language.events import Event, HookFailed, HookReplied
from callverbs.verbs.language.messages import HookRequest

URL = "https://example.com/menu#rc=1"
MENU = '[{"verb": "gather", "numDigits": 1}, {"verb": "redirect", "actionHook": "/menu"}]'


class Application:
    """Gives the same result to every request."""

    def __init__(self, event: Event) -> None:
        self.event = event

    async def ask(self, session: str, app: str, entry: OutboxEntry) -> Event:
        return self.event


def replied(body: str) -> HookReplied:
    return HookReplied(id="s:1", n=1, status=200, content_type="application/json", body=body)


async def reviewed(event: Event, kind: Literal["action", "status"] = "action") -> Event:
    review = ReplyReview(Application(event), lint_contexts(SETTINGS))
    entry = OutboxEntry(n=1, message=HookRequest(url=URL, kind=kind), owner=0, made_at=0.0)
    found = await review.ask("s", "app", entry)
    await review.finish()
    return found


SETTINGS = read({"app": "https://example.com/call", "carrier": "simulated"}, {})


async def test_warnings_go_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    event = replied(MENU)
    assert await reviewed(event) is event
    (line,) = [one for one in caplog.messages if "CV401" in one]
    assert line.startswith("call s: https://example.com/menu replied: CV401 ")
    assert line.endswith(" (/0/verb)")


@pytest.mark.parametrize("body", ["", "{", "null", '[{"verb": "sey"}]', '[{"verb": "say", "text": "a"}, {"verb": "hangup"}]'])
async def test_no_warning_about_a_reply_that_is_right_or_cannot_run(caplog: pytest.LogCaptureFixture, body: str) -> None:
    await reviewed(replied(body))
    assert [one for one in caplog.records if one.levelno >= logging.WARNING] == []


async def test_a_reply_that_is_not_run_is_not_linted(caplog: pytest.LogCaptureFixture) -> None:
    await reviewed(replied(MENU), "status")
    await reviewed(HookFailed(id="s:1", n=1, status=500, reason="no"))
    assert caplog.messages == []
