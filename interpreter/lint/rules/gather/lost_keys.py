"""The rule lost-keys (CV413)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.gathers import KeyGather, key_gathers
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, Fix


class LostKeys(Rule, code="CV413", severity=WARNING):
    """A gather does not say when the keys are complete: it has no `numDigits`, no `minDigits` and no `finishOnKey`.

    Keys are reported when there are `numDigits` or `maxDigits` of them, when `finishOnKey` is pressed, or when the time is over and
    there are `minDigits`. Otherwise the hook hears `timeout`, and the keys are discarded; as in jambonz. So `maxDigits` alone reports
    exactly that many keys, and no fewer.

    Why: the caller presses 1, waits in silence for 15 seconds, and hears that nothing was pressed.

    Bad:

        - verb: gather
          actionHook: /menu
          say: {text: Press 1 for sales.}
        - verb: say
          text: We have not heard anything. Goodbye.

    Good:

        - verb: gather
          actionHook: /menu
          numDigits: 1
          say: {text: Press 1 for sales.}
        - verb: say
          text: We have not heard anything. Goodbye.
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for gather in key_gathers(document):
            spec = gather.spec
            counts = (spec.num_digits, spec.min_digits, spec.finish_on_key, spec.inter_digit_timeout)  # the last without the others: CV411
            if any(counts) or spec.most_digits == 1 or spec.tries > 1:
                continue
            path, at_key = gather.verb.name_location
            if spec.max_digits:
                message = f"fewer than {spec.max_digits} keys are never reported, the hook hears timeout: add minDigits or finishOnKey"
                yield self.diagnostic((*gather.verb.path, "maxDigits"), message, at_key=True)
            else:
                message = f"the keys are never complete, and the hook hears timeout: {self._advise(gather)}"
                yield self.diagnostic(path, message, at_key, self._fix(gather))

    def _advise(self, gather: KeyGather) -> str:
        if gather.single_key:
            return "add numDigits: 1, as the prompt asks for one key"
        return 'add numDigits, or finishOnKey: "#" if their count varies'

    def _fix(self, gather: KeyGather) -> Fix | None:
        return Fix("add", {"numDigits": 1}, safe=False, path=gather.verb.path) if gather.single_key else None
