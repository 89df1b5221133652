"""Mends files: what the fixes make of them, as text, as a difference, and on the disk. It decides no fix itself."""

import codecs
import difflib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from interpreter.lint.finding import Finding
from interpreter.lint.fixes import mend
from interpreter.lint.formats import Linted
from interpreter.lint.judging import judge
from interpreter.lint.selection import Terms
from interpreter.text.source import Source

UNENDED = "\\ No newline at end of file\n"


class Repair(NamedTuple):
    """A file before, and after its fixes."""

    before: Linted
    after: Linted
    fixed: int
    more: int
    """Findings that only unsafe fixes would mend."""

    @property
    def is_new(self) -> bool:
        """Whether anything has changed."""
        return self.before.source.text != self.after.source.text

    def write(self) -> None:
        """Write the file, with the byte order mark that it has. Raises OSError."""
        path = Path(self.before.source.name)
        with path.open("rb") as file:
            mark = codecs.BOM_UTF8 if file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8 else b""
        path.write_bytes(mark + self.after.source.text.encode())


def repair(linted: Iterable[Linted], terms: Callable[[Path], Terms], unsafe: bool) -> Iterator[Repair]:
    """Apply the fixes of some files, each on its own terms."""
    for one in linted:
        if not any(finding.fix for finding in one.findings):
            yield Repair(one, one, 0, 0)
            continue
        own = terms(Path(one.source.name))

        def look(source: Source, own: Terms = own) -> list[Finding]:
            return judge(source, own)

        mended = mend(one.source, unsafe=unsafe, look=look)
        source = Source(one.source.name, mended.text, [], one.source.language)
        more = 0 if unsafe else len(mend(source, unsafe=True, look=look).fixed)
        yield Repair(one, Linted(source, mended.left), len(mended.fixed), more)


def told(repairs: Sequence[Repair], done: bool) -> str:
    """How much was mended, or would be, in one sentence."""
    more = sum(one.more for one in repairs)
    rest = f", {more} more with --unsafe-fixes" if more else ""
    return f"{'fixed' if done else 'would fix'} {sum(one.fixed for one in repairs)}{rest}\n"


def difference(one: Repair) -> str:
    """What would change, as `patch` reads it."""
    name = Path(one.before.source.name).as_posix()
    before, after = (_lines(side.source.text) for side in (one.before, one.after))
    lines = difflib.unified_diff(before, after, name, name)
    return "".join(line if line.endswith("\n") else f"{line}\n{UNENDED}" for line in lines)


def _lines(text: str) -> list[str]:
    """Lines as `patch` counts them: only LF ends one."""
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1].removesuffix("\n")
    return lines if lines[-1] else lines[:-1]
