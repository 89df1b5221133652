"""The rule missing-property (CV103)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class MissingProperty(Rule, code="CV103", severity=ERROR):
    """A required property is missing.

    Why: a say without text says nothing, a play without url plays nothing.

    Bad:

        [{"verb": "pause"}]

    Good:

        [{"verb": "pause", "length": 2}]
    """
