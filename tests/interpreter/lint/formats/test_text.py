"""What people read, byte for byte."""

from callverbs.interpreter.lint import formats
from callverbs.interpreter.lint.formats import LintResult
from callverbs.interpreter.lint.formats.text import EXCERPT_MAX_CHARACTERS
from tests.interpreter.lint.formats.cases import CASES, DRAFT, FLOW, found, linted


def text(case: list[LintResult], colour: bool = False) -> str:
    return formats.render("text", case, colour)


def test_two_findings() -> None:
    case = linted('[\n\t{"verb": "say", "text": "Grüße 本", "txt": 1},\n  {"verb": "play", "url": "silence_stream://900"}\n]')
    assert text([case]) == (
        "a.json:2:37: error CV102 unknown-property say has no property txt; did you mean text?\n"
        '    \t{"verb": "say", "text": "Grüße 本", "txt": 1},\n'
        "    \t" + " " * 36 + "^^^^^\n"
        "\n"
        "a.json:3:27: info CV702 emulated the carrier cannot play a silence: a timer of callverbs is used\n"
        '      {"verb": "play", "url": "silence_stream://900"}\n'
        "    " + " " * 26 + "^^^^^^^^^^^^^^^^^^^^^^\n"
        "\n"
        "1 error, 1 info in 1 file\n"
    )


def test_findings_over_lines_and_without_a_position() -> None:
    assert text([linted('[{"verb": "pause",\n "id": "a"}]'), linted("", "b.yaml"), *CASES["nowhere"]]) == (
        "a.json:1:2: error CV103 missing-property pause needs length\n"
        '    [{"verb": "pause",\n'
        "     " + "^" * 17 + "\n"
        "\n"
        "b.yaml:1:1: error CV001 unreadable the file is empty\n"
        "\n"
        "a.json: error CV102 unknown-property there is none\n"
        "\n"
        "3 errors in 3 files\n"
    )


def test_a_line_that_is_too_long_to_show() -> None:
    case = linted(
        '[{"verb": "tag", "data": {"a": "' + "x" * 300 + '"}}, {"verb": "pause"}, {"verb": "tag", "data": {"b": "' + "y" * 300 + '"}}]'
    )
    _, shown, under, *_ = text([case]).splitlines()
    assert shown.startswith("    …xxx")
    assert shown.endswith("yyy…")
    assert len(shown) == 4 + 1 + EXCERPT_MAX_CHARACTERS + 1
    assert shown[under.index("^") : under.rindex("^") + 1] == '{"verb": "pause"}'


def test_a_line_with_what_cannot_be_seen() -> None:
    _, shown, under, *_ = text([found('["\x1b[2J", \u202e1]', column=3, end_column=7)]).splitlines()
    assert shown == '    ["␛[2J", \ufffd1]'
    assert under == "      ^^^^"


def test_colours() -> None:
    painted = text([linted(DRAFT)], colour=True)
    assert painted.startswith("\x1b[1ma.json:1:2:\x1b[0m \x1b[31merror CV103\x1b[0m missing-property pause needs length\n")
    assert painted.count("\x1b[0m") == 3


def test_nothing() -> None:
    assert text([linted(FLOW), linted(FLOW)]) == "nothing found in 2 files\n"
    assert text([]) == "nothing found in 0 files\n"
