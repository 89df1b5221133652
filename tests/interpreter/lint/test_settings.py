"""The settings of a repository: which file applies, what it may hold, and the diagnostics of a wrong one."""

import re
from pathlib import Path

import pytest

from callverbs.interpreter.lint.selection import Layer
from tests.interpreter.lint.repository import DRAFT, FLOW, MENU, Repository

ROOT = Path(__file__).parents[3]
WEAK = "[lint]\nseverity = {CV401 = 'info'}\n"


# --------------------------------------------------------------------------- which file applies


def test_the_nearest_file_upward_applies(repository: Repository) -> None:
    for name in ("a.json", "sub/a.json", "sub/deep/a.json", "other/a.json"):
        repository.put(name, MENU)
    repository.put("callverbs.toml", "[lint]\nignore = ['CV401']\n")
    repository.put("sub/callverbs.toml", WEAK)
    assert [(one["path"], one["severity"]) for one in repository.lint().findings] == [("sub/a.json", "info"), ("sub/deep/a.json", "info")]


def test_it_is_looked_for_from_the_document(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.put("sub/callverbs.toml", WEAK)
    repository.put("sub/a.json", MENU)
    assert repository.lint("sub/a.json").code == 0
    monkeypatch.chdir(repository.folder / "sub")
    repository.put("a.json", MENU)
    assert repository.lint("../a.json").code == 1
    assert repository.lint("a.json").code == 0


@pytest.mark.parametrize(
    "files",
    [
        {"pyproject.toml": "[tool.callverbs.lint]\nignore = ['CV401']\n"},
        {"pyproject.toml": "[tool.ruff.lint]\nselect = ['X']\n[tool.callverbs]\nlint.ignore = ['CV401']\n"},
        {"callverbs.toml": "[lint]\nignore = ['CV401']\n", "pyproject.toml": "[tool.callverbs.lint]\nselect = ['CV4']\n"},
        {"callverbs.toml": "[server]\nport = 1\n", "pyproject.toml": "[tool.callverbs.lint]\nignore = ['CV401']\n"},
        {"callverbs.toml": "[server]\nport = 1\n", "pyproject.toml": "broken", "../callverbs.toml": "[lint]\nignore = ['CV401']\n"},
    ],
)
def test_files_that_can_hold_settings(repository: Repository, files: dict[str, str]) -> None:
    for name, text in files.items():
        repository.put(f"sub/{name}", text)
    repository.put("sub/a.json", MENU)
    assert repository.lint("sub").findings == []


def test_a_file_that_is_named_applies_to_all(repository: Repository) -> None:
    repository.put("sub/callverbs.toml", "[lint]\nignore = ['CV4']\n")
    repository.put("sub/a.json", MENU)
    repository.put("lax.toml", WEAK)
    assert [one["severity"] for one in repository.lint(config=Path("lax.toml")).findings] == ["info"]
    repository.put("empty.toml", "# nothing\n")
    assert repository.lint(config=Path("empty.toml")).codes == ["CV401"]


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("callverbs.toml", "[lint]\nignore = [1\n", "callverbs.toml:2:11: this is not TOML: unclosed array\n"),
        (
            "pyproject.toml",
            "[tool.callverbs.lint]\nx\n",
            "pyproject.toml:2:2: this is not TOML: expected '=' after a key in a key/value pair\n",
        ),
    ],
)
def test_a_file_that_cannot_be_read(repository: Repository, name: str, text: str, complaint: str) -> None:
    repository.write(a_json=FLOW)
    repository.put(name, text)
    outcome = repository.lint("a.json")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == complaint


def test_a_file_that_is_not_there(repository: Repository) -> None:
    repository.write(a_json=FLOW)
    assert repository.lint(config=Path("no.toml"))[::2] == (2, "no.toml cannot be read: No such file or directory\n")
    (repository.folder / "callverbs.toml").mkdir()
    assert repository.lint()[::2] == (2, f"{repository.folder}/callverbs.toml cannot be read: Is a directory\n")


# --------------------------------------------------------------------------- what it may hold


def test_the_settings_of_a_file(repository: Repository) -> None:
    repository.put("callverbs.toml", "[lint]\nbase_url = ''\nprofile = 'minimal'\nselect = ['CV605']\nexclude = ['/old/', 'draft*']\n")
    redirect = '[{"verb": "redirect", "actionHook": "/a"}]'
    for name in ("a.json", "old/a.json", "draft.json", "sub/draft1.json", "sub/old/b.json"):
        repository.put(name, redirect)
    outcome = repository.lint()
    assert [one["path"] for one in outcome.findings] == ["a.json", "sub/old/b.json"]
    assert set(outcome.codes) == {"CV605"}


def test_overrides_for_some_files(repository: Repository) -> None:
    repository.put(
        "callverbs.toml",
        """
        [lint]
        select = ["CV4"]
        [[lint.overrides]]
        files = ["old/", "*.draft.json"]
        severity = { gather-without-hook = "info" }
        [[lint.overrides]]
        files = ["/old/b.json"]
        ignore = ["CV401"]
        """,
    )
    for name in ("a.json", "a.draft.json", "old/a.json", "old/b.json", "sub/old/c.json"):
        repository.put(name, MENU)
    assert [(one["path"], one["severity"]) for one in repository.lint().findings] == [
        ("a.draft.json", "info"),
        ("a.json", "warning"),
        ("old/a.json", "info"),
        ("sub/old/c.json", "info"),
    ]
    assert repository.lint("old/b.json").findings == []


