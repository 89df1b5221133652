"""Every action that an editor offers has been tried: it fixes the finding, or suppresses it and leaves the document as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callverbs.interpreter.lint.finding import Finding
from callverbs.interpreter.lint.linter import lint
from callverbs.interpreter.lsp.actions import Action, actions_for, fix_all, minimal_edit
from callverbs.interpreter.text.edits import apply
from callverbs.interpreter.text.source import Source


def offered(text: str, code: str) -> tuple[list[Finding], dict[str, str]]:
    """Returns what is found, and by the title of each action what the text becomes."""
    source = Source.read("a", text)
    found = lint(source)
    actions: list[Action] = list(actions_for(source, found, [one for one in found if one.code == code], lint))
    return found, {one.title: apply(text, [one.edit]) for one in actions}


def test_a_fix_is_offered_whether_it_is_safe_or_not() -> None:
    _, actions = offered("- verb: say\n  txt: a # b\n", "CV102")
    assert actions["CV102: rename it to text"] == "- verb: say\n  text: a # b\n"
    _, actions = offered("- verb: dial\n  target: [{type: Phone, number: '+14155550100'}]\n", "CV105")
    assert actions['CV105: write "phone"'] == "- verb: dial\n  target: [{type: phone, number: '+14155550100'}]\n"
    _, actions = offered('[{"verb": "say", "text": "a", "disableTtsCache": true}]', "CV108")
    assert actions["CV108: remove it"] == '[{"verb": "say", "text": "a"}]'


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (
            "- verb: say\n  text: a\n  disableTtsCache: true\n",
            "- verb: say\n  text: a\n  disableTtsCache: true  # callverbs: ignore[CV108] say why\n",
        ),
        (
            "- verb: say\n  text: a\n  # why\n  loop: 1\n  disableTtsCache:\n    true # on\n",
            "- verb: say\n  text: a\n  # why\n  loop: 1\n  disableTtsCache:  # callverbs: ignore[CV108] say why\n    true # on\n",
        ),
        (
            "- verb: say\n  text: a\n  instructions: >-\n    calm\n    and slow\n",
            "- verb: say\n  text: a\n  instructions: >-  # callverbs: ignore[CV108] say why\n    calm\n    and slow\n",
        ),
        (
            '[{"verb": "say", "text": "a", "disableTtsCache": true}]',
            '[{"verb": "say", "text": "a", "disableTtsCache": true, "_": "callverbs: ignore[CV108] say why"}]',
        ),
        (
            '[{"say": {"text": "a", "disableTtsCache": true}}]',
            '[{"say": {"text": "a", "disableTtsCache": true, "_": "callverbs: ignore[CV108] say why"}}]',
        ),
    ],
)
def test_a_finding_can_be_suppressed(text: str, after: str) -> None:
    found, actions = offered(text, "CV108")
    assert actions["CV108: ignore it here"] == after
    assert "CV108" in [one.code for one in found]
    assert "CV108" not in [one.code for one in lint(Source.read("a", after))]


def test_a_suppression_that_would_not_work_is_not_offered() -> None:
    source = Source.read("a", '[{"verb": "say", "text": "a", "disableTtsCache": true}]')
    found = lint(source)
    assert [one.is_fix for one in actions_for(source, found, found[:1], lambda _: found)] == [True]


@pytest.mark.parametrize("text", ['[{"verb": "say", "text": "a"},]', '{"verb": "say"}'])
def test_what_cannot_be_suppressed_is_not_offered(text: str) -> None:
    for code in ("CV001", "CV003"):
        assert offered(text, code)[1] == {}


def test_all_safe_fixes_are_one_edit() -> None:
    text = '[{"verb": "Say", "text": "a"}, {"verb": "Hangup"}]'
    edit = fix_all(Source.read("a", text), lint)
    assert edit
    assert apply(text, [edit]) == '[{"verb": "say", "text": "a"}, {"verb": "hangup"}]'
    assert fix_all(Source.read("a", apply(text, [edit])), lint) is None


@given(st.text("ab\n", max_size=8), st.text("ab\n", max_size=8))
def test_a_minimal_edit_turns_one_text_into_another(before: str, after: str) -> None:
    edit = minimal_edit(before, after)
    assert apply(before, [edit]) == after
    assert before != after or (edit.start == edit.end and not edit.text)
