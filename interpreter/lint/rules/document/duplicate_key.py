"""The rule duplicate-key (CV002)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class DuplicateKey(Rule, code="CV002", severity=ERROR):
    """An object has the same property twice. The finding is at the second one.

    Why: readers of JSON and YAML silently keep the last one, so the caller never hears the first one.

    Bad:

        [{"verb": "say", "text": "Good morning", "text": "Goodbye"}]

    Good:

        [{"verb": "say", "text": ["Good morning", "Goodbye"]}]
    """
