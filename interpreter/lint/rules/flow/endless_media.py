"""The rule endless-media (CV205)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document, DocumentVerb
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic

FOREVER = "forever"


class EndlessMedia(Rule, code="CV205", severity=WARNING):
    """A text or a file is repeated without end, and no key, no time limit and no hook of the document can end it.

    Verbs after it never run. A prompt of a gather is reported if keys are ignored during the prompt, so that no key can end it. A
    document of only `say`, `play` and `pause` may be for somebody on hold; there, the last verb may be endless.

    Why: the caller listens until the caller hangs up, and the call costs money until then.

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
                yield self.diagnostic((*verb.path, key, "loop"), "nothing ends this prompt: keys are ignored while it plays")
                break

    def _is_endless(self, body: dict[str, object]) -> bool:
        return body.get("loop") == FOREVER and "timeoutSecs" not in body

    def _advice(self, name: str) -> str:
        return f"write {'timeoutSecs' if name == 'play' else 'a count'}, or make it the prompt of a gather"
