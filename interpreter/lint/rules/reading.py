"""Pages of what the reader of a text complains of: rules that look at characters, before there is a value."""

from typing import ClassVar

from interpreter.lint.finding import Severity
from interpreter.lint.rules._rule import Rule


class Unreadable(Rule):
    """The text is not JSON, or not YAML.

    The message says what stands there and what was expected; the place is that of the mistake, as far as it can be known.

    Why: nothing of the document runs. A new caller is rejected, and a hook's reply changes nothing.

    Bad:

        [{"verb": "say", "text": "Hello"},]

    Good:

        [{"verb": "say", "text": "Hello"}]
    """

    code: ClassVar[str] = "CV001"
    name: ClassVar[str] = "unreadable"
    severity: ClassVar[Severity] = "error"


class DuplicateKey(Rule):
    """An object has the same property twice. The finding stands at the second one.

    Why: readers of JSON and YAML silently keep the last one, so half of what the author wrote is never heard.

    Bad:

        [{"verb": "say", "text": "Good morning", "text": "Goodbye"}]

    Good:

        [{"verb": "say", "text": ["Good morning", "Goodbye"]}]
    """

    code: ClassVar[str] = "CV002"
    name: ClassVar[str] = "duplicate-key"
    severity: ClassVar[Severity] = "error"


class AmbiguousScalar(Rule):
    """A YAML scalar without quotes that other readers take for something else.

    callverbs reads a plain scalar as a number where JSON would call it one, as true, false or null, and as text otherwise. So
    `+14155550100`, `0044`, `12:30`, `yes` and `2026-01-01` are text here, which is what an author of telephone numbers means.

    Why: callverbs runs the document as it is meant. Another tool that reads it may dial 14155550100, or say "false" for `no`.

    Bad:

        - verb: tag
          data:
            callback: +14155550100

    Good:

        - verb: tag
          data:
            callback: "+14155550100"
    """

    code: ClassVar[str] = "CV005"
    name: ClassVar[str] = "ambiguous-scalar"
    severity: ClassVar[Severity] = "info"


class TooDeep(Rule):
    """Lists and objects are nested a hundred deep, an alias contains itself, or aliases multiply the document.

    Why: such a text is a mistake, or an attack: a few lines of it become gigabytes in the memory of whoever reads it, and every
    call on that machine suffers.

    Bad:

        - verb: tag
          data: &all
            again: *all

    Good:

        - verb: tag
          data: &greeting
            text: Hello
        - verb: say
          <<: *greeting
    """

    code: ClassVar[str] = "CV007"
    name: ClassVar[str] = "too-deep"
    severity: ClassVar[Severity] = "error"


class LostInComment(Rule):
    """In YAML, a value is missing, and a # stands in its place: what follows it is a comment.

    Why: the key that should end the input, of all keys, is the one that is lost, and a caller presses it in vain.

    Bad:

        - verb: gather
          finishOnKey: #
          actionHook: /pin

    Good:

        - verb: gather
          finishOnKey: "#"
          actionHook: /pin
    """

    code: ClassVar[str] = "CV010"
    name: ClassVar[str] = "lost-in-comment"
    severity: ClassVar[Severity] = "error"
    hides: ClassVar[tuple[str, ...]] = ("CV104", "CV105", "CV402")
