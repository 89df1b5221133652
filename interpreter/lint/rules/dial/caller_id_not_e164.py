"""The rule caller-id-not-e164 (CV308)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, ValuePath
from callverbs.verbs.language.phone_number import e164


class CallerIdNotE164(Rule, code="CV308", severity=WARNING):
    """The calling number is not in E.164: `callerId`, or `from.user` of a target.

    A missing plus is not reported: callverbs adds it to 8 to 15 digits that begin with the country code, and removes separators (CV327).

    Why: the carrier would refuse the call. callverbs calls from our own number instead, so the target does not see the chosen one.

    Bad:

        - verb: dial
          actionHook: /dialed
          callerId: dial_user
          target: [{type: phone, number: "+14155550100"}]

    Good:

        - verb: dial
          actionHook: /dialed
          callerId: "+14155550199"
          target: [{type: phone, number: "+14155550100"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in document.all_verbs():
            if verb.type.command not in ("dial", "transfer"):
                continue
            caller_ids: list[tuple[ValuePath, str | None]] = [(("callerId",), verb.text("callerId"))]
            for index, target in enumerate(verb.elements("target")):
                from_ = target.get("from") if isinstance(target, dict) else None
                if isinstance(from_, dict) and isinstance(from_.get("user"), str):
                    caller_ids.append((("target", index, "from", "user"), from_["user"]))
            for path, number in caller_ids:
                if number and not e164(number):
                    yield self.diagnostic(
                        (*verb.path, *path),
                        f"{number} is not a number in E.164, so no call can come from it: write + and the country code",
                    )
