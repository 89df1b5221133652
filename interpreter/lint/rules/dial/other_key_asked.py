"""The rule other-key-asked (CV329)."""

import re
from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.spoken_texts import FILE_SCHEMES
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic

KEY = re.compile(r"(?<![0-9])[0-9](?![0-9])")
"""A key in a text; more digits together are a number."""


class OtherKeyAsked(Rule, code="CV329", severity=WARNING):
    """`confirm` of a transfer asks for another key than the one that accepts.

    Why: the first key decides. Who presses what the prompt says declines, and nobody is ever connected.

    Bad:

        - verb: transfer
          mode: blind
          actionHook: /transferred
          confirm: {prompt: Press 1 to take the call., digit: "2"}
          target: [{type: phone, number: "+14155550100"}]

    Good:

        - verb: transfer
          mode: blind
          actionHook: /transferred
          confirm: {prompt: Press 1 to take the call., digit: "1"}
          target: [{type: phone, number: "+14155550100"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in document.all_verbs("transfer"):
            confirm = verb.item.body.get("confirm")
            if not verb.spec or not isinstance(confirm, dict) or confirm["prompt"].startswith(FILE_SCHEMES):
                continue
            keys = KEY.findall(confirm["prompt"])
            if keys and confirm["digit"] not in keys:
                why = f"the prompt asks for {' or '.join(dict.fromkeys(keys))}, and {confirm['digit']} accepts: make them the same"
                yield self.diagnostic((*verb.path, "confirm", "digit"), why)
