"""Calls that come to no end: documents that lead back to themselves, and media that goes on for ever."""

from collections.abc import Iterator
from typing import ClassVar

from interpreter.lint.document import Document, Written
from interpreter.lint.finding import Severity
from interpreter.lint.rules._rule import Rule
from interpreter.lint.ways import trap
from schemas import Fault

FOREVER = "forever"


class RedirectToItself(Rule):
    """A redirect asks the hook that this very document answers, and nothing before it can lead anywhere else.

    It is looked for where the linter is told what address a document answers at. A hook that asks an application is a way out, and
    so are dial and transfer: whoever has talked to somebody hangs up. The examples answer at `/menu`.

    Why: the document is run again and again. With something to hear in it, the caller hears that for ever; with nothing, the
    application is asked as fast as it can reply.

    Bad:

        [{"verb": "say", "text": "Please hold."}, {"verb": "redirect", "actionHook": "/menu"}]

    Good:

        - gather: {numDigits: 1, say: {text: "Press 1 for sales."}, actionHook: /chosen}
        - redirect: {actionHook: /menu}
    """

    code: ClassVar[str] = "CV203"
    name: ClassVar[str] = "redirect-to-itself"
    severity: ClassVar[Severity] = "error"

    def check(self, document: Document) -> Iterator[Fault]:
        found = trap(document)
        if found and found.is_own and found.way.verb.item.name == "redirect":
            yield self.fault(found.way.path, "this document answers that hook itself: it is run again and again, and nothing in it ends it")


class Trapped(Rule):
    """Local documents lead to each other in a circle, and none of them ends the call, connects the caller, or asks an application.

    It is looked for where the linter is told which files answer which hooks. Such a file is what its hook always replies. The
    finding stands at the hook that leads on; every document that a caller cannot come out of has one. The examples answer at
    `/menu`, and a local document at `/again` redirects to `/menu`.

    Why: whatever the caller does, she hears the same round again. There is no way out but hanging up.

    Bad:

        [{"verb": "gather", "numDigits": 1, "say": {"text": "Press 1 for sales."}, "actionHook": "/again"}]

    Good:

        - gather: {numDigits: 1, say: {text: "Press 1 for sales."}, actionHook: /chosen}
        - redirect: {actionHook: /again}
    """

    code: ClassVar[str] = "CV204"
    name: ClassVar[str] = "caller-trapped"
    severity: ClassVar[Severity] = "error"

    def check(self, document: Document) -> Iterator[Fault]:
        found = trap(document)
        if found and not found.is_own:
            names = [one.surroundings.address or "this document" for one in found.round]
            yield self.fault(found.way.path, f"nobody comes out of here but by hanging up: {' → '.join(names)}")


class SameAgain(Rule):
    """A hook is answered by the very document that it stands in, whatever its verb came to.

    It is looked for where the linter is told what address a document answers at. Of a redirect, CV203 says it. The
    examples answer at `/menu`.

    Why: whatever the caller pressed, she hears the same menu again; whoever has been called once is called again.

    Bad:

        [{"verb": "gather", "numDigits": 1, "say": {"text": "Press 1 for sales."}, "actionHook": "/menu"}]

    Good:

        [{"verb": "gather", "numDigits": 1, "say": {"text": "Press 1 for sales."}, "actionHook": "/chosen"}]
    """

    code: ClassVar[str] = "CV612"
    name: ClassVar[str] = "same-document-again"
    severity: ClassVar[Severity] = "warning"

    def check(self, document: Document) -> Iterator[Fault]:
        found = trap(document, connected=False)
        if found and found.is_own and found.way.verb.item.name != "redirect":
            yield self.fault(found.way.path, "this document answers that hook itself: whatever has happened, it begins again")


class EndlessMedia(Rule):
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

    code: ClassVar[str] = "CV205"
    name: ClassVar[str] = "endless-media"
    severity: ClassVar[Severity] = "warning"

    def check(self, document: Document) -> Iterator[Fault]:
        for_whoever_waits = all(written.kind.waiting for written in document.main)
        for written in document.main:
            if written.spec is None:
                continue
            if written.item.name == "gather":
                yield from self._of_prompt(written)
            elif self._is_endless(written.item.body) and not (for_whoever_waits and written is document.main[-1]):
                yield self.fault((*written.path, "loop"), f"nothing ends this: {self._advice(written.item.name)}")

    def _of_prompt(self, written: Written) -> Iterator[Fault]:
        body = written.item.body
        if body.get("listenDuringPrompt", True) and "digits" in body.get("input", ["digits"]):
            return
        for key in ("say", "play"):
            if key in body and self._is_endless(body[key]):
                yield self.fault((*written.path, key, "loop"), "nothing ends this prompt: no key is listened for while it goes on")
                break

    def _is_endless(self, body: dict[str, object]) -> bool:
        return body.get("loop") == FOREVER and "timeoutSecs" not in body

    def _advice(self, name: str) -> str:
        return f"write {'timeoutSecs' if name == 'play' else 'a count'}, or make it the prompt of a gather"
