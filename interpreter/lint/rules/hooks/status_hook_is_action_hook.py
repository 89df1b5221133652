"""The rule status-hook-is-action-hook (CV611)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.exits import hook_exits
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.replies import hook_address
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class StatusHookIsActionHook(Rule, code="CV611", severity=WARNING):
    """The statusHook of a redirect is a hook that the document asks for verbs, too.

    Why: from then on the application receives the status of every leg at the URL where it also replies with verbs. callverbs ignores
    these verbs, and the application may count a status event as a new call.

    Bad:

        [{"verb": "redirect", "actionHook": "/next", "statusHook": "/next"}]

    Good:

        [{"verb": "redirect", "actionHook": "/next", "statusHook": "/status"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        asked = {hook_address(one.url, document.context) for verb in document.main_program for one in hook_exits(verb)}
        for verb in document.all_verbs("redirect"):
            hook, path = verb.item.body.get("statusHook"), (*verb.path, "statusHook")
            if isinstance(hook, dict):
                hook, path = hook.get("url"), (*path, "url")
            if isinstance(hook, str) and hook_address(hook, document.context) in asked:
                yield self.diagnostic(path, "this hook is asked for verbs, too: give the call status a URL of its own")
