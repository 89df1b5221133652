"""Suppressions: where one applies, what it suppresses, and the diagnostics of one without effect."""

from time import process_time

import pytest

from callverbs.interpreter.lint.finding import Finding
from callverbs.interpreter.lint.fixes import fix_source
from callverbs.interpreter.lint.linter import lint
from callverbs.interpreter.lint.rules import RULES
from callverbs.interpreter.text.source import Source
from callverbs.verbs.language.document import MAX_VERBS

DEFAULT_PROFILE = ("CV401", "CV901", "CV902", "CV903")


def found(text: str, name: str = "a.yaml", *codes: str) -> list[Finding]:
    return lint(Source.read(name, text), rules=[RULES[code] for code in codes or DEFAULT_PROFILE])


def positions(text: str, name: str = "a.yaml", *codes: str) -> list[tuple[str, int, int]]:
    return [(one.code, one.line, one.column) for one in found(text, name, *codes)]


# --------------------------------------------------------------------------- comments


@pytest.mark.parametrize(
    "text",
    [
        "- gather: {numDigits: 1} # callverbs: ignore[CV401] why\n",
        "# callverbs: ignore[CV401] why\n- gather: {numDigits: 1}\n",
        "# callverbs: ignore[CV401] why\n\n  # of the menu\n- gather: {numDigits: 1}\n",
        "# callverbs: ignore[CV401] why\r\n- gather: {numDigits: 1}\r\n",
        "- verb: gather   # the menu # callverbs:ignore [ CV401 , CV4]: why\n  numDigits: 1\n- say: {text: a}\n",
        "# callverbs: ignore[gather-without-hook] why\n- gather: {numDigits: 1}\n",
        "# callverbs: ignore[CV4] why\n- gather: {numDigits: 1}\n",
        "# callverbs: ignore-file[CV401] why\n- say: {text: a}\n- gather: {numDigits: 1}\n",
        "- say: {text: a}\n- gather: {numDigits: 1}\n# callverbs: ignore-file[CV401] why",
        "- gather: {numDigits: 1, _: 'callverbs: ignore[CV401] why'}\n",
        "- gather: {numDigits: 1} # callverbs: ignore[CV401] why # callverbs: ignore[CV401] again\n",
    ],
)
def test_a_suppressed_finding(text: str) -> None:
    assert positions(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "- say:\n    text: '# callverbs: ignore[CV401] why'\n- gather: {numDigits: 1}\n",
        "- say:\n    text: |\n      # callverbs: ignore[CV401] why\n- gather: {numDigits: 1}\n",
        "- say: {text: 'a\n   # callverbs: ignore[CV401] why'}\n- gather: {numDigits: 1}\n",
        "# callverbs: ignored[CV401] why\n- say: {text: a}\n- gather: {numDigits: 1}\n",
        "# callverbs: this is the menu\n- say: {text: a}\n- gather: {numDigits: 1}\n",
        "- say:\n    text: a#callverbs:ignore[CV401]\n- gather: {numDigits: 1}\n",
        '- say: {text: a}\n- tag: {data: {"callverbs: ignore[CV401]": 1}}\n- gather: {numDigits: 1}\n',
    ],
)
def test_what_is_no_suppression(text: str) -> None:
    assert [code for code, _, _ in positions(text)] == ["CV401"]


def test_a_comment_on_the_first_line_of_a_block() -> None:
    text = "- say:\n    text: | # callverbs: ignore[CV501] filled in later\n- say:\n    text: &a > # callverbs: ignore[CV501] too\n\n"
    assert positions(text, "a.yaml", "CV501", "CV901") == []
    assert [line for _, line, _ in positions(text.replace("callverbs: ignore", ""), "a.yaml", "CV501")] == [2, 4]


def test_a_comment_applies_to_one_line() -> None:
    text = "# callverbs: ignore[CV401] why\n- gather: {numDigits: 1}\n- gather: {numDigits: 1}\n"
    assert positions(text, "a.yaml", "CV401") == [("CV401", 3, 3)]
    assert positions("- gather:\n    numDigits: 1 # callverbs: ignore[CV401] why\n", "a.yaml", "CV401", "CV901") == [
        ("CV401", 1, 3),
        ("CV901", 2, 18),
    ]


