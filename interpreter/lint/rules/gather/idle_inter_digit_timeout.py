"""The rule idle-inter-digit-timeout (CV411)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, Fix
from callverbs.verbs.parts.gather_spec import GatherSpec


class IdleInterDigitTimeout(Rule, code="CV411", severity=WARNING):
    """`interDigitTimeout` without `minDigits`.

    It takes effect only after `minDigits` keys, and `minDigits` has no default, although the documentation of jambonz says so. Then it
    replaces the rest of `timeout`, and may be longer.

    Why: the caller has pressed all keys and waits in silence until `timeout` is over. Then the keys are discarded, because the
    document does not say how many are enough.

    Bad:

        [{"verb": "gather", "maxDigits": 8, "interDigitTimeout": 3, "actionHook": "/account"}]

    Good:

        [{"verb": "gather", "minDigits": 1, "maxDigits": 8, "interDigitTimeout": 3, "actionHook": "/account"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in document.all_verbs("gather"):
            spec = verb.spec
            if (
                isinstance(spec, GatherSpec)
                and spec.wants_keys
                and spec.inter_digit_timeout
                and spec.min_digits is None
                and spec.most_digits > 1
            ):
                yield self.diagnostic(
                    (*verb.path, "interDigitTimeout"),
                    "this has no effect without minDigits: the time between keys counts only after that many keys, so add minDigits",
                    at_key=True,
                    fix=Fix("add", {"minDigits": 1}, safe=False, path=verb.path),
                )
