"""The rule unheard-end-key (CV414)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.gathers import key_gathers
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic

KEY_NAMES = {"#": "hash", "*": "star"}


class UnheardEndKey(Rule, code="CV414", severity=WARNING):
    """The prompt asks for the hash or star key to end the input, and `finishOnKey` is missing, or is another key.

    There is no default. Common wordings in English, German, Spanish, French, Italian, Dutch, Portuguese and Polish are recognised.

    Why: the key counts as one more digit, or goes to the next verb, and the caller waits until the time is over.

    Bad:

        - verb: gather
          actionHook: /account
          minDigits: 1
          say: {text: "Type your account number, followed by the hash key."}

    Good:

        - verb: gather
          actionHook: /account
          finishOnKey: "#"
          say: {text: "Type your account number, followed by the hash key."}
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for gather in key_gathers(document):
            asked = {key: one.text.path for one in gather.prompts for key in one.end_keys}
            if gather.spec.most_digits == 1 or not asked or gather.spec.finish_on_key in asked:
                continue
            key, path = next(iter(asked.items()))
            actual = f"finishOnKey is {gather.spec.finish_on_key}" if gather.spec.finish_on_key else "there is no finishOnKey"
            yield self.diagnostic(path, f'this asks for the {KEY_NAMES[key]} key, and {actual}: write finishOnKey: "{key}"')
