"""The rule word-for-boolean (CV012)."""

from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule


class WordForBoolean(Rule, code="CV012", severity=WARNING):
    """In YAML, a text is yes, no, on or off without quotes: many readers take it for true or false.

    callverbs reads it as text. jambonz's tools, and scripts that read the file before callverbs, may not.

    Why: the caller hears "false" for `text: No`, or a menu loses its answer.

    Bad:

        - verb: say
          text: No

    Good:

        - verb: say
          text: "No"
    """
