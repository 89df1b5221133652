"""The rule unspeakable-text (CV511)."""

import re
from collections.abc import Iterator
from typing import ClassVar

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts import ssml
from callverbs.interpreter.lint.facts.spoken_texts import SpokenText, spoken_texts
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic
from callverbs.schemas.quoting import shorten

MIN_DIGITS = 7
"""Digits in a row that a voice reads as millions."""
"""Characters of a text that a message quotes."""
PUNCTUATION = ".,;:!?)"


class UnspeakableText(Rule, code="CV511", severity=WARNING):
    """A text has something that sounds wrong: a URL, an emoji, an entity of XML, marks of Markdown, or seven and more digits in a
    row.

    Digits within `say-as`, and everything within `sub`, are not reported.

    Why: the caller hears "h t t p s colon slash slash", "smiling face with sunglasses", or "four million one hundred and
    fifty-five thousand". Write it as it should sound: `example dot com`, `415 555 0100`.

    Bad:

        [{"verb": "say", "text": "Your reference is 41555501. See https://example.com/status 😀"}]

    Good:

        [{"verb": "say", "text": "Your reference is 4 1 5 5, 5 5 0 1. See example dot com."}]
    """

    url_pattern: ClassVar[str] = r"(?i)\b(?:https?://|www\.)[^\s<>]*"
    markup_pattern: ClassVar[str] = r"&(?:amp|lt|gt|quot|apos|nbsp|#[0-9]+);|\\[nrt](?![a-z])|\*\*[^*]+\*\*|`[^`]+`|(?m:^#{1,4} )"
    emoji_pattern: ClassVar[str] = "[\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u2600-\u26ff\u2705\u2728\u274c\u2764\u2b50]"
    digits_pattern: ClassVar[str] = rf"(?<![\w.,-])\+?[0-9]{{{MIN_DIGITS},}}(?![\w-])"

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for one in spoken_texts(document):
            if reason := self._explain(one):
                yield self.diagnostic(one.path, reason)

    def _explain(self, one: SpokenText) -> str:
        runs = ssml.parse(one.text).runs if one.is_ssml else [ssml.TextRun(one.text, ())]
        for run in runs:
            if "sub" in run.elements or "phoneme" in run.elements:
                continue
            if found := re.search(self.url_pattern, run.text):
                return f"{shorten(found[0].rstrip(PUNCTUATION))} is read out letter by letter: write how it should sound"
            if not run.text.isascii() and (found := re.search(self.emoji_pattern, run.text)):
                return f"{found[0]} is read out by its name, or left out: remove it"
            if not one.is_ssml and (found := re.search(self.markup_pattern, run.text)):
                return f"{shorten(found[0])} is read out as it stands: write it as it should sound"
            if "say-as" not in run.elements and (found := re.search(self.digits_pattern, run.text)):
                return f"{shorten(found[0])} is spoken as one number: put spaces between its digits, or use say-as"
        return ""
