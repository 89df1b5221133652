"""For CI servers that show tests: JUnit XML, a suite for each file and a case for each finding. Information passes, the rest fails.

Source: Jenkins' `junit-10.xsd`, the nearest that there is to a schema.
"""

from collections.abc import Sequence
from xml.etree import ElementTree

from interpreter.lint.formats import Linted
from interpreter.lint.formats._paint import headline
from interpreter.lint.formats._visible import sign

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
SPACES = "\t\n"
PLANES = ("\ufffe", "\uffff")
"""No characters at all, says XML 1.0."""


def write(linted: Sequence[Linted], colour: bool) -> str:
    """All files; one without findings is a case that passes."""
    whole = ElementTree.Element("testsuites", name="callverbs")
    for source, findings in linted:
        cases = [_case(source.name, finding.line, f"{finding.code} {finding.name}") for finding in findings]
        for case, finding in zip(cases, findings, strict=True):
            if finding.severity == "info":
                ElementTree.SubElement(case, "system-out").text = legal(headline(finding, False))
            else:
                failure = ElementTree.SubElement(case, "failure", type=finding.severity, message=legal(finding.message))
                failure.text = legal(headline(finding, False))
        cases = cases or [_case(source.name, 0, "lint")]
        failed = sum(case.find("failure") is not None for case in cases)
        suite = ElementTree.SubElement(whole, "testsuite", {"name": legal(source.name), **_counted(len(cases), failed)})
        suite.extend(cases)
    cases = whole.findall("*/testcase")
    whole.attrib.update(_counted(len(cases), len(whole.findall("*/testcase/failure"))))
    ElementTree.indent(whole)
    return f"{HEAD}\n{ElementTree.tostring(whole, encoding='unicode')}\n"


def legal(text: str) -> str:
    """A text as XML may hold it: what it may not is shown by a sign."""
    return "".join(one if one in SPACES or one.isprintable() else _sign(one) for one in text)


def _sign(character: str) -> str:
    return "\ufffd" if character in PLANES else sign(character)


def _case(path: str, line: int, name: str) -> ElementTree.Element:
    return ElementTree.Element("testcase", classname=legal(path), name=f"{name} (line {line})" if line else name, time="0")


def _counted(tests: int, failures: int) -> dict[str, str]:
    return {"tests": str(tests), "failures": str(failures), "errors": "0", "time": "0"}
