"""The rule too-deep (CV007)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class TooDeep(Rule, code="CV007", severity=ERROR):
    """Lists and objects are nested a hundred deep, an alias contains itself, or aliases multiply the document.

    Why: such a text is a mistake, or an attack: a few lines become gigabytes in memory when they are read, and all calls on the
    machine suffer.

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