def test_a_diagnostic_of_the_text_can_be_suppressed() -> None:
    text = "- tag: {data: {a: 0x1F}} # callverbs: ignore[CV005] it is our own word\n"
    assert positions(text, "a.yaml", "CV005", "CV901") == []
    assert positions(text.replace("callverbs", "verbs"), "a.yaml", "CV005", "CV901") == [("CV005", 1, 19)]


# --------------------------------------------------------------------------- the property


def test_a_property_applies_to_all_of_its_verb() -> None:
    suppression = '"_": "callverbs: ignore[CV102, CV304] the gateway wants it"'
    dial = '{"verb": "dial", "target": [{"type": "phone", "foo": 1}], "actionHook": "/a", "_": 1}'
    quiet = dial.replace('"_": 1', suppression)
    assert positions(f"[{quiet}]", "a.json", "CV102", "CV304", "CV901") == []
    assert [code for code, _, _ in positions(f"[{quiet}, {dial}]", "a.json", "CV102", "CV304", "CV901")] == ["CV304", "CV102"]


def test_a_property_applies_in_the_short_form_too() -> None:
    text = '[{"gather": {"numDigits": 1, "_": "callverbs: ignore[CV401] why"}}, {"gather": {"numDigits": 1}}]'
    assert positions(text, "a.json", "CV401", "CV901") == [("CV401", 1, 70)]


def test_a_property_of_a_verb_within_a_verb() -> None:
    text = '[{"verb": "gather", "numDigits": 1, "say": {"text": "a", "foo": 1, "_": "callverbs: ignore[CV102, CV401] why"}}]'
    assert positions(text, "a.json", "CV102", "CV901") == []
    assert positions(text.replace('"foo": 1, ', ""), "a.json") == [("CV401", 1, 11), ("CV901", 1, 63)]


def test_a_property_for_the_whole_document() -> None:
    text = '[{"say": {"text": "a", "_": "callverbs: ignore-file[CV401] why"}}, {"gather": {"numDigits": 1}}]'
    assert positions(text, "a.json", "CV401", "CV901") == []


def test_comments_are_no_part_of_json() -> None:
    text = '[{"verb": "say", "text": "# callverbs: ignore[CV401] a"}, {"verb": "gather", "numDigits": 1}]'
    assert positions(text, "a.json", "CV401", "CV901") == positions(text, "a.yaml", "CV401", "CV901") == [("CV401", 1, 68)]


def test_what_is_shared_is_one_suppression() -> None:
    shared = "- &menu\n  verb: gather\n  numDigits: 1\n  _: 'callverbs: ignore[CV401] why'\n- *menu\n"
    assert positions(shared, "a.yaml", "CV401", "CV901") == []
    assert [code for code, *_ in positions(shared.replace("CV401", "CV501"), "a.yaml", "CV901")] == []
    assert [code for code, *_ in positions(shared.replace("CV401", "CV501"), "a.yaml", "CV501", "CV901")] == ["CV901"]


def test_what_is_merged_has_its_suppression() -> None:
    menu = "- &menu\n  verb: gather\n  actionHook: /a\n  numDigits: 1\n  _: 'callverbs: ignore[CV403] why'\n"
    assert positions(f"{menu}- <<: *menu\n  numDigits: 129\n", "a.yaml", "CV403", "CV901") == []


# --------------------------------------------------------------------------- diagnostics of suppressions


def test_an_unused_suppression() -> None:
    (one,) = found("- say: {text: a} # callverbs: ignore[CV401] why\n")
    assert (one.code, one.severity, one.column, one.end_column) == ("CV901", "warning", 18, 48)
    assert one.message == "there is no CV401 here to ignore"


def test_an_unused_code_of_a_used_suppression() -> None:
    (one,) = found("# callverbs: ignore[CV401, CV402] why\n- gather: {numDigits: 1}\n", "a.yaml", *DEFAULT_PROFILE, "CV402")
    assert (one.code, one.line, one.column, one.end_column) == ("CV901", 1, 28, 33)


def test_a_suppression_of_a_disabled_rule_is_not_unused() -> None:
    text = "- say: {text: a} # callverbs: ignore[CV401] why\n"
    assert positions(text, "a.yaml", "CV901") == []
    assert positions(text, "a.yaml", "CV401") == []
    assert positions(text, "a.yaml", "CV401", "CV901") == [("CV901", 1, 18)]


