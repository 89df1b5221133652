"""The rule malformed-ssml (CV503)."""

import re
from collections.abc import Iterator
from typing import ClassVar

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts import ssml
from callverbs.interpreter.lint.facts.spoken_texts import spoken_texts
from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, Fix
from callverbs.schemas.quoting import shorten

"""Characters of a tag that a message quotes."""


class MalformedSsml(Rule, code="CV503", severity=ERROR):
    """A text begins with `<speak>` and is not well-formed XML; or it has tags of SSML and does not begin with `<speak>`.

    A document type (`<!DOCTYPE …>`) is refused, because its entities can expand without limit.

    Why: a voice refuses broken SSML, and the caller hears silence instead of the whole text. Without `<speak>` a text counts as
    plain, and the caller hears its tags read out.

    Bad:

        [{"verb": "say", "text": "<speak>Fish & chips <break time='1s'/> are ready.</speak>"}]

    Good:

        [{"verb": "say", "text": "<speak>Fish &amp; chips <break time='1s'/> are ready.</speak>"}]
    """

    ssml_tag: ClassVar[str] = r"<\?xml\b|<(?:speak|break|say-as|prosody|emphasis|phoneme|sub\s+alias|amazon:[a-z]|mstts:[a-z])[^<>]*>"
    """Tags that nobody writes into plain text."""

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for one in spoken_texts(document):
            if one.is_ssml:
                if problem := ssml.parse(one.text).problem:
                    fixed = ssml.fix_entities(one.text)
                    yield self.diagnostic(one.path, f"this SSML cannot be spoken: {problem}", fix=Fix("replace", fixed) if fixed else None)
            elif "<" in one.text and (found := re.search(self.ssml_tag, one.text)):
                yield self.diagnostic(
                    one.path,
                    f"{shorten(found[0])} is read out as it stands: a text is SSML only if it begins with <speak>",
                    fix=self._wrap_in_speak(one.text),
                )

    def _wrap_in_speak(self, text: str) -> Fix | None:
        """Returns the fix that makes a text SSML; None where that is not well-formed."""
        bare = re.sub(r"^\s*<\?xml[^>]*\?>\s*", "", text)
        whole = bare if bare.startswith("<speak") else f"<speak>{bare}</speak>"
        return None if "<speak" in bare[1:] or ssml.parse(whole).problem else Fix("replace", whole)
