"""The base of every rule: a code that never changes, a name, a severity, and a docstring that is its page.

The page says what the rule finds, why that hurts a caller, and shows a document with the mistake (`Bad:`) and one without (`Good:`); a
test lints both.
"""

from collections.abc import Iterator
from typing import ClassVar, Literal

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import ERROR, Severity
from callverbs.schemas import Diagnostic, Fix, ValuePath

Profile = Literal["minimal", "recommended", "strict"]
PROFILES: tuple[Profile, ...] = ("minimal", "recommended", "strict")
"""From the laxest to the strictest; each contains all rules of those before it."""


class Rule:
    """Something that can be wrong with a document: `class NoTarget(Rule, code="CV301", severity=ERROR)` in `no_target.py`.

    `profile` is the least strict one that contains the rule: of an error minimal, else recommended. `hides` are the codes of consequences,
    which are not reported at the same span. A rule without a `check` is the page of a diagnostic of the parser, the schemas or the verbs.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    profile: ClassVar[Profile]
    hides: ClassVar[tuple[str, ...]]

    def __init_subclass__(cls, *, code: str, severity: Severity, profile: Profile | None = None, hides: tuple[str, ...] = ()) -> None:
        cls.code, cls.severity, cls.hides = code, severity, hides
        cls.name = cls.__module__.rpartition(".")[2].replace("_", "-")
        cls.profile = profile or ("minimal" if severity == ERROR else "recommended")

    def check(self, document: Document) -> Iterator[Diagnostic]:
        """Yields a diagnostic, with a path and without a line, for every occurrence in a document."""
        return iter(())

    def diagnostic(self, path: ValuePath, message: str, at_key: bool = False, fix: Fix | None = None) -> Diagnostic:
        """Returns a diagnostic of this rule."""
        return Diagnostic(path, self.code, message, at_key, fix)