def test_a_suppression_without_a_reason() -> None:
    assert positions("- gather: {numDigits: 1} # callverbs: ignore[CV401] - \n") == [("CV902", 1, 26)]


@pytest.mark.parametrize(
    ("suppression", "column", "complaint"),
    [
        ("ignore[CV3O2] why", 21, "there is no rule CV3O2; did you mean CV302?"),
        ("ignore[strict] why", 21, "strict is a profile, not a rule: name the rule to ignore"),
        ("ignore why", 1, "name the rule to ignore, as in ignore[CV301]"),
        ("ignore[] why", 1, "name the rule to ignore, as in ignore[CV301]"),
    ],
)
def test_a_suppression_that_cannot_be_understood(suppression: str, column: int, complaint: str) -> None:
    (one,) = found(f"# callverbs: {suppression}\n- say: {{text: a}}\n")
    assert (one.code, one.severity, one.column, one.message) == ("CV903", "error", column, complaint)


def test_diagnostics_in_json_are_at_the_property() -> None:
    text = '[{"verb": "say", "text": "a", "_": "callverbs: ignore[CV999, CV401]"}]'
    assert positions(text, "a.json") == [("CV903", 1, 36), ("CV901", 1, 36), ("CV902", 1, 36)]
    assert {one.pointer for one in found(text, "a.json")} == {"/0/_"}


# --------------------------------------------------------------------------- what cannot be suppressed


@pytest.mark.parametrize("text", ["# callverbs: ignore-file[CV001, CV003] why\n- {", "# callverbs: ignore-file[CV003] why\nverb: say\n"])
def test_an_unreadable_document_is_always_reported(text: str) -> None:
    assert [one.severity for one in found(text)] == ["error"]
    assert [one.severity for one in found(text, "a.yaml", "CV401")] == ["error"]


def test_an_internal_error_is_always_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(document: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(RULES["CV401"], "check", fails)
    text = "# callverbs: ignore-file[CV900] why\n- say: {text: a}\n"
    assert [code for code, *_ in positions(text, "a.yaml", "CV401", "CV900")] == ["CV900"]
    assert [code for code, *_ in positions(text, "a.yaml", "CV401")] == ["CV900"]


# --------------------------------------------------------------------------- fixes


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- say: {text: a}   # callverbs: ignore[CV401] why\n- hangup: {}\n", "- say: {text: a}\n- hangup: {}\n"),
        ("- answer: {}\n  # callverbs: ignore[CV401] why\n- say: {text: a}\n", "- answer: {}\n- say: {text: a}\n"),
        ("- say: {text: a}\r\n# callverbs: ignore[CV401] why\r\n", "- say: {text: a}\r\n"),
        ("- say: {text: a}\n# callverbs: ignore[CV401] why", "- say: {text: a}\n"),
        ("- say: {text: a} # callverbs: ignore[CV401] why # b\n", "- say: {text: a}\n"),
        ("- say: {text: a, _: 'callverbs: ignore[CV401] why'}\n", "- say: {text: a}\n"),
    ],
)
def test_an_unused_suppression_can_be_removed(before: str, after: str) -> None:
    assert fix_source(Source.read("a.yaml", before)).text == after


def test_thousands_of_suppressions() -> None:
    text = "".join(f"- say: {{text: a}} # callverbs: ignore[CV401] {number}\n" for number in range(MAX_VERBS))
    assert len(found(text, "a.yaml", "CV401", "CV901")) == MAX_VERBS


def test_thousands_of_suppressions_are_read_once() -> None:
    began = process_time()
    assert len(positions("# callverbs: ignore[CV401] why\n" * 10_000 + "- say: {text: a}\n", "a.yaml", "CV401", "CV901")) == 10_000
    assert process_time() - began < 5


def test_behind_an_error_no_suppression_counts_as_unused() -> None:
    text = "- gather: {numDigits: 1, Play: {url: 'https://example.com/a.mp3'}} # callverbs: ignore[CV401] why\n"
    assert [code for code, *_ in positions(text, "a.yaml", "CV102", "CV401", "CV901")] == ["CV102"]
    assert [code for code, *_ in positions(text, "a.yaml", "CV401", "CV901")] == []
    fixed = fix_source(Source.read("a.yaml", text), unsafe=True, relint=lambda source: lint(source))
    assert fixed.text == text.replace("Play", "play")
