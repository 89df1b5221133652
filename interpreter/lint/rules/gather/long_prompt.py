"""The rule long-prompt (CV409)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.spoken_texts import texts_of
from callverbs.interpreter.lint.finding import INFO
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic
from callverbs.verbs.parts.gather_spec import GatherSpec

CHARACTERS_PER_SECOND = 15.0
"""Characters that a voice speaks in a second, roughly."""
PROMPT_MAX_SECONDS = 20.0
"""A longer prompt has to be interruptible: callers who call again know it."""


class LongPrompt(Rule, code="CV409", severity=INFO):
    """A prompt of more than about 20 seconds that no key stops: `dtmfBargein` is false, or `listenDuringPrompt` is.

    Why: a caller who has called before knows the key, presses it, and still has to listen to the end. With `listenDuringPrompt:
    false` the key is even lost.

    Bad:

        - verb: gather
          actionHook: /menu
          numDigits: 1
          dtmfBargein: false
          say:
            text: >-
              Welcome to Harbour Books, the shop for everybody who likes the sea. You can find us on the old pier, between the
              lighthouse and the fish market, every day of the week from nine in the morning until six in the evening. Please
              listen to all of our options, because they have changed since you called. Press 1 for orders, or 2 for events.

    Good:

        - verb: gather
          actionHook: /menu
          numDigits: 1
          say: {text: "Welcome to Harbour Books. Press 1 for orders, or 2 for events."}
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        gathers = [one for one in document.all_verbs("gather") if isinstance(one.spec, GatherSpec) and self._ignores_keys(one.spec)]
        prompts = {(*gather.path, "say") for gather in gathers}
        for verb in document.all_verbs("say"):
            if verb.path in prompts:
                seconds = sum(len(one.words) for one in texts_of(document, verb)) / CHARACTERS_PER_SECOND
                if seconds > PROMPT_MAX_SECONDS:
                    yield self.diagnostic((*verb.path, "text"), f"this takes about {seconds:.0f} s, and no key stops it")

    def _ignores_keys(self, gather: GatherSpec) -> bool:
        """Returns whether a gather waits for keys, and none of them stops its prompt."""
        return gather.wants_keys and not (gather.dtmf_bargein and gather.listen_during_prompt)
