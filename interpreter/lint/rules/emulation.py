"""What the carrier cannot do and callverbs does itself. It works; it is good to know, where milliseconds count."""

from collections.abc import Iterator
from typing import Any, ClassVar

import schemas
from interpreter.lint.document import Document, Written
from interpreter.lint.finding import Severity
from interpreter.lint.rules._rule import Rule
from schemas import Fault
from verbs._speech import longest, loss, utterances

SHORTEST = {"timeout": "timeout_secs", "timeLimit": "time_limit_secs"}
"""Properties that the carrier has a least value for, with the limit's name."""
SILENCE = "silence_stream://"


class Emulated(Rule):
    """The carrier's API has no such thing, and callverbs does it with what there is. The message says how.

    Shorter times than the carrier knows are timers of callverbs; a silence between two files is a timer too; a text that is
    too long for one command is spoken in pieces; of a prompt with several texts all but the last are spoken before the carrier's
    own collection of keys begins, and a key pressed until then takes its way over callverbs.

    Why: it is done a network round trip later than the carrier itself would do it.

    Bad:

        [{"verb": "play", "url": "silence_stream://1000"}]

    Good:

        [{"verb": "pause", "length": 1}]
    """

    code: ClassVar[str] = "CV702"
    name: ClassVar[str] = "emulated"
    severity: ClassVar[Severity] = "info"

    def check(self, document: Document) -> Iterator[Fault]:
        for written in document.each():
            yield from self._times(written)
            if written.item.name == "play":
                yield from self._silences(written)
            elif written.item.name == "say":
                yield from self._pieces(written)
            elif written.item.name == "gather":
                yield from self._prompts(written)

    def _times(self, written: Written) -> Iterator[Fault]:
        if written.kind.command not in ("dial", "transfer"):
            return
        for key, limit in SHORTEST.items():
            least: float = schemas.load("components/limits")["$defs"][limit]["minimum"]
            value = written.number(key)
            if value and 0 < value < least:
                yield self.fault((*written.path, key), f"the carrier's shortest {key} is {least:g} s: a timer of callverbs is used")

    def _silences(self, written: Written) -> Iterator[Fault]:
        url = written.item.body.get("url")
        for path, one in _each(url, (*written.path, "url")):
            if one.startswith(SILENCE):
                yield self.fault(path, "the carrier plays no silence: a timer of callverbs makes it")

    def _pieces(self, written: Written) -> Iterator[Fault]:
        for path, text in _each(written.item.body.get("text"), (*written.path, "text")):
            if why := loss(text):
                if utterances(text):
                    yield self.fault(path, why)
            elif len(text) > longest():
                yield self.fault(path, f"the carrier speaks {longest()} characters at a time: this is spoken in pieces")

    def _prompts(self, written: Written) -> Iterator[Fault]:
        for key, media in (("say", "text"), ("play", "url")):
            prompt = written.item.body.get(key)
            if not isinstance(prompt, dict) or (key == "play" and "say" in written.item.body):
                continue
            heard = [one for _, one in _each(prompt.get(media), ())]
            if len(utterances(heard) if key == "say" else heard) > 1:
                path = (*written.path, key, media)
                yield self.fault(path, "the carrier collects keys during one text or file only: those before the last come first")


def _each(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """A text, or the texts of a list, each with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        yield from (((*path, index), one) for index, one in enumerate(value) if isinstance(one, str))
