"""The rule unreadable (CV001)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class Unreadable(Rule, code="CV001", severity=ERROR):
    """The text is not JSON, or not YAML.

    The message says what was found and what was expected. The position is that of the mistake, as far as it can be known.

    Why: nothing of the document runs. A new call is rejected, and the reply of a hook changes nothing.

    Bad:

        [{"verb": "say", "text": "Hello"},]

    Good:

        [{"verb": "say", "text": "Hello"}]
    """
