"""Texts with markup: whether it is markup at all, and whether the voice that is to speak it knows it."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

import schemas
from interpreter.lint.document import Document
from interpreter.lint.finding import Severity
from interpreter.lint.rules import _markup as markup
from interpreter.lint.rules._rule import Rule
from interpreter.lint.rules._spoken import spoken
from schemas import Fault, Fix

AWS, AZURE = "AWS.Polly", "Azure"
POLLY = (
    *("speak", "break", "emphasis", "lang", "mark", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"),
    *("amazon:auto-breaths", "amazon:breath", "amazon:domain", "amazon:effect"),
)
"""All that aws voices know; anything else is an error there (AWS Polly developer guide, Supported SSML tags)."""
NOT_NEURAL = ("emphasis", "amazon:auto-breaths", "amazon:breath")
"""Of these, what voices of the engines neural and long-form do not have (same page)."""
OWN = {"amazon": AWS, "mstts": AZURE}
"""Whose voices know the elements of a prefix."""
PREFIXES = {AWS: "aws", AZURE: "microsoft"}


class BadSsml(Rule):
    """A text begins with `<speak>` and is not well-formed XML; or it has tags of SSML and does not begin with `<speak>`.

    A document type (`<!DOCTYPE …>`) is refused: entities that it declares can grow without end.

    Why: a voice refuses broken SSML, and the caller hears silence instead of the whole text. Without `<speak>` a text counts as
    plain, and the caller hears its tags read out.

    Bad:

        [{"verb": "say", "text": "<speak>Fish & chips <break time='1s'/> are ready.</speak>"}]

    Good:

        [{"verb": "say", "text": "<speak>Fish &amp; chips <break time='1s'/> are ready.</speak>"}]
    """

    code: ClassVar[str] = "CV503"
    name: ClassVar[str] = "malformed-ssml"
    severity: ClassVar[Severity] = "error"
    tag: ClassVar[str] = r"<\?xml\b|<(?:speak|break|say-as|prosody|emphasis|phoneme|sub\s+alias|amazon:[a-z]|mstts:[a-z])[^<>]*>"
    """What nobody writes into plain text."""

    def check(self, document: Document) -> Iterator[Fault]:
        for one in spoken(document):
            if one.is_ssml:
                if why := markup.read(one.text).fault:
                    better = markup.mended(one.text)
                    yield self.fault(one.path, f"this SSML cannot be spoken: {why}", fix=Fix("replace", better) if better else None)
            elif "<" in one.text and (found := re.search(self.tag, one.text)):
                yield self.fault(
                    one.path,
                    f"{_short(found[0])} is read out as it stands: a text is SSML only if it begins with <speak>",
                    fix=self._wrapped(one.text),
                )

    def _wrapped(self, text: str) -> Fix | None:
        """The text as SSML, where nothing else is wrong with it."""
        bare = re.sub(r"^\s*<\?xml[^>]*\?>\s*", "", text)
        whole = bare if bare.startswith("<speak") else f"<speak>{bare}</speak>"
        return None if "<speak" in bare[1:] or markup.read(whole).fault else Fix("replace", whole)


class UnspokenTag(Rule):
    """A tag of SSML that the chosen voice does not have.

    Looked at are only voices of which it is known: elements of Amazon (`amazon:…`) and of Microsoft (`mstts:…`) with voices of
    another vendor; and with aws voices everything that Amazon does not list, `emphasis` and breathing with the engines neural and
    long-form among it.

    Why: a voice that does not know a tag refuses the text, or leaves out what the tag was there for.

    Bad:

        - verb: say
          text: <speak>We are <emphasis>really</emphasis> sorry.</speak>
          synthesizer: {vendor: aws, voice: Joanna, engine: neural}

    Good:

        - verb: say
          text: <speak>We are <prosody rate="slow">really</prosody> sorry.</speak>
          synthesizer: {vendor: aws, voice: Joanna, engine: neural}
    """

    code: ClassVar[str] = "CV504"
    name: ClassVar[str] = "unspoken-tag"
    severity: ClassVar[Severity] = "warning"

    def check(self, document: Document) -> Iterator[Fault]:
        for one in spoken(document):
            family = _family(one.voice) if one.is_ssml else ""
            if not family:
                continue
            for name in dict.fromkeys(element.name for element in markup.read(one.text).elements):
                if why := _unknown(name, family, one.voice):
                    yield self.fault(one.path, f"<{name}> {why}")


def _family(voice: dict[str, Any]) -> str:
    """Whose voice speaks, as the carrier calls them; nothing where that is not known from the document."""
    vendor = voice.get("vendor")
    found = schemas.data("voices")["vendors"].get(vendor.lower()) if isinstance(vendor, str) else None
    pattern: str = found["voice"] if found else ""
    return pattern.partition(".{")[0]


def _unknown(name: str, family: str, voice: dict[str, Any]) -> str:
    """What is wrong with an element in the mouth of a voice."""
    owner = OWN.get(name.partition(":")[0]) if ":" in name else None
    if owner and owner != family:
        return f"belongs to voices of {PREFIXES[owner]}"
    if family != AWS:
        return ""
    if name not in POLLY:
        return "is not known to voices of aws"
    engine = _engine(voice)
    return f"is not known to {engine} voices of aws" if name in NOT_NEURAL and engine in ("neural", "long-form") else ""


def _engine(voice: dict[str, Any]) -> str:
    """The engine of an aws voice, as far as the document says it."""
    name, table = voice.get("voice"), schemas.data("voices")
    if not isinstance(name, str) or name in table["standard"]:
        return ""
    for engine, ending in table["engines"].items():
        if ending and name.endswith(ending):
            return str(engine)
    if name in table["neural"] and voice.get("engine") in (None, "standard"):
        return "neural"
    return str(voice.get("engine", ""))


def _short(tag: str) -> str:
    return tag if len(tag) <= 40 else tag[:37] + "..."
