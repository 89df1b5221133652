"""The rule loop-of-none (CV510)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, Fix


class LoopOfNone(Rule, code="CV510", severity=WARNING):
    """`loop` is 0.

    It counts as 1, as in jambonz' code. jambonz' documentation says that 0 repeats without end; write `forever` for that.

    Why: if the music should be repeated, the caller hears it once, and then silence.

    Bad:

        [{"verb": "play", "url": "https://example.com/waves.mp3", "loop": 0}]

    Good:

        [{"verb": "play", "url": "https://example.com/waves.mp3", "loop": "forever"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in document.all_verbs():
            loop = verb.item.body.get("loop")
            is_zero = set(loop) == {"0"} if isinstance(loop, str) else loop == 0 and not isinstance(loop, bool)
            if verb.item.name in ("say", "play") and is_zero:
                message = "0 means once: write 1, or forever to repeat it without end"
                yield self.diagnostic((*verb.path, "loop"), message, fix=Fix("replace", 1, safe=False))
