"""A rule's page, read from its docstring: what it finds, why that hurts a caller, a document with the mistake and one without.

The same parts make the pages of the documentation, the output of `explain`, and the help in a SARIF report.
"""

import inspect
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from callverbs import schemas
from callverbs.interpreter.lint.formats import LintResult
from callverbs.interpreter.lint.formats.text import format_findings
from callverbs.interpreter.lint.linter import lint
from callverbs.interpreter.lint.rules import Rule
from callverbs.interpreter.text.source import Source

HOME_URL = schemas.BASE_URI.removesuffix("schemas/")
"""Where the pages are published, beside the schemas."""
SECTION = re.compile(r"(Why|Bad|Good):[ \n]")
PROFILE_SENTENCES = {
    "minimal": "In every profile.",
    "recommended": "In the profiles recommended and strict.",
    "strict": "In the profile strict.",
}
FIX_SENTENCES = {
    "": "",
    "safe": "`callverbs lint --fix` can fix it.",
    "unsafe": "`callverbs lint --unsafe-fixes` can fix it: check the result.",
}


class RulePage(NamedTuple):
    """The parts of a page. Examples are documents, or, where there is none, a sentence that says so."""

    description: list[str]
    """Paragraphs; the first one begins with the summary."""
    why: str
    bad: str
    good: str

    @property
    def summary(self) -> str:
        """The first sentence."""
        return re.split(r"(?<=[.])\s", self.description[0])[0]


def read_page(rule: Rule) -> RulePage:
    """Returns the page of a rule."""
    parts = {"What": "", "Why": "", "Bad": "", "Good": ""}
    for name, text in _sections(inspect.getdoc(type(rule)) or ""):
        parts[name] = f"{parts[name]}\n\n{text}".strip()
    description = [_unwrapped(part) for part in parts["What"].split("\n\n")]
    return RulePage(description, _unwrapped(parts["Why"]), parts["Bad"], parts["Good"])


def page_url(code: str) -> str:
    """Returns the address at which the page of a code is published."""
    return f"{HOME_URL}rules/{code}"


def lint_bad_example(rule: Rule) -> LintResult:
    """Returns the findings of the rule in its bad example; none where the rule needs more context than the document."""
    bad = read_page(rule).bad
    source = Source.read(f"flow.{example_language(bad) or 'txt'}", bad)
    return LintResult(source, [finding for finding in lint(source, rules=[rule]) if finding.code == rule.code])


def fix_safety(rule: Rule) -> Literal["", "safe", "unsafe"]:
    """Returns whether the fixes of the bad example are safe; "" where there is none."""
    safe = [finding.fix.safe for finding in lint_bad_example(rule).findings if finding.fix]
    return "" if not safe else "safe" if all(safe) else "unsafe"


def to_markdown(rule: Rule) -> str:
    """Returns the page as Markdown, with the findings of the bad example."""
    page, findings = read_page(rule), "\n".join(format_findings([lint_bad_example(rule)]))
    parts = [
        f"# {rule.code} {rule.name}",
        f"{rule.severity.capitalize()}. {PROFILE_SENTENCES[rule.profile]} {FIX_SENTENCES[fix_safety(rule)]}".rstrip(),
        *page.description,
        f"Why: {page.why}",
        *_example("Bad", page.bad),
        *([f"```text\n{findings.rstrip()}\n```"] if findings else []),
        *_example("Good", page.good),
    ]
    return "\n\n".join(parts) + "\n"


def example_language(example: str) -> str:
    """Returns the language of an example; "" where it is a sentence."""
    if example.startswith(("[", "{")):
        return "json"
    return "yaml" if "\n" in example or re.match(r"-( |$)", example) else ""


def _example(title: str, text: str) -> Iterator[str]:
    yield f"## {title}"
    language = example_language(text)
    yield f"```{language}\n{text}\n```" if language else text[:1].upper() + text[1:]


def _sections(text: str) -> Iterator[tuple[str, str]]:
    """Yields the text in pieces, each with its section: an example extends as far as its indent, a reason as far as its paragraph."""
    name = "What"
    for block in text.split("\n\n"):
        if begin := SECTION.match(f"{block}\n"):
            name = begin[1]
            yield name, _dedented(block[begin.end() :])
        elif name in ("Bad", "Good") and block.startswith("    "):
            yield name, _dedented(block)
        elif name == "Why":
            yield name, block
        else:
            name = "What"
            yield name, block


def _dedented(block: str) -> str:
    return "\n".join(line.removeprefix("    ") for line in block.splitlines())


def _unwrapped(text: str) -> str:
    """Returns paragraphs without the line breaks of the source, except lists, tables and code."""
    return "\n\n".join(" ".join(part.split()) if not re.match(r"[-*|]|    ", part) else part for part in text.split("\n\n"))
