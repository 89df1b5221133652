"""The rule unspoken-tag (CV504)."""

from collections.abc import Iterator
from typing import Any

from callverbs import schemas
from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts import ssml
from callverbs.interpreter.lint.facts.spoken_texts import spoken_texts
from callverbs.interpreter.lint.facts.ssml_names import explain_element
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic

AWS, AZURE = "AWS.Polly", "Azure"
POLLY_ELEMENTS = (
    *("speak", "break", "emphasis", "lang", "mark", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"),
    *("amazon:auto-breaths", "amazon:breath", "amazon:domain", "amazon:effect"),
)
"""The elements of aws voices; any other is an error there (AWS Polly developer guide, Supported SSML tags)."""
NON_NEURAL_ELEMENTS = ("emphasis", "amazon:auto-breaths", "amazon:breath")
"""Those of them that voices of the engines neural and long-form do not have (same page)."""
PREFIX_FAMILIES = {"amazon": AWS, "mstts": AZURE}
"""The family of voices that know the elements of a prefix."""
VENDOR_NAMES = {AWS: "aws", AZURE: "microsoft"}


class UnspokenTag(Rule, code="CV504", severity=WARNING):
    """A tag of SSML that the chosen voice does not support.

    The rule checks documented cases only: elements of Amazon (`amazon:…`) and of Microsoft (`mstts:…`) with voices of another vendor;
    and, with aws voices, all elements that Amazon does not list, such as `emphasis` and breathing with the engines neural and
    long-form.

    Why: a voice that does not support a tag refuses the text, or ignores the tag.

    Bad:

        - verb: say
          text: <speak>We are <emphasis>really</emphasis> sorry.</speak>
          synthesizer: {vendor: aws, voice: Joanna, engine: neural}

    Good:

        - verb: say
          text: <speak>We are <prosody rate="slow">really</prosody> sorry.</speak>
          synthesizer: {vendor: aws, voice: Joanna, engine: neural}
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for one in spoken_texts(document):
            family = _family(one.synthesizer) if one.is_ssml else ""
            if not family:
                continue
            for name in dict.fromkeys(element.name for element in ssml.parse(one.text).elements):
                if reason := _explain_unknown(name, family, one.synthesizer):
                    yield self.diagnostic(one.path, f"<{name}> {reason}")


def _family(synthesizer: dict[str, Any]) -> str:
    """Returns the beginning of the carrier's names for a vendor's voices; "" where the document does not say which voice speaks."""
    vendor = synthesizer.get("vendor")
    found = schemas.load_table("voices")["vendors"].get(vendor.lower()) if isinstance(vendor, str) else None
    pattern: str = found["voice"] if found else ""
    return pattern.partition(".{")[0]


def _explain_unknown(name: str, family: str, synthesizer: dict[str, Any]) -> str:
    """Returns why a voice does not know an element; "" where it does."""
    owner = PREFIX_FAMILIES.get(name.partition(":")[0]) if ":" in name else None
    if owner and owner != family:
        return f"belongs to voices of {VENDOR_NAMES[owner]}"
    if family != AWS:
        return ""
    if name not in POLLY_ELEMENTS:
        return "" if explain_element(name)[0] else "is not known to voices of aws"  # what nobody knows is CV516
    engine = _engine(synthesizer)
    return f"is not known to {engine} voices of aws" if name in NON_NEURAL_ELEMENTS and engine in ("neural", "long-form") else ""


def _engine(synthesizer: dict[str, Any]) -> str:
    """Returns the engine of an aws voice; "" where the document does not say it."""
    name, table = synthesizer.get("voice"), schemas.load_table("voices")
    if not isinstance(name, str) or name in table["standard"]:
        return ""
    for engine, ending in table["engines"].items():
        if ending and name.endswith(ending):
            return str(engine)
    if name in table["neural"] and synthesizer.get("engine") in (None, "standard"):
        return "neural"
    return str(synthesizer.get("engine", ""))
