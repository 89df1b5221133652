"""Reports that every format has to write."""

from callverbs.interpreter.lint.finding import Finding
from callverbs.interpreter.lint.formats import LintResult
from callverbs.interpreter.lint.linter import lint
from callverbs.interpreter.lint.rules import RULES
from callverbs.interpreter.text.source import Source
from callverbs.schemas import Fix

FLOW = '[{"verb": "pause", "length": 1}]\n'
FEW = [rule for code, rule in RULES.items() if code < "CV2" or code == "CV702"]
DRAFT = '[{"verb": "pause"}]\n'


def linted(text: str, name: str = "a.json") -> LintResult:
    """Returns what the reader, the schemas and one rule find in a text: other rules that may be added do not matter here."""
    source = Source.read(name, text)
    return LintResult(source, lint(source, rules=FEW))


def found(text: str, name: str = "a.json", **changed: object) -> LintResult:
    """Returns one finding, as some rule might have it."""
    fields: dict[str, object] = {
        "path": name, "code": "CV102", "name": "unknown-property", "severity": "error", "message": "there is none",
        "line": 1, "column": 1, "end_line": 1, "end_column": 1, "pointer": "/0", "value_path": (0,),
    }  # fmt: skip
    return LintResult(Source.read(name, text), [Finding(**{**fields, **changed})])  # type: ignore[arg-type]


CASES: dict[str, list[LintResult]] = {
    "no file": [],
    "nothing found": [linted(FLOW), linted(FLOW, "b/c.yaml")],
    "an error, an information": [linted('[{"verb": "pause"},\n {"verb": "play", "url": "silence_stream://900"}]')],
    "many files": [linted(DRAFT, f"flows/{n}.json") for n in range(50)],
    "the same thing twice": [linted('[{"verb": "pause"}, {"verb": "pause"}]')],
    "not ASCII": [linted('- verb: say\n  text: "Grüße 本 𐐀"\n  tëxt: "é\u0301"\n  "😀 key": 1\n', "grüße/本.yaml")],
    "no text": [linted("", "empty.yaml")],
    "not UTF-8": [LintResult(source := Source.read("bytes.json", b'[\n"\xff"]'), lint(source))],
    "over lines": [linted('[{"verb": "pause",\n "id": "a"}]')],
    "nowhere": [found(FLOW, line=0, column=0, end_line=0, end_column=0, pointer="")],
    "behind the end": [found("[]", line=9, column=9, end_line=9, end_column=12)],
    "Windows": [found(FLOW, "flows\\menu.json"), found(FLOW, "C:\\my flows\\menu.json"), found(FLOW, "\\\\server\\share\\menu.json")],
    "odd names": [found(FLOW, name) for name in ("a b,c:d%e#f?g.json", "-", "../up.json", "/root/x.json", "./here.json", "<stdin>")],
    "a name that is no text": [found(FLOW, "caf\udce9.json")],
    "control characters": [
        linted('[{"verb": "say", "text": "a", "\\u001b[31m\\u0000\\r\\n::error::\\u0085\\u202e]]>&<x a=\\"\'": 1}]'),
        linted('[{"verb": "say", "text": "\x1b[2J\x07"}]'),
        found(FLOW, "a\nb\x1b.json", message="\ufffe\uffff%25"),
    ],
    "half an emoji": [found(FLOW, message="\ud83d", pointer="/0/\udc00")],
    "a fix": [found(DRAFT, column=3, end_column=9, fix=Fix("add", {"length": 1}), line=1, pointer="/0")],
    "an unsafe fix": [found('[{"verb": "pause",\n  "lenght": 1}]', line=2, column=3, end_line=2, end_column=11, pointer="/0/lenght",
                            value_path=(0, "lenght"), fix=Fix("rename", "length", safe=False))],
    "a fix behind what is not ASCII": [found('[{"verb": "say", "text": "ü𐐀", "lop": 2}]', column=32, end_column=37, pointer="/0/lop",
                                             value_path=(0, "lop"), fix=Fix("rename", "loop"))],
    "a fix that cannot be done": [found("[", fix=Fix("rename", "x"), code="CV001", name="unreadable")],
}  # fmt: skip
