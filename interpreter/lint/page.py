"""A rule's page, read from its docstring: what it is, why it hurts a caller, a document with the mistake and one without.

The same parts make the pages of the documentation, what `explain` prints, and the help that goes with a SARIF report.
"""

import inspect
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

import schemas
from interpreter.lint.formats import Linted
from interpreter.lint.formats.text import blocks
from interpreter.lint.linter import lint
from interpreter.lint.rules import Rule
from interpreter.text.source import Source

HOME = schemas.BASE.removesuffix("schemas/")
"""Where the pages are published, beside the schemas."""
SECTION = re.compile(r"(Why|Bad|Good):[ \n]")
FAMILIES = {
    "CV0": "The text, and the document as a whole",
    "CV1": "Verbs and their properties",
    "CV2": "What runs after what",
    "CV3": "Dial and transfer",
    "CV4": "Gather",
    "CV5": "Speech and media",
    "CV6": "Hooks, the network, secrets",
    "CV7": "The carrier, and the law",
    "CV9": "The linter itself",
}
"""What codes of one hundred are about."""


PROFILES = {"minimal": "In every profile.", "recommended": "In the profiles recommended and strict.", "strict": "In the profile strict."}
FIXES = {
    "": "",
    "safe": "`callverbs lint --fix` can mend it.",
    "unsafe": "`callverbs lint --unsafe-fixes` can mend it: look at what it has done.",
}


class Page(NamedTuple):
    """The parts of a page. Examples are documents, or, where there is none, a sentence that says so."""

    what: list[str]
    """Paragraphs; the first one begins with the sentence that says it all."""
    why: str
    bad: str
    good: str

    @property
    def summary(self) -> str:
        """The first sentence."""
        return re.split(r"(?<=[.])\s", self.what[0])[0]


def page(rule: Rule) -> Page:
    """The page of a rule."""
    parts = {"What": "", "Why": "", "Bad": "", "Good": ""}
    for name, text in _sections(inspect.getdoc(type(rule)) or ""):
        parts[name] = f"{parts[name]}\n\n{text}".strip()
    what = [_flowing(part) for part in parts["What"].split("\n\n")]
    return Page(what, _flowing(parts["Why"]), parts["Bad"], parts["Good"])


def link(code: str) -> str:
    """Where the page of a code is published."""
    return f"{HOME}rules/{code}"


def tried(rule: Rule) -> Linted:
    """The bad example, and what the rule finds in it: nothing where it would have to know more than the document."""
    bad = page(rule).bad
    source = Source.read(f"flow.{language(bad) or 'txt'}", bad)
    return Linted(source, [finding for finding in lint(source, rules=[rule]) if finding.code == rule.code])


def fixable(rule: Rule) -> Literal["", "safe", "unsafe"]:
    """Whether `--fix` mends the bad example, or only `--unsafe-fixes`."""
    safe = [finding.fix.safe for finding in tried(rule).findings if finding.fix]
    return "" if not safe else "safe" if all(safe) else "unsafe"


def markdown(rule: Rule) -> str:
    """The page as Markdown, with what lint says of the bad example."""
    found, said = page(rule), "\n".join(blocks([tried(rule)]))
    parts = [
        f"# {rule.code} {rule.name}",
        f"{rule.severity.capitalize()}. {PROFILES[rule.profile]} {FIXES[fixable(rule)]}".rstrip(),
        *found.what,
        f"Why: {found.why}",
        *_example("Bad", found.bad),
        *([f"```text\n{said.rstrip()}\n```"] if said else []),
        *_example("Good", found.good),
    ]
    return "\n\n".join(parts) + "\n"


def language(example: str) -> str:
    """What an example is written in; nothing where it is a sentence."""
    if example.startswith(("[", "{")):
        return "json"
    return "yaml" if "\n" in example or re.match(r"-( |$)", example) else ""


def _example(title: str, text: str) -> Iterator[str]:
    yield f"## {title}"
    name = language(text)
    yield f"```{name}\n{text}\n```" if name else text[:1].upper() + text[1:]


def _sections(text: str) -> Iterator[tuple[str, str]]:
    """The text in pieces, each with the section that it belongs to: an example goes as far as its indent, a reason as its paragraph."""
    name = "What"
    for block in text.split("\n\n"):
        if begin := SECTION.match(f"{block}\n"):
            name = begin[1]
            yield name, _undented(block[begin.end() :])
        elif name in ("Bad", "Good") and block.startswith("    "):
            yield name, _undented(block)
        elif name == "Why":
            yield name, block
        else:
            name = "What"
            yield name, block


def _undented(block: str) -> str:
    return "\n".join(line.removeprefix("    ") for line in block.splitlines())


def _flowing(text: str) -> str:
    """Paragraphs without the line ends of the source."""
    return "\n\n".join(" ".join(part.split()) if not re.match(r"[-*|]|    ", part) else part for part in text.split("\n\n"))
