"""Looks over what hooks reply, as the linter would: what is wrong keeps a reply from running, what is only doubtful goes to the log.

It asks hooks by way of another, and hands every answer on at once; it changes none. The reply is read again in a thread, beside the call.
"""

import asyncio
import logging
from collections.abc import Mapping

from msgspec.structs import replace

from interpreter.lint.judging import judge
from interpreter.lint.selection import USUAL, Terms, codes
from interpreter.lint.surroundings import NOWHERE, Surroundings
from interpreter.sender import HooksPort
from interpreter.server.settings import Settings
from interpreter.session import Entry
from interpreter.text.source import JSON, Source
from verbs._commands import Ask
from verbs._events import Event, HookReplied

LOG = logging.getLogger("callverbs")
UNREAD = ("status", "notify")
"""Questions whose replies nobody runs."""


def surroundings(settings: Settings) -> dict[str, Surroundings]:
    """What a server knows of each application that the linter would have to be told."""
    return {
        one.name: Surroundings(
            dialect=one.app.dialect,
            api=settings.carrier.api,
            base_url=one.app.base_url or None,
            numbers=tuple(number for number in one.numbers if number.startswith("+")),
        )
        for one in settings.applications
    }


class Review:
    """Hooks whose replies are looked over. `surroundings` are those of each application."""

    def __init__(self, hooks: HooksPort, surroundings: Mapping[str, Surroundings]) -> None:
        self._hooks = hooks
        self._surroundings = surroundings
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, session: str, app: str, entry: Entry) -> Event:
        """Ask, and look over the reply behind the call's back."""
        event = await self._hooks.ask(session, app, entry)
        if isinstance(event, HookReplied) and isinstance(entry.wish, Ask) and entry.wish.kind not in UNREAD and event.body.strip():
            task = asyncio.create_task(asyncio.to_thread(self._look, session, app, entry.wish.url, event.body))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return event

    async def finish(self) -> None:
        """Wait for what is being read."""
        await asyncio.gather(*self._tasks)

    def _look(self, session: str, app: str, url: str, body: str) -> None:
        address = url.partition("#")[0]
        there = replace(self._surroundings.get(app, NOWHERE), address=address)
        for one in judge(Source(address, body, [], JSON), Terms(codes=frozenset(codes(USUAL)), surroundings=there)):
            if one.severity == "warning":  # an error is a problem of the call, which is told there
                LOG.warning("call %s: %s replied: %s %s (%s)", session, address, one.code, one.message, one.pointer or "/")
