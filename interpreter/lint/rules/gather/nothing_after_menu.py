"""The rule nothing-after-menu (CV410)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import INFO
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic
from callverbs.verbs.parts.gather_spec import GatherSpec


class NothingAfterMenu(Rule, code="CV410", severity=INFO):
    """A menu is the last verb: a gather with a prompt, for one key.

    Why: a caller who presses nothing is hung up without a word, unless the hook replies with verbs; and so is every caller while the
    application is down. Write a second try, or a dial to a person, after the menu.

    Bad:

        [{"verb": "gather", "numDigits": 1, "say": {"text": "Press 1 for sales."}, "actionHook": "/menu"}]

    Good:

        - verb: gather
          numDigits: 1
          actionHook: /menu
          say: {text: Press 1 for sales.}
        - verb: say
          text: We have not heard anything. Goodbye.
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for program in document.programs:
            last = program[-1] if program else None
            spec = last.spec if last else None
            if not (last and isinstance(spec, GatherSpec) and document.is_last(last)):
                continue
            if spec.action_hook and spec.wants_keys and spec.most_digits == 1 and spec.prompt:
                path, at_key = last.name_location
                yield self.diagnostic(path, "nothing follows if no key is pressed, or if the hook fails: the caller is hung up", at_key)
