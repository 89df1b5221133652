"""Scenarios and callverbs.toml in an editor: what can be written at a cursor, what is there, and what is wrong."""

import pytest

from callverbs.interpreter.cli._file_kinds import FILE_KINDS
from callverbs.interpreter.lsp.schema_files import FileKind, complete, hover
from callverbs.interpreter.text.source import Source

SCENARIO, SETTINGS = FILE_KINDS
NAMES = {SCENARIO: "a.scenario.yaml", SETTINGS: "callverbs.toml"}


def opened(kind: FileKind, text: str) -> tuple[Source, int]:
    """Returns a text, and the offset of its cursor, which is written as ¦."""
    return Source(NAMES[kind], text.replace("¦", ""), []), text.index("¦")


@pytest.mark.parametrize(
    ("kind", "text", "some", "word"),
    [
        (SCENARIO, "¦", {"flow", "hooks", "for"}, ""),
        (SCENARIO, "fl¦", {"flow", "hooks"}, "fl"),
        (SCENARIO, "flow: a.yaml\nho¦\n", {"hooks", "caller"}, "ho"),
        (SCENARIO, "hooks:\n  /menu:\n    st¦\n", {"status", "reply"}, "st"),
        (SCENARIO, "hooks:\n  /menu:\n    - ¦\n", set(), ""),
        (SCENARIO, "hooks:\n  /menu:\n    - st¦: 1\n", {"status", "reply"}, "st"),
        (SCENARIO, "dialect: ¦\n", {"jambonz", "cognigy"}, ""),
        (SCENARIO, "strict: ¦\n", {True, False}, ""),
        (SCENARIO, "caller:\n  pr¦\n", {"presses", "says"}, "pr"),
        (SETTINGS, "¦", set(), ""),
        (SETTINGS, "[server]\npo¦\n", {"port", "store"}, "po"),
        (SETTINGS, "[applications.x]\nap¦ology = 1\n", {"app", "apology"}, "apology"),
        (SETTINGS, '[lint]\nprofile = "st¦rict"\n', {"strict", "minimal"}, '"strict"'),
        (SETTINGS, "[lint]\nprofile = ¦\n", {"strict", "minimal"}, ""),
        (SETTINGS, "[nothing]\n¦\n", set(), ""),
    ],
)
def test_what_can_be_written(kind: FileKind, text: str, some: set[object], word: str) -> None:
    source, offset = opened(kind, text)
    found = complete(kind, source, offset)
    assert some <= {one.value for one in found.found}
    assert source.text[found.start : found.end] == word


def test_what_is_there_already_is_not_offered() -> None:
    source, offset = opened(SCENARIO, "flow: a.yaml\n¦\n")
    assert "flow" not in [one.value for one in complete(SCENARIO, source, offset).found]


@pytest.mark.parametrize(
    ("kind", "text", "beginning"),
    [
        (SCENARIO, "fl¦ow: a.yaml\n", "**flow**: text\n\nThe document"),
        (SCENARIO, "hooks:\n  /menu: [{ti¦mes: 1}]\n", "**hooks./menu.0.times**: whole number"),
        (SCENARIO, "flow: a.yaml\n¦", ""),
        (SETTINGS, "[server]\npo¦rt = 1\n", "**server.port**: whole number"),
        (SETTINGS, "[server\npo¦rt = 1\n", ""),
    ],
)
def test_what_is_there(kind: FileKind, text: str, beginning: str) -> None:
    source, offset = opened(kind, text)
    found = hover(kind, source, offset)
    assert found.startswith(beginning)
    assert bool(found) == bool(beginning)


@pytest.mark.parametrize(
    ("kind", "text", "position", "message"),
    [
        (SCENARIO, "flow: a.yaml\nhooks:\n  /m: {stats: 204}\n", (3, 8), "there is no property stats; did you mean status?"),
        (SCENARIO, "caller: {presses: x}\n", (1, 9), ""),
        (SCENARIO, "hooks: [\n", (2, 1), ""),
        (SETTINGS, "[server]\nprot = 1\n", (2, 1), "server has no property prot; did you mean port?"),
        (SETTINGS, "[server\n", (1, 8), "this is not TOML"),
    ],
)
def test_what_is_wrong(kind: FileKind, text: str, position: tuple[int, int], message: str) -> None:
    (problem,) = kind.check(Source(NAMES[kind], text, []))
    assert (problem.span.line, problem.span.column) == position
    assert problem.message.startswith(message)


def test_what_is_right() -> None:
    assert SCENARIO.check(Source("scenario.yaml", "flow: a.yaml\nhooks: {/menu: {status: 204}}\n", [])) == []
    assert SETTINGS.check(Source("callverbs.toml", "[server]\nport = 1\n", [])) == []
