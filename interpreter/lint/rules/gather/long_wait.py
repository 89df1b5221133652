"""The rule long-wait (CV412)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic

LIMITS_SECONDS = {"gather": ("timeout", 120.0), "pause": ("length", 600.0)}
"""By verb, its property and the longest time that an author can mean (proposed as the bound of a gather's timeout)."""


class LongWait(Rule, code="CV412", severity=WARNING):
    """A caller would wait in silence for minutes: a `gather` for more than 120 seconds, a `pause` of more than 600.

    Why: times are in seconds. The author of `timeout: 5000` probably means milliseconds, and the caller hears nothing for 83 minutes.

    Bad:

        - verb: gather
          actionHook: /menu
          timeout: 5000
          say: {text: Press 1 for sales.}
        - verb: say
          text: Goodbye.

    Good:

        - verb: gather
          actionHook: /menu
          timeout: 5
          say: {text: Press 1 for sales.}
        - verb: say
          text: Goodbye.
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in document.all_verbs():
            key, limit = LIMITS_SECONDS.get(verb.item.name, ("", 0.0))
            seconds = verb.number(key)
            if key and seconds and seconds > limit:
                yield self.diagnostic((*verb.path, key), f"{key} is in seconds: the caller waits for {seconds / 60:.0f} minutes in silence")
