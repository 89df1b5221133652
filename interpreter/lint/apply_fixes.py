"""Applies fixes to files: as text, as a diff, and on the disk. It makes no fix itself."""

import codecs
import difflib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from callverbs.interpreter.lint.batch import lint_with
from callverbs.interpreter.lint.finding import Finding
from callverbs.interpreter.lint.fixes import fix_source
from callverbs.interpreter.lint.formats import LintResult
from callverbs.interpreter.lint.selection import RuleConfig
from callverbs.interpreter.text.source import Source

NO_NEWLINE = "\\ No newline at end of file\n"


class FixedFile(NamedTuple):
    """The result of a file before and after its fixes."""

    before: LintResult
    after: LintResult
    fixed: int
    """Number of findings that were fixed."""
    unsafe_left: int
    """Number of findings that only unsafe fixes would fix."""

    @property
    def is_changed(self) -> bool:
        """Whether the text has changed."""
        return self.before.source.text != self.after.source.text

    def write(self) -> None:
        """Writes the file, with the byte order mark that it has. Raises OSError."""
        path = Path(self.before.source.name)
        with path.open("rb") as file:
            mark = codecs.BOM_UTF8 if file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8 else b""
        path.write_bytes(mark + self.after.source.text.encode())


def fix_files(results: Iterable[LintResult], config_for: Callable[[Path], RuleConfig], unsafe: bool) -> Iterator[FixedFile]:
    """Yields each file with its fixes applied; `config_for` returns the configuration of a file."""
    for result in results:
        if not any(finding.fix for finding in result.findings):
            yield FixedFile(result, result, 0, 0)
            continue
        config = config_for(Path(result.source.name))

        def relint(source: Source, config: RuleConfig = config) -> list[Finding]:
            return lint_with(source, config)

        fixed = fix_source(result.source, unsafe=unsafe, relint=relint)
        source = Source(result.source.name, fixed.text, [], result.source.language)
        unsafe_left = 0 if unsafe else len(fix_source(source, unsafe=True, relint=relint).fixed)
        yield FixedFile(result, LintResult(source, fixed.left), len(fixed.fixed), unsafe_left)


def summarize(files: Sequence[FixedFile], applied: bool) -> str:
    """Returns in one sentence how many findings were fixed; where the fixes were not `applied`, how many would be."""
    unsafe_left = sum(file.unsafe_left for file in files)
    rest = f", {unsafe_left} more with --unsafe-fixes" if unsafe_left else ""
    return f"{'fixed' if applied else 'would fix'} {sum(file.fixed for file in files)}{rest}\n"


def diff(file: FixedFile) -> str:
    """Returns the changes of a file as a unified diff that `patch` applies."""
    name = Path(file.before.source.name).as_posix()
    before, after = (_lines(result.source.text) for result in (file.before, file.after))
    lines = difflib.unified_diff(before, after, name, name)
    return "".join(line if line.endswith("\n") else f"{line}\n{NO_NEWLINE}" for line in lines)


def _lines(text: str) -> list[str]:
    """Returns lines as `patch` counts them: only LF ends one."""
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1].removesuffix("\n")
    return lines if lines[-1] else lines[:-1]
