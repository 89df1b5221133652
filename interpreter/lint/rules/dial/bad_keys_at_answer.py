"""The rule bad-keys-at-answer (CV325)."""

import re
from collections.abc import Iterator

from callverbs import schemas
from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.targets import calling_verbs, targets_of
from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class BadKeysAtAnswer(Rule, code="CV325", severity=ERROR):
    """Keys to send at the answer that the carrier cannot send: it knows 0-9, A-D, *, #, w for half a second and W for a second.

    They are written after a comma in a target's `number`, or in `carrier.send_digits_on_answer`: 64 at the most.

    Why: the carrier refuses the call, and no phone rings.

    Bad:

        [{"verb": "dial", "target": [{"type": "phone", "number": "+14155550100,p123"}], "actionHook": "/dialed"}]

    Good:

        [{"verb": "dial", "target": [{"type": "phone", "number": "+14155550100,w123"}], "actionHook": "/dialed"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        limits = schemas.load("components/limits")["$defs"]["send_digits"]
        for verb in calling_verbs(document):
            for target in targets_of(verb):
                _, comma, keys = target.text("number").partition(",") if target.type == "phone" else ("", "", "")
                path = (*target.path, "number")
                if comma and not keys:
                    yield self.diagnostic(path, "the keys to send at the answer are missing after the comma")
                elif len(keys) > limits["maxLength"]:
                    yield self.diagnostic(
                        path, f"the carrier sends at most {limits['maxLength']} keys at the answer, and these are {len(keys)}"
                    )
                elif not re.search(limits["pattern"], keys):
                    yield self.diagnostic(path, f"{keys} cannot be sent at the answer: keys are 0-9 A-D * #, and w and W for pauses")
