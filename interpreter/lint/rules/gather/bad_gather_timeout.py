"""The rule bad-gather-timeout (CV406)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic
from callverbs.verbs.parts.gather_spec import GatherSpec


class BadGatherTimeout(Rule, code="CV406", severity=WARNING):
    """`timeout` of a gather for keys is 0, or less, which counts as 0: it waits without limit. The default is 15 seconds.

    Why: a caller who presses nothing waits until somebody hangs up.

    Bad:

        [{"verb": "gather", "numDigits": 1, "timeout": 0, "actionHook": "/menu"}]

    Good:

        [{"verb": "gather", "numDigits": 1, "timeout": 10, "actionHook": "/menu"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in document.all_verbs("gather"):
            if isinstance(verb.spec, GatherSpec) and verb.number("timeout") == 0 and not verb.spec.wants_speech:
                adjusted = [one.path for one in verb.item.adjusted]
                if ("timeout",) not in adjusted:
                    yield self.diagnostic((*verb.path, "timeout"), "0 waits without limit: a caller who presses nothing waits for ever")
