"""How keys are collected."""

from collections.abc import Iterator
from typing import ClassVar

from interpreter.lint.document import Document
from interpreter.lint.finding import Severity
from interpreter.lint.rules._rule import Rule
from schemas import Fault


class GatherWithoutHook(Rule):
    """A gather has no actionHook.

    Why: the caller chooses, and nobody is told: what was pressed is thrown away, and the next verb runs.

    Bad:

        [{"verb": "gather", "numDigits": 1, "say": {"text": "Press 1 for sales."}}]

    Good:

        [{"verb": "gather", "numDigits": 1, "say": {"text": "Press 1 for sales."}, "actionHook": "/menu"}]
    """

    code: ClassVar[str] = "CV401"
    name: ClassVar[str] = "gather-without-hook"
    severity: ClassVar[Severity] = "warning"

    def check(self, document: Document) -> Iterator[Fault]:
        for written in document.each("gather"):
            if written.spec and "actionHook" not in written.item.body:
                path, at_key = written.named
                yield self.fault(path, "what is pressed is told to nobody: actionHook is missing", at_key)


class BadInput(Rule):
    """`input` is empty, or holds something else than digits and speech. The keys are called digits, not dtmf.

    Why: the gather listens for nothing, and the caller presses keys in vain until the time is over.

    Bad:

        [{"verb": "gather", "input": ["dtmf"], "actionHook": "/menu"}]

    Good:

        [{"verb": "gather", "input": ["digits"], "actionHook": "/menu"}]
    """

    code: ClassVar[str] = "CV402"
    name: ClassVar[str] = "bad-input"
    severity: ClassVar[Severity] = "error"


class BadDigitCount(Rule):
    """`numDigits`, `minDigits` or `maxDigits` is less than 1, or more than the 128 keys that the carrier collects.

    Why: the carrier refuses the command, and the caller's keys are not heard.

    Bad:

        [{"verb": "gather", "numDigits": 0, "actionHook": "/menu"}]

    Good:

        [{"verb": "gather", "numDigits": 1, "actionHook": "/menu"}]
    """

    code: ClassVar[str] = "CV403"
    name: ClassVar[str] = "bad-digit-count"
    severity: ClassVar[Severity] = "error"


class ContradictoryCounts(Rule):
    """`numDigits`, `minDigits` and `maxDigits` contradict each other.

    The collection is complete at `numDigits` or at `maxDigits`, whichever comes first; `minDigits` says how many make a result
    when the time is over. So `minDigits` may be less than `numDigits`, and no other combination of the two makes sense.

    Why: the caller can never enter what was meant to be entered.

    Bad:

        [{"verb": "gather", "minDigits": 6, "maxDigits": 4, "actionHook": "/pin"}]

    Good:

        [{"verb": "gather", "minDigits": 4, "maxDigits": 6, "actionHook": "/pin"}]
    """

    code: ClassVar[str] = "CV404"
    name: ClassVar[str] = "contradictory-digit-counts"
    severity: ClassVar[Severity] = "error"

    def check(self, document: Document) -> Iterator[Fault]:
        for written in document.each("gather"):
            exact, least, most = (written.number(key) for key in ("numDigits", "minDigits", "maxDigits"))
            if exact and most and exact != most:
                yield self.fault((*written.path, "maxDigits"), f"numDigits is {exact:g}, maxDigits {most:g}: the smaller ends the input")
            elif least and (end := exact or most) and least > end:
                yield self.fault((*written.path, "minDigits"), f"minDigits is {least:g}, and the input is over at {end:g} already")


class BadFinishKey(Rule):
    """`finishOnKey` is not one key: 0 to 9, * or #.

    Why: the caller presses the key that should end the input, and it is one more digit.

    Bad:

        [{"verb": "gather", "finishOnKey": "pound", "actionHook": "/pin"}]

    Good:

        [{"verb": "gather", "finishOnKey": "#", "actionHook": "/pin"}]
    """

    code: ClassVar[str] = "CV405"
    name: ClassVar[str] = "bad-finish-key"
    severity: ClassVar[Severity] = "error"


class BadTimeout(Rule):
    """`timeout` of a gather is less than 0. 0 waits for ever; without it, 15 seconds.

    Why: there is no time in which a caller could press anything.

    Bad:

        [{"verb": "gather", "timeout": -1, "actionHook": "/menu"}]

    Good:

        [{"verb": "gather", "timeout": 10, "actionHook": "/menu"}]
    """

    code: ClassVar[str] = "CV406"
    name: ClassVar[str] = "bad-gather-timeout"
    severity: ClassVar[Severity] = "error"
