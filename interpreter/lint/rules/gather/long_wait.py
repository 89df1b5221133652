"""The rule long-wait (CV412)."""

from collections.abc import Iterator

from callverbs import schemas
from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic
from callverbs.verbs import schema_name

LONGEST = "x-longest"
"""The keyword of a schema for the longest time, in seconds, that an author can mean."""
MILLISECONDS_MIN, MILLISECONDS_STEP, MINUTE = 200, 50, 60
"""From here on, a multiple of 50 that is no whole number of minutes is more probably milliseconds."""


class LongWait(Rule, code="CV412", severity=WARNING):
    """A caller would wait for minutes: a `gather` for more than 120 seconds, a `pause` of more than 600.

    Less is reported, too, if it looks like milliseconds: 200 and more, a multiple of 50, and no whole number of minutes, such as 500.

    Why: times are in seconds. The author of `timeout: 5000` probably means milliseconds, and the caller hears nothing for 83 minutes.

    Bad:

        - verb: gather
          actionHook: /menu
          numDigits: 1
          timeout: 5000
          say: {text: Press 1 for sales.}
        - verb: say
          text: Goodbye.

    Good:

        - verb: gather
          actionHook: /menu
          numDigits: 1
          timeout: 5
          say: {text: Press 1 for sales.}
        - verb: say
          text: Goodbye.
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in document.all_verbs():
            limits = schemas.load(schema_name(verb.item.name))["properties"]
            for key, limit in ((key, schema[LONGEST]) for key, schema in limits.items() if LONGEST in schema):
                seconds = verb.number(key)
                if (
                    seconds
                    and (seconds > limit or self._looks_like_milliseconds(seconds))
                    and not self._is_adjusted(verb.item.adjusted, key)
                ):
                    minutes = f"{seconds / 60:.1f}".removesuffix(".0")
                    hint = f": write {seconds / 1000:g} if milliseconds are meant" if seconds % MILLISECONDS_STEP == 0 else ""
                    yield self.diagnostic((*verb.path, key), f"{key} is in seconds, so this is {minutes} minutes{hint}")

    def _looks_like_milliseconds(self, seconds: float) -> bool:
        return seconds >= MILLISECONDS_MIN and seconds % MILLISECONDS_STEP == 0 and seconds % MINUTE != 0

    def _is_adjusted(self, adjusted: list[Diagnostic], key: str) -> bool:
        """Returns whether a value has been reported and replaced already."""
        return any(one.path == (key,) for one in adjusted)
