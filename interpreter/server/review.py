"""Lints the replies of hooks, and logs the warnings. Errors are not logged here: the engine refuses such a reply and records why.

The reply is linted in a thread while the call continues with it.
"""

import asyncio
import logging
from collections.abc import Mapping

from msgspec.structs import replace

from callverbs.interpreter.engine.session import OutboxEntry
from callverbs.interpreter.lint.batch import lint_with
from callverbs.interpreter.lint.context import DEFAULT_CONTEXT, LintContext
from callverbs.interpreter.lint.selection import DEFAULT_PROFILE, RuleConfig, codes_of
from callverbs.interpreter.runtime.ports import HooksPort
from callverbs.interpreter.server.settings import Settings
from callverbs.interpreter.text.source import JSON, Source
from callverbs.verbs.language.events import Event, HookReplied
from callverbs.verbs.language.messages import HookRequest

LOG = logging.getLogger("callverbs")
UNREAD_KINDS = ("status", "notify", "data")
"""Requests whose replies are not run."""


def lint_contexts(settings: Settings) -> dict[str, LintContext]:
    """Returns what the settings say of each application's documents, by the name of the application."""
    return {
        one.name: LintContext(
            dialect=one.app.dialect,
            api=settings.carrier.api,
            base_url=one.app.base_url or None,
            numbers=tuple(number for number in one.numbers if number.startswith("+")),
            trunks=tuple(one.app.trunks),
        )
        for one in settings.applications
    }


class ReplyReview:
    """Sends requests through another hook client, and lints the replies. `contexts` are by the name of the application."""

    def __init__(self, hooks: HooksPort, contexts: Mapping[str, LintContext]) -> None:
        self._hooks = hooks
        self._contexts = contexts
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, session: str, app: str, entry: OutboxEntry) -> Event:
        """Returns the other client's result at once and unchanged. Its reply is linted in the background."""
        event = await self._hooks.ask(session, app, entry)
        request = entry.message
        if isinstance(event, HookReplied) and isinstance(request, HookRequest) and request.kind not in UNREAD_KINDS and event.body.strip():
            task = asyncio.create_task(asyncio.to_thread(self._lint, session, app, request.url, event.body))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return event

    async def finish(self) -> None:
        """Waits for replies that are being linted."""
        await asyncio.gather(*self._tasks)

    def _lint(self, session: str, app: str, url: str, body: str) -> None:
        address = url.partition("#")[0]
        context = replace(self._contexts.get(app, DEFAULT_CONTEXT), address=address)
        config = RuleConfig(codes=frozenset(codes_of(DEFAULT_PROFILE)), context=context)
        for one in lint_with(Source(address, body, [], JSON), config):
            if one.severity == "warning":  # an error is a problem of the call, which is logged there
                LOG.warning("call %s: %s replied: %s %s (%s)", session, address, one.code, one.message, one.pointer or "/")
