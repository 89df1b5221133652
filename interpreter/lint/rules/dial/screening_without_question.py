"""The rule screening-without-question (CV312)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.screening import screening_hooks
from callverbs.interpreter.lint.facts.targets import racing_phones
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic
from callverbs.verbs.parts.gather_spec import GatherSpec


class ScreeningWithoutQuestion(Rule, code="CV312", severity=WARNING):
    """A screening that a machine passes, or that never ends. The rule needs `replies` in the settings for the hook.

    A callee who is still connected at the end of the verbs has accepted. So if several phones ring, a screening needs a `gather` with
    an `actionHook`, and a `hangup` after it for callees who press nothing; and no gather may wait without limit (`timeout: 0`).

    Why: a voicemail stays until the end of the announcement, and wins the call; or callverbs waits for its keys, while the caller
    hears the ringback.

    Bad:

        # /announce is answered by a say alone
        - verb: dial
          actionHook: /dialed
          confirmHook: /announce
          target: [{type: phone, number: "+14155550100"}, {type: phone, number: "+14155550101"}]

    Good:

        # /screen is answered by a gather and a hangup
        - verb: dial
          actionHook: /dialed
          confirmHook: /screen
          target: [{type: phone, number: "+14155550100"}, {type: phone, number: "+14155550101"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in document.all_verbs("dial"):
            for path, url in screening_hooks(verb):
                reply = document.follow(url)
                if reply is None or reply.diagnostics:
                    continue
                gathers = [one.spec for one in reply.main_program if isinstance(one.spec, GatherSpec)]
                asks = any(gather.wants_keys and gather.action_hook for gather in gathers)
                hangs_up = any(one.type.ends_call for one in reply.main_program)
                if any(not gather.timeout for gather in gathers):
                    yield self.diagnostic(path, f"{url} waits for a key without limit (timeout: 0), and a machine presses none")
                elif racing_phones(verb) and not asks and not hangs_up:
                    yield self.diagnostic(path, f"{url} asks for no key, so the first voicemail that stays until its end takes the call")
