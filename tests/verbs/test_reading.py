"""A document is read, or refused with the place of what is wrong: nothing that JSON can write raises anything else."""

from typing import Any

import pytest

from callverbs import verbs
from callverbs.schemas._explain import MAX_ERRORS
from callverbs.verbs import DocumentError
from callverbs.verbs.language.document import MAX_REPORTED, MAX_VERBS


def test_a_whole_number_may_be_written_with_a_point() -> None:
    """JSON Schema calls 2.0 an integer."""
    (say,) = verbs.read([{"verb": "say", "text": "a", "loop": 2.0}]).verbs
    assert say.loop == 2  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ([{"verb": "pause", "length": 10**400}], "/0/length"),
        ([{"pause": {"length": 10**400}}], "/0/pause/length"),
        ([{"verb": "say", "text": "a"}, {"verb": "tag", "data": {"a": [1, -(10**400)]}}], "/1/data/a/1"),
    ],
)
def test_a_number_that_no_computer_counts_with_is_refused(document: Any, pointer: str) -> None:
    with pytest.raises(DocumentError, match="too large for any computer") as error:
        verbs.read(document)
    assert [(diagnostic.code, diagnostic.pointer) for diagnostic in error.value.diagnostics] == [("CV111", pointer)]


def test_numbers_of_the_application_s_own_are_its_own() -> None:
    (tag,) = verbs.read([{"verb": "tag", "data": {"id": 2**64}}]).verbs
    assert tag.data == {"id": 2**64}  # type: ignore[attr-defined]


def test_the_longest_list_is_read_and_a_longer_one_is_refused() -> None:
    verb = {"verb": "pause", "length": 1}
    assert len(verbs.read([verb] * MAX_VERBS).verbs) == MAX_VERBS
    with pytest.raises(DocumentError, match=rf"a list may have {MAX_VERBS} verbs; this one has {MAX_VERBS + 1}"):
        verbs.read([verb] * (MAX_VERBS + 1))


def test_the_first_diagnostics_are_enough_to_refuse_a_document() -> None:
    with pytest.raises(DocumentError) as error:
        verbs.read([{"verb": "pause", "length": "long"}] * MAX_VERBS)
    assert [one.path for one in error.value.diagnostics] == [(index, "length") for index in range(MAX_REPORTED)]


def test_a_verb_with_very_many_faults_is_explained_up_to_a_limit() -> None:
    targets = [{"type": "phone", "number": "+14155550100", "trunk": "", "colour": 1}] * 2 * MAX_ERRORS
    assert 0 < len(verbs.diagnose([{"verb": "dial", "target": targets}])) <= MAX_ERRORS