def test_the_command_line_wins(repository: Repository) -> None:
    repository.put(
        "callverbs.toml", "[lint]\nignore = ['CV401']\nseverity = {CV103 = 'info'}\n[[lint.overrides]]\nfiles=['*']\nignore=['CV3']\n"
    )
    repository.write(a_json=MENU, b_json=DRAFT)
    assert [(one["code"], one["severity"]) for one in repository.lint().findings] == [("CV103", "info")]
    layer = Layer(select=("CV401", "CV103"), severity={"CV1": "warning"})
    assert [(one["code"], one["severity"]) for one in repository.lint(layer=layer).findings] == [("CV401", "warning"), ("CV103", "warning")]


def test_replies_are_found_from_anywhere(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.put("sub/callverbs.toml", "[lint]\nselect = ['CV204']\nreplies = { '/again' = 'flows/again.json' }\n")
    repository.put("sub/flows/again.json", '[{"verb": "redirect", "actionHook": "/again"}]')
    repository.put("sub/a.json", '[{"verb": "redirect", "actionHook": "/again"}]')
    from_here = repository.lint("sub/a.json").codes
    assert from_here == ["CV204"]
    monkeypatch.chdir(repository.folder / "sub" / "flows")
    assert repository.lint("../a.json").codes == from_here


def test_no_setting_hides_an_unreadable_document(repository: Repository) -> None:
    repository.put("callverbs.toml", "[lint]\nselect = []\nignore = ['CV0']\nseverity = {CV = 'info'}\n")
    repository.write(a_json="[", b_json="5", c_json=DRAFT)
    outcome = repository.lint("a.json", "b.json", "c.json")
    assert [(one["code"], one["severity"]) for one in outcome.findings] == [("CV001", "error"), ("CV003", "error")]
    assert outcome.code == 1


# --------------------------------------------------------------------------- mistakes

WRONG = """\
[lint]
profile = "strickt"
selct = ["CV3"]
ignore = ["CV401", "CV3o2"]
base_url = "example.com"

[lint.severity]
CV401 = "warn"
"too-few-targets" = "info"

[[lint.overrides]]
files = ["*"]
ignore = ["CV9999"]
[[lint.overrides]]
ignore = ["CV103"]
"""


def test_findings_of_a_settings_file_have_positions(repository: Repository) -> None:
    repository.put("callverbs.toml", WRONG)
    repository.write(a_json=FLOW)
    outcome = repository.lint("a.json")
    assert outcome.code == 1
    assert {one["path"] for one in outcome.findings} == {"callverbs.toml"}
    assert [(one["line"], one["column"], one["code"], one["message"]) for one in outcome.findings] == [
        (2, 11, "CV105", "profile must be one of minimal, recommended, strict, not \"strickt\"; did you mean strict?"),
        (3, 1, "CV102", "lint settings has no property selct; did you mean select?"),
        (4, 20, "CV903", "there is no rule CV3o2; did you mean CV302?"),
        (5, 12, "CV111", 'base_url is an http or https URL; or "" where relative hooks have nothing to be relative to'),
        (8, 9, "CV105", 'severity.CV401 must be one of error, warning, info, not "warn"; did you mean warning?'),
        (9, 1, "CV903", "there is no rule too-few-targets; did you mean too-many-targets?"),
        (13, 11, "CV903", "there is no rule CV9999: `callverbs rules` lists them"),
        (14, 1, "CV103", "overrides[1] needs files"),
    ]  # fmt: skip


def test_the_rest_of_the_file_applies(repository: Repository) -> None:
    repository.put("callverbs.toml", "[lint]\nselct = 1\nignore = ['CV401', 'CV999']\n[[lint.overrides]]\nignore = 5\nfiles = ['*']\n")
    repository.write(a_json=MENU)
    outcome = repository.lint("a.json")
    assert outcome.positions == [("callverbs.toml", "CV102", 2, 1), ("callverbs.toml", "CV903", 3, 20), ("callverbs.toml", "CV104", 5, 10)]
    repository.put("callverbs.toml", "lint = 5\n")
    assert repository.lint("a.json").codes == ["CV104", "CV401"]


def test_mistakes_in_settings_cannot_be_ignored(repository: Repository) -> None:
    repository.put("callverbs.toml", "[lint]\nignore = ['CV9', 'CV999']\nseverity = {CV903 = 'info'}\n")
    repository.write(a_json=FLOW)
    outcome = repository.lint("a.json")
    assert (outcome.codes, outcome.code) == (["CV903"], 1)


def test_a_server_ignores_the_values_of_lint(repository: Repository) -> None:
    from callverbs.interpreter.server import settings

    repository.put(
        "callverbs.toml", "[carrier]\nkind = 'simulated'\n[applications.a]\napp = 'https://example.com/a'\n[lint]\nignore = ['CV401']\n"
    )
    assert settings.read({}, {}).carrier.kind == "simulated"
    repository.put("callverbs.toml", "[lint]\nselct = ['CV401']\n")
    with pytest.raises(settings.SettingsError, match="lint has no property selct; did you mean select"):
        settings.read({}, {})


def test_the_settings_of_the_page_are_right(repository: Repository) -> None:
    page = (ROOT / "docs" / "lint-settings.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```toml\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    repository.put("callverbs.toml", example)
    repository.write(a_json=FLOW)
    assert repository.lint("a.json")[::2] == (0, "")
