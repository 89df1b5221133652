"""The rule emulated (CV702)."""

from collections.abc import Iterator
from typing import Any

from callverbs import schemas
from callverbs.interpreter.lint.document import Document, DocumentVerb
from callverbs.interpreter.lint.finding import INFO
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic
from callverbs.verbs.dtmf import KEY_MAX_MS, KEY_MIN_MS
from callverbs.verbs.parts.speech import loss, payload_max_characters, utterances

MINIMUMS = {"timeout": "timeout_secs", "timeLimit": "time_limit_secs"}
"""Properties with a minimum at the carrier, and the limit's name in the schemas."""
SILENCE_PREFIX = "silence_stream://"


class Emulated(Rule, code="CV702", severity=INFO):
    """The carrier's API does not have this feature, so callverbs emulates it. The message says how.

    Times below the carrier's minimum are timers of callverbs, and so is a silence between two files. A key sounds for the nearest time
    that the carrier has. A text that is too long for
    one command is spoken in pieces. Of a prompt with several texts, all but the last are spoken before the carrier begins to collect
    keys; callverbs itself handles a key that is pressed before that.

    Why: an emulated feature reacts a network round trip later than the carrier would.

    Bad:

        [{"verb": "play", "url": "silence_stream://1000"}]

    Good:

        [{"verb": "pause", "length": 1}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in document.all_verbs():
            yield from self._check_times(verb)
            if verb.item.name == "play":
                yield from self._check_silences(verb)
            elif verb.item.name == "say":
                yield from self._check_lengths(verb)
            elif verb.item.name == "dtmf":
                yield from self._check_keys(verb)
            elif verb.item.name == "gather":
                yield from self._check_prompts(verb)

    def _check_times(self, verb: DocumentVerb) -> Iterator[Diagnostic]:
        if verb.type.command not in ("dial", "transfer"):
            return
        for key, limit in MINIMUMS.items():
            minimum: float = schemas.load("components/limits")["$defs"][limit]["minimum"]
            value = verb.number(key)
            if value and 0 < value < minimum:
                yield self.diagnostic((*verb.path, key), f"the carrier's shortest {key} is {minimum:g} s: a timer of callverbs is used")

    def _check_silences(self, verb: DocumentVerb) -> Iterator[Diagnostic]:
        for path, url in _texts(verb.item.body.get("url"), (*verb.path, "url")):
            if url.startswith(SILENCE_PREFIX):
                yield self.diagnostic(path, "the carrier cannot play a silence: a timer of callverbs is used")

    def _check_keys(self, verb: DocumentVerb) -> Iterator[Diagnostic]:
        duration = verb.number("duration")
        if duration is not None and not KEY_MIN_MS <= duration <= KEY_MAX_MS:
            limits = f"{KEY_MIN_MS:g} to {KEY_MAX_MS:g} ms"
            yield self.diagnostic((*verb.path, "duration"), f"the carrier's keys sound for {limits}: the nearest is used")

    def _check_lengths(self, verb: DocumentVerb) -> Iterator[Diagnostic]:
        for path, text in _texts(verb.item.body.get("text"), (*verb.path, "text")):
            if lost := loss(text):
                if utterances(text):
                    yield self.diagnostic(path, lost)
            elif len(text) > payload_max_characters():
                yield self.diagnostic(path, f"the carrier speaks {payload_max_characters()} characters at a time: this is spoken in pieces")

    def _check_prompts(self, verb: DocumentVerb) -> Iterator[Diagnostic]:
        if "speech" in verb.elements("input"):
            return
        for key, media in (("say", "text"), ("play", "url")):
            prompt = verb.item.body.get(key)
            if not isinstance(prompt, dict) or (key == "play" and "say" in verb.item.body):
                continue
            texts = [text for _, text in _texts(prompt.get(media), ())]
            if len(utterances(texts) if key == "say" else texts) > 1:
                path = (*verb.path, key, media)
                yield self.diagnostic(
                    path, "the carrier collects keys during one text or file only: callverbs plays those before the last one first"
                )


def _texts(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yields a text, or the texts of a list, each with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        yield from (((*path, index), one) for index, one in enumerate(value) if isinstance(one, str))
