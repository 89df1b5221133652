"""For CI servers that show tests: JUnit XML, a suite for each file and a case for each finding. Information passes, the rest fails.

Source: Jenkins' `junit-10.xsd`, the nearest that there is to a schema.
"""

from collections.abc import Sequence
from xml.etree import ElementTree

from callverbs.interpreter.lint.formats import LintResult
from callverbs.interpreter.lint.formats._colours import headline
from callverbs.interpreter.text.visible import REPLACEMENT_CHARACTER, visible_character

XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
KEPT_WHITESPACE = "\t\n"
NONCHARACTERS = ("\ufffe", "\uffff")
"""Code points that XML 1.0 does not allow, and that are no control characters."""


def render(results: Sequence[LintResult], colour: bool) -> str:
    """Returns a suite for each file; one without findings is a case that passes."""
    root = ElementTree.Element("testsuites", name="callverbs")
    for source, findings in results:
        cases = [_case(source.name, finding.line, f"{finding.code} {finding.name}") for finding in findings]
        for case, finding in zip(cases, findings, strict=True):
            if finding.severity == "info":
                ElementTree.SubElement(case, "system-out").text = legal(headline(finding, False))
            else:
                failure = ElementTree.SubElement(case, "failure", type=finding.severity, message=legal(finding.message))
                failure.text = legal(headline(finding, False))
        cases = cases or [_case(source.name, 0, "lint")]
        failures = sum(case.find("failure") is not None for case in cases)
        suite = ElementTree.SubElement(root, "testsuite", {"name": legal(source.name), **_counts(len(cases), failures)})
        suite.extend(cases)
    cases = root.findall("*/testcase")
    root.attrib.update(_counts(len(cases), len(root.findall("*/testcase/failure"))))
    ElementTree.indent(root)
    return f"{XML_DECLARATION}\n{ElementTree.tostring(root, encoding='unicode')}\n"


def legal(text: str) -> str:
    """Returns a text without the characters that XML does not allow: symbols replace them."""
    return "".join(one if one in KEPT_WHITESPACE or one.isprintable() else _legal_character(one) for one in text)


def _legal_character(character: str) -> str:
    return REPLACEMENT_CHARACTER if character in NONCHARACTERS else visible_character(character)


def _case(path: str, line: int, name: str) -> ElementTree.Element:
    return ElementTree.Element("testcase", classname=legal(path), name=f"{name} (line {line})" if line else name, time="0")


def _counts(tests: int, failures: int) -> dict[str, str]:
    return {"tests": str(tests), "failures": str(failures), "errors": "0", "time": "0"}
