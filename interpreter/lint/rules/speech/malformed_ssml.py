"""The rule malformed-ssml (CV503)."""

import re
from collections.abc import Iterator
from typing import ClassVar

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts import ssml
from callverbs.interpreter.lint.facts.spoken_texts import spoken_texts
from callverbs.interpreter.lint.facts.ssml_names import explain_element, is_tag_name
from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, Fix
from callverbs.schemas.quoting import shorten


class MalformedSsml(Rule, code="CV503", severity=ERROR):
    """A text begins with `<speak>` and is not well-formed XML; or it has tags of SSML or HTML and does not begin with `<speak>`.

    A document type (`<!DOCTYPE …>`) is refused, because its entities can expand without limit.

    Why: a voice refuses broken SSML, and the caller hears silence instead of the whole text. Without `<speak>` a text counts as
    plain, and the caller hears its tags read out.

    Bad:

        [{"verb": "say", "text": "<speak>Fish & chips <break time='1s'/> are ready.</speak>"}]

    Good:

        [{"verb": "say", "text": "<speak>Fish &amp; chips <break time='1s'/> are ready.</speak>"}]
    """

    tag_pattern: ClassVar[str] = r"<\?xml\b[^<>]*>|</?(?P<name>[A-Za-z][\w:-]*)(?:\s[^<>]*)?/?>"
    upper_case_tag: ClassVar[str] = r"(</?)([A-Za-z][\w:-]*)"

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for one in spoken_texts(document):
            if one.is_ssml:
                if problem := ssml.parse(one.text).problem:
                    fixed = ssml.fix_entities(one.text)
                    yield self.diagnostic(one.path, f"this SSML cannot be spoken: {problem}", fix=Fix("replace", fixed) if fixed else None)
            elif "<" in one.text and (tag := self._find_tag(one.text)):
                yield self.diagnostic(
                    one.path,
                    f"{shorten(tag)} is read out as it stands: a text is SSML only if it begins with <speak>, in small letters",
                    fix=self._wrap_in_speak(one.text),
                )

    def _find_tag(self, text: str) -> str:
        """Returns the first tag of SSML or HTML in a text; "" where there is none."""
        tags = (found for found in re.finditer(self.tag_pattern, text) if not found["name"] or is_tag_name(found["name"]))
        return next((found[0] for found in tags), "")

    def _wrap_in_speak(self, text: str) -> Fix | None:
        """Returns the fix that makes a text SSML; None where that is not well-formed, or has other tags than those of SSML."""
        bare = re.sub(r"^\s*<\?xml[^>]*\?>\s*", "", text)
        bare = re.sub(self.upper_case_tag, lambda found: f"{found[1]}{found[2].lower()}", bare)
        whole = bare if bare.startswith("<speak") else f"<speak>{bare}</speak>"
        parsed = ssml.parse(whole)
        is_ssml = not parsed.problem and not any(explain_element(element.name)[0] for element in parsed.elements)
        return Fix("replace", whole) if is_ssml and "<speak" not in bare[1:] else None
