"""JUnit XML, held to the schema that Jenkins has (junit-10.xsd of its xunit plugin)."""

from xml.etree import ElementTree

import pytest

from callverbs.interpreter.lint import formats
from callverbs.interpreter.lint.formats import LintResult
from tests.interpreter.lint.formats.cases import CASES, FLOW, linted

COUNTS = {"name", "tests", "failures", "errors", "time"}
SCHEMA: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": (set(), COUNTS, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors"}, COUNTS | {"skipped", "timestamp"}, {"testcase"}),
    "testcase": ({"name"}, {"name", "classname", "time"}, {"failure", "error", "skipped", "system-out", "system-err"}),
    "failure": (set(), {"type", "message"}, set()),
    "system-out": (set(), set(), set()),
}
"""For each element its required attributes, its optional ones, and the elements that it may contain."""


def read(case: list[LintResult]) -> ElementTree.Element:
    return ElementTree.fromstring(formats.render("junit", case).encode())


def check(element: ElementTree.Element) -> None:
    needs, has, holds = SCHEMA[element.tag]
    assert needs <= set(element.attrib) <= needs | has
    for child in element:
        assert child.tag in holds
        check(child)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_it_is_as_the_schema_wants_it(case: list[LintResult]) -> None:
    whole = read(case)
    assert whole.tag == "testsuites"
    check(whole)
    assert len(whole) == len(case)
    for suite, one in zip(whole, case, strict=True):
        failed = [finding for finding in one.findings if finding.severity != "info"]
        assert suite.get("tests") == str(len(suite)) == str(max(len(one.findings), 1))
        assert suite.get("failures") == str(len(suite.findall("testcase/failure"))) == str(len(failed))
    assert whole.get("tests") == str(len(whole.findall("testsuite/testcase")))
    assert whole.get("failures") == str(len(whole.findall("testsuite/testcase/failure")))


def test_a_report() -> None:
    assert formats.render("junit", [*CASES["an error, an information"], linted(FLOW, "b.json")]) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<testsuites name="callverbs" tests="3" failures="1" errors="0" time="0">\n'
        '  <testsuite name="a.json" tests="2" failures="1" errors="0" time="0">\n'
        '    <testcase classname="a.json" name="CV103 missing-property (line 1)" time="0">\n'
        '      <failure type="error" message="pause needs length">a.json:1:2: error CV103 pause needs length</failure>\n'
        "    </testcase>\n"
        '    <testcase classname="a.json" name="CV702 emulated (line 2)" time="0">\n'
        "      <system-out>a.json:2:26: info CV702 the carrier cannot play a silence: a timer of callverbs is used</system-out>\n"
        "    </testcase>\n"
        "  </testsuite>\n"
        '  <testsuite name="b.json" tests="1" failures="0" errors="0" time="0">\n'
        '    <testcase classname="b.json" name="lint" time="0" />\n'
        "  </testsuite>\n"
        "</testsuites>\n"
    )
