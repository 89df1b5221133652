"""The rule former-name (CV107)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, Fix

FORMER_NAMES = {"components/target": {"url": ("confirmHook", "Cognigy's page of dial still has the old name")}}
"""By part of the schemas, the former names of its properties, their present names, and who still uses the former ones."""


class FormerName(Rule, code="CV107", severity=ERROR, hides=("CV102",)):
    """A property is written with its former name. The message gives the present name.

    Why: jambonz and callverbs refuse unknown names: the document is not run. A dial whose target has `url` instead of `confirmHook`
    calls nobody.

    Bad:

        [{"verb": "dial", "actionHook": "/dialed", "target": [{"type": "phone", "number": "+14155550100", "url": "/screen"}]}]

    Good:

        [{"verb": "dial", "actionHook": "/dialed", "target": [{"type": "phone", "number": "+14155550100", "confirmHook": "/screen"}]}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in document.main_program:
            for part, names in FORMER_NAMES.items():
                for path, value in verb.find_all(part):
                    for old, (new, user) in names.items():
                        if isinstance(value, dict) and old in value:
                            fix = None if new in value else Fix("rename", new)
                            yield self.diagnostic((*path, old), f"{old} is called {new} now ({user})", True, fix)
