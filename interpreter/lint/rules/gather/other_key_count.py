"""The rule other-key-count (CV415)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.gathers import KeyGather, key_gathers
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class OtherKeyCount(Rule, code="CV415", severity=WARNING):
    """The prompt asks for another number of keys than the gather: for one ("press 1") where it wants more, for a 4-digit PIN where it
    wants five keys, for an account number where it wants one.

    A single key is not reported where `finishOnKey` or `minDigits: 1` lets it through. Common wordings in English, German, Spanish,
    French, Italian, Dutch, Portuguese and Polish are recognised.

    Why: the caller presses 1 as told, and the gather waits for another key until the time is over. Or the gather ends with the first
    key of the number, and the others are taken for the answer to the next question.

    Bad:

        - verb: gather
          actionHook: /menu
          numDigits: 2
          say: {text: "Press 1 for sales, or 2 for support."}

    Good:

        - verb: gather
          actionHook: /menu
          numDigits: 1
          say: {text: "Press 1 for sales, or 2 for support."}
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for gather in key_gathers(document):
            if found := self._explain(gather):
                key, reason = found
                yield self.diagnostic((*gather.verb.path, key), reason)

    def _explain(self, gather: KeyGather) -> tuple[str, str] | None:
        """Returns the property that does not fit the prompt, and why; None where all do."""
        spec = gather.spec
        least, most = spec.min_digits or spec.num_digits or 0, spec.num_digits or spec.max_digits or 0
        least_key, most_key = "minDigits" if spec.min_digits else "numDigits", "numDigits" if spec.num_digits else "maxDigits"
        if gather.single_key and not spec.finish_on_key and least > 1:
            return least_key, f"the prompt asks for one key ({gather.single_key}), which is not reported: {least_key} is {least}"
        if gather.single_key:
            return None
        count = gather.key_count
        if count and most and count > most:
            return most_key, f"the prompt asks for {count} keys, and the input ends at {most}: {most_key} is {most}"
        if count and least and count < least:
            return least_key, f"the prompt asks for {count} keys, and fewer than {least} are not reported: {least_key} is {least}"
        if not count and most == 1 and gather.number_name:
            return most_key, f"the prompt asks for a number ({gather.number_name}), and the input ends at its first key: {most_key} is 1"
        return None
