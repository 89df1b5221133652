"""A repository with flows and settings, which can be linted."""

import io
import json
from pathlib import Path
from typing import Any, NamedTuple

from callverbs.interpreter.lint.run import LintOptions, run
from callverbs.interpreter.lint.selection import Layer

FLOW = '[{"verb": "pause", "length": 1}]\n'
DRAFT = '[{"verb": "pause"}]\n'
"""CV103, an error."""
MENU = '[{"verb": "gather", "numDigits": 1}]\n'
"""CV401, a warning."""
SILENCE = '[{"play": {"url": "silence_stream://1000"}}]\n'
"""CV702, information."""


class Outcome(NamedTuple):
    """The result of a run."""

    code: int
    out: str
    err: str

    @property
    def findings(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.out)["findings"]
        return found

    @property
    def codes(self) -> list[str]:
        return [one["code"] for one in self.findings]

    @property
    def positions(self) -> list[tuple[str, str, int, int]]:
        return [(one["path"], one["code"], one["line"], one["column"]) for one in self.findings]


class Repository:
    """The working folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, **files: str) -> None:
        """Writes files by name; two underscores are a slash, and one is the point before the ending."""
        for name, text in files.items():
            *folders, last = name.split("__")
            self.put("/".join([*folders, ".".join(last.rsplit("_", 1))]), text)

    def put(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def lint(self, *paths: str, form: str = "json", layer: Layer = Layer(), **options: Any) -> Outcome:  # noqa: B008 - it never changes
        out, err = io.StringIO(), io.StringIO()
        code = run(paths or ["."], form, False, out, err=err, options=LintOptions(layer=layer, **options))
        return Outcome(code, out.getvalue(), err.getvalue())
