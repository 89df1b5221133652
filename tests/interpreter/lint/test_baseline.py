"""Findings of the baseline are not reported, wherever they move, until the verb that they are about changes."""

import json
from pathlib import Path

import pytest

from callverbs.interpreter.lint.selection import Layer
from tests.interpreter.lint.repository import DRAFT, MENU, SILENCE, Repository

KNOWN = Path("known.json")


@pytest.fixture
def known(repository: Repository) -> Repository:
    """A repository whose findings are all in the baseline."""
    repository.put("a.json", '[{"verb": "gather", "numDigits": 1}, {"verb": "pause"}]')
    repository.put("sub/b.yaml", "- verb: gather\n  numDigits: 1\n- verb: play\n  url: silence_stream://100\n")
    repository.lint(write_baseline=KNOWN)
    return repository


def test_findings_are_written_and_no_longer_reported(repository: Repository) -> None:
    repository.put("sub/a.json", MENU)
    repository.write(b_json=SILENCE, c_json=DRAFT)
    outcome = repository.lint(write_baseline=Path("sub/known.json"))
    assert (outcome.code, outcome.findings) == (0, [])
    assert outcome.err == "3 findings are in the baseline now: sub/known.json\n"
    written = json.loads((repository.folder / "sub/known.json").read_text())
    assert written["version"] == 1
    assert {name: [one["code"] for one in found] for name, found in written["findings"].items()} == {
        "../b.json": ["CV702"],
        "../c.json": ["CV103"],
        "a.json": ["CV401"],
    }
    assert repository.lint(baseline=Path("sub/known.json"))[::2] == (0, "")
    assert repository.lint().code == 1


def test_the_settings_can_name_a_baseline(known: Repository) -> None:
    known.put("callverbs.toml", "[lint]\nbaseline = 'known.json'\n")
    assert known.lint().findings == known.lint("sub").findings == []
    known.put("sub/callverbs.toml", "[lint]\n")
    assert known.lint().codes == ["CV401", "CV702"]


def test_other_lines_and_other_verbs_do_not_matter(known: Repository) -> None:
    known.put("a.json", '[{"say": {"text": "a"}},\n\n  {"numDigits": 1.0, "verb": "gather"}, {"verb": "hangup"}]')
    known.put("sub/b.yaml", "# moved\n- say: {text: a}\n- url: silence_stream://100\n  verb: play\n- numDigits: 1\n  verb: gather\n")
    outcome = known.lint(layer=Layer(select=("CV401", "CV702")), baseline=KNOWN)
    assert [one["path"] for one in outcome.findings] == ["a.json"]  # 1.0 is another text than 1
    assert outcome.err == "a.json: CV401 at /0/verb is in the baseline, and no longer found\n"


def test_a_finding_of_a_changed_verb_is_reported(known: Repository) -> None:
    known.put("a.json", '[{"verb": "gather", "numDigits": 1}, {"verb": "pause", "id": "a"}]')
    known.put("sub/b.yaml", "- verb: gather\n  numDigits: 1\n- verb: play\n  url: silence_stream://200\n")
    outcome = known.lint(baseline=KNOWN)
    assert outcome.positions == [("a.json", "CV103", 1, 38), ("sub/b.yaml", "CV702", 4, 8)]
    assert outcome.err.splitlines() == [
        "a.json: CV103 at /1 is in the baseline, and no longer found",
        "sub/b.yaml: CV702 at /1/url is in the baseline, and no longer found",
    ]


def test_one_entry_hides_one_finding(known: Repository) -> None:
    known.put("a.json", '[{"verb": "pause"}, {"verb": "pause"}]')
    assert known.lint("a.json", baseline=KNOWN, layer=Layer(select=("CV103",))).positions == [("a.json", "CV103", 1, 21)]


def test_findings_of_files_and_rules_that_were_not_linted_are_not_stale(known: Repository) -> None:
    assert known.lint("sub", baseline=KNOWN)[::2] == (0, "")
    assert known.lint(baseline=KNOWN, layer=Layer(select=("CV1",)))[::2] == (0, "")
    (known.folder / "a.json").unlink()
    assert known.lint("sub", baseline=KNOWN).err.splitlines() == [
        "a.json: CV401 at /0/verb is in the baseline, and no longer found",
        "a.json: CV103 at /1 is in the baseline, and no longer found",
    ]


def test_an_unreadable_file_is_always_reported(repository: Repository) -> None:
    repository.write(flow_json="[", b_json=DRAFT)
    outcome = repository.lint(write_baseline=KNOWN)
    assert (outcome.codes, outcome.code) == (["CV001"], 1)
    assert repository.lint(baseline=KNOWN).codes == ["CV001"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "known.json is not a baseline that --write-baseline has written: Input data was truncated\n"),
        ("[]", "known.json is not a baseline that --write-baseline has written: Expected `object`, got `array`\n"),
        ('{"version": 2, "findings": {}}', "the baseline known.json has version 2, and this is version 1: write it again\n"),
    ],
)
def test_a_file_that_is_no_baseline(repository: Repository, text: str, complaint: str) -> None:
    repository.write(a_json=DRAFT)
    repository.put("known.json", text)
    assert repository.lint("a.json", baseline=KNOWN) == (2, "", complaint)


def test_files_that_are_not_there(repository: Repository) -> None:
    repository.write(a_json=DRAFT)
    assert repository.lint(baseline=KNOWN)[::2] == (2, "the baseline known.json cannot be read: No such file or directory\n")
    assert repository.lint(write_baseline=Path("no/known.json"))[::2] == (2, "no/known.json cannot be written: No such file or directory\n")
