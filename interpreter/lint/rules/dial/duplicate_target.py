"""The rule duplicate-target (CV303)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, Fix
from callverbs.verbs.language.target import Target


class DuplicateTarget(Rule, code="CV303", severity=WARNING):
    """The same number, user or SIP URI is listed twice among the targets. The finding is at the second one.

    Why: each address is called once. Probably another phone was meant, and it never rings.

    Bad:

        - verb: dial
          actionHook: /dialed
          target: [{type: phone, number: "+14155550100"}, {type: phone, number: "+14155550100"}]

    Good:

        - verb: dial
          actionHook: /dialed
          target: [{type: phone, number: "+14155550100"}, {type: phone, number: "+14155550101"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in document.all_verbs():
            seen: set[str] = set()
            targets: list[Target] = getattr(verb.spec, "target", [])
            for index, target in enumerate(targets):
                if target.identity in seen:
                    message = f"{target.label} is among the targets already; it is called once"
                    yield self.diagnostic((*verb.path, "target", index), message, fix=Fix("remove", safe=target in targets[:index]))
                seen.add(target.identity)
