"""Every rule has its page, and examples: those on the page, and files in `tests/lint/<code>-<name>/`.

A file `bad-<what>@<line>.<column>@….json` holds exactly these findings of its folder's code; nothing else in it is wrong. A
file `good….yaml` has none of them, and no error or warning at all.
"""

import inspect
import re
from pathlib import Path

import pytest

from callverbs.interpreter.lint.context import DEFAULT_CONTEXT, LintContext
from callverbs.interpreter.lint.finding import Finding
from callverbs.interpreter.lint.linter import lint
from callverbs.interpreter.lint.rules import RECOMMENDED, RULES, Rule
from callverbs.interpreter.text.source import Source

FOLDER = Path(__file__).parents[2] / "lint"
FILES = sorted(path for folder in FOLDER.iterdir() if folder.is_dir() for path in folder.iterdir())
NEVER = {
    "CV100": "the two validators agree on every document that we know",
    "CV900": "a rule would have to fail",
}
"""Rules that no document is known for."""
OF_YAML = ("CV005", "CV010", "CV012", "CV013")
"""Rules about what only YAML can write."""
REPLIES = {f"/{path.stem}": str(path) for path in sorted((Path(__file__).parent / "replies").iterdir())}
"""What the hooks of examples reply, where a rule follows them: a hook is called like its file."""
SCREENING = LintContext(replies=REPLIES)
AT_MENU = LintContext(address="/menu", replies=REPLIES)
CONTEXTS = {
    "CV331": LintContext(trunks=("Berlin", "Hamburg")),
    "CV605": LintContext(base_url=""),
    "CV203": AT_MENU,
    "CV204": AT_MENU,
    "CV612": AT_MENU,
    "CV312": SCREENING,
    "CV313": SCREENING,
}
"""What the linter has to know of where a document runs, for the rules that need it."""
POSITION = re.compile(r"@([0-9]+)\.([0-9]+)")
SECTION = re.compile(r"^(Bad|Good):(.*)\n((?:\n|    .*\n?)*)", re.MULTILINE)

every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


def findings(source: Source, code: str) -> list[Finding]:
    """Returns what the recommended profile finds, and the rule itself."""
    rules = [rule for rule in RULES.values() if rule in RECOMMENDED or rule.code == code]
    return lint(source, CONTEXTS.get(code, DEFAULT_CONTEXT), rules)


def wrong(found: list[Finding], code: str) -> list[Finding]:
    """Returns the findings that a file about one rule must not have."""
    return [finding for finding in found if finding.code != code and finding.severity != "info"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name[:5]}/{path.name}")
def test_an_example_has_the_findings_of_its_name(path: Path) -> None:
    code = path.parent.name.partition("-")[0]
    found = findings(Source.read(path), code)
    positions = [(int(line), int(column)) for line, column in POSITION.findall(path.name)]
    assert path.name.startswith("bad" if positions else "good")
    assert [(finding.line, finding.column) for finding in found if finding.code == code] == positions
    assert not wrong(found, code)


@every_rule
def test_every_rule_has_examples(rule: Rule) -> None:
    names = [path.name for path in FILES if path.parent.name == f"{rule.code}-{rule.name}"]
    assert any(name.startswith("good") for name in names)
    assert any(name.startswith("bad") for name in names) != (rule.code in NEVER)
    languages = {(name[:3], ".json" if name.endswith(".json") else ".yaml") for name in names}
    assert rule.code in {*NEVER, *OF_YAML} or {("bad", ".json"), ("bad", ".yaml")} <= languages


def test_every_folder_belongs_to_a_rule() -> None:
    assert {path.parent.name for path in FILES} == {f"{rule.code}-{rule.name}" for rule in RULES.values()}


@every_rule
def test_every_rule_has_a_code_a_name_and_a_severity(rule: Rule) -> None:
    assert re.fullmatch(r"CV[0-9]{3}", rule.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
    assert rule.severity in ("error", "warning", "info")


def test_names_are_unique() -> None:
    assert len({rule.name for rule in RULES.values()}) == len(RULES)


@every_rule
def test_every_rule_has_its_page(rule: Rule) -> None:
    page = inspect.getdoc(type(rule)) or ""
    what, *rest = page.split("\n\n")
    assert what.endswith(".")
    assert any(part.startswith("Why: ") for part in rest)
    sections = {word: inspect.cleandoc(example) for word, _, example in SECTION.findall(page)}
    assert set(sections) == {"Bad", "Good"}
    good = findings(Source.read("page", sections["Good"]), rule.code)
    assert not [finding for finding in good if finding.code == rule.code] + wrong(good, rule.code)
    if rule.code not in NEVER:
        bad = findings(Source.read("page", sections["Bad"]), rule.code)
        assert rule.code in [finding.code for finding in bad]
        assert not wrong(bad, rule.code)


def test_every_code_that_can_be_produced_has_a_rule() -> None:
    root = Path(__file__).parents[3]
    files = [
        path for name in ("schemas", "verbs", "interpreter/lint") for path in (root / name).rglob("*") if path.suffix in (".py", ".json")
    ]
    codes = {code for path in files for code in re.findall(r"\bCV[0-9]{3}\b", path.read_text(encoding="utf-8"))}
    assert codes == set(RULES)
