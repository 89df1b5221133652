"""The base of every rule: a code that stays for ever, a name, a severity, and a docstring that is its page.

The page says what it is, why it hurts a caller, and shows a document with the mistake (`Bad:`) and one without (`Good:`); a test
lints both.
"""

from collections.abc import Iterator
from typing import ClassVar, Literal

from interpreter.lint.document import Document
from interpreter.lint.finding import Severity
from interpreter.text.place import Steps
from schemas import Fault, Fix

Profile = Literal["minimal", "recommended", "strict"]
PROFILES: tuple[Profile, ...] = ("minimal", "recommended", "strict")
"""From the laxest to the strictest; each has all rules of those before it."""


class Rule:
    """Something that can be wrong with a document."""

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    profile: ClassVar[Profile] = "recommended"
    """The least strict profile that it belongs to. What would hurt a call belongs to every one, unless its class says otherwise."""
    hides: ClassVar[tuple[str, ...]] = ()
    """Codes of what only follows from it, at the same place."""

    def __init_subclass__(cls) -> None:
        if getattr(cls, "severity", "") == "error" and "profile" not in vars(cls):
            cls.profile = "minimal"

    def check(self, document: Document) -> Iterator[Fault]:
        """What a document has of it, by path, and never by line."""
        return iter(())

    def fault(self, path: Steps, message: str, at_key: bool = False, fix: Fix | None = None) -> Fault:
        """A fault of this rule."""
        return Fault(path, self.code, message, at_key, fix)
