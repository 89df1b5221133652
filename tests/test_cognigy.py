"""What Cognigy's pages have is in a sample that lint finds nothing in, and that runs (tests/samples)."""

import pytest

from callverbs.interpreter.lint.context import LintContext
from callverbs.interpreter.lint.linter import lint
from callverbs.interpreter.text.source import Source
from tests.cognigy import SAMPLES, table
from tests.language_page import fate


def test_every_property_that_has_an_effect_is_in_a_sample() -> None:
    missing = [(page, row.name) for page, row, sample in table() if fate(row)[0] != "impossible" and not sample]
    assert not missing, "write it into a flow of samples/cognigy-*"


@pytest.mark.parametrize("name", ["cognigy-agent", "cognigy-transfer"])
def test_lint_finds_nothing(name: str) -> None:
    (flow,) = next(sample for sample in SAMPLES if sample.name == name).glob("flow.*")
    assert list(lint(Source.read(flow), LintContext(dialect="cognigy"))) == []
