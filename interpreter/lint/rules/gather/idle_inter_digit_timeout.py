"""The rule idle-inter-digit-timeout (CV411)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, Fix
from callverbs.verbs.gather import GatherSpec


class IdleInterDigitTimeout(Rule, code="CV411", severity=WARNING):
    """`interDigitTimeout` without `minDigits`.

    It counts only when there are `minDigits` keys, and `minDigits` has no default, whatever the documentation of jambonz says. From
    then on it takes the place of the rest of `timeout`, so that it may well be longer than that.

    Why: the caller has typed everything and waits in silence until `timeout` is over; then the keys are thrown away, because
    nobody has said how many are enough.

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
                    "this has no effect without minDigits: the time between keys counts only when there are that many",
                    at_key=True,
                    fix=Fix("add", {"minDigits": 1}, safe=False, path=verb.path),
                )
