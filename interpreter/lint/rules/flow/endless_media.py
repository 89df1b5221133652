"""The rule endless-media (CV205)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document, DocumentVerb
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic

FOREVER = "forever"


class EndlessMedia(Rule, code="CV205", severity=WARNING):
    """A text or a file is repeated for ever, and no key, no time limit and no hook of the document can end it.

    Verbs behind it never run. In the prompt of a gather it is found where keys are not listened for during the prompt, so that no
    key can end it. A document of nothing but `say`, `play` and `pause` may be what somebody on hold hears; there it is no finding
    unless something stands behind it.

    Why: the caller listens until she gives up; the call costs as long as she does not.

    Bad:

        - play: {url: "https://example.com/waves.mp3", loop: forever}
        - say: {text: Nobody is free. Goodbye.}

    Good:

        - play: {url: "https://example.com/waves.mp3", loop: forever, timeoutSecs: 60}
        - say: {text: Nobody is free. Goodbye.}
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        is_hold_program = all(verb.type.waiting for verb in document.main_program)
        for verb in document.main_program:
            if verb.spec is None:
                continue
            if verb.item.name == "gather":
                yield from self._check_prompt(verb)
            elif self._is_endless(verb.item.body) and not (is_hold_program and verb is document.main_program[-1]):
                yield self.diagnostic((*verb.path, "loop"), f"nothing ends this: {self._advice(verb.item.name)}")

    def _check_prompt(self, verb: DocumentVerb) -> Iterator[Diagnostic]:
        body = verb.item.body
        if body.get("listenDuringPrompt", True) and "digits" in body.get("input", ["digits"]):
            return
        for key in ("say", "play"):
            if key in body and self._is_endless(body[key]):
                yield self.diagnostic((*verb.path, key, "loop"), "nothing ends this prompt: no key is listened for while it goes on")
                break

    def _is_endless(self, body: dict[str, object]) -> bool:
        return body.get("loop") == FOREVER and "timeoutSecs" not in body

    def _advice(self, name: str) -> str:
        return f"write {'timeoutSecs' if name == 'play' else 'a count'}, or make it the prompt of a gather"
