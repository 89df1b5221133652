"""Which files patterns mean, written as in .gitignore; and which files a repository has told git to leave alone.

pathspec reads the patterns, and is imported only where there are some.
"""

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

IGNORE = ".gitignore"


def settled(path: Path) -> Path:
    """A path without links and ways back, except that a file which is a link stands where it is named."""
    return path.parent.resolve() / path.name if path.name not in ("", "..") else path.resolve()


class Patterns:
    """Patterns, relative to a folder."""

    def __init__(self, folder: Path, lines: Iterable[str]) -> None:
        self.folder = folder.resolve()
        self._lines = [line for line in lines if line.strip()]

    def match(self, path: Path, is_folder: bool = False) -> bool:
        """Whether they mean a file or a folder. What lies outside of their own folder they never mean."""
        return bool(self.decide(path, is_folder))

    def decide(self, path: Path, is_folder: bool = False) -> bool | None:
        """Whether they mean it; None where none of them speaks of it."""
        if not self._lines:
            return None
        there = settled(path)
        if self.folder not in there.parents:
            return None
        relative = there.relative_to(self.folder).as_posix()
        return self._spec.check_file(f"{relative}/" if is_folder else relative).include

    @cached_property
    def _spec(self) -> "GitIgnoreSpec":
        from pathspec import GitIgnoreSpec

        return GitIgnoreSpec.from_lines(self._lines)


class Ignored:
    """What the .gitignore files of a repository leave out: those of a folder and of the ones above it, up to the repository's own."""

    def __init__(self) -> None:
        self._above: dict[Path, list[Patterns]] = {}

    def match(self, path: Path, is_folder: bool = False) -> bool:
        """Whether git leaves it alone. The nearest file that speaks of it decides."""
        for patterns in self._of(settled(path).parent):
            if (decided := patterns.decide(path, is_folder)) is not None:
                return decided
        return False

    def _of(self, folder: Path) -> list[Patterns]:
        """The patterns that hold in a folder, the nearest first."""
        if folder not in self._above:
            is_top = folder == folder.parent or (folder / ".git").exists()
            self._above[folder] = _own(folder) + ([] if is_top else self._of(folder.parent))
        return self._above[folder]


def _own(folder: Path) -> list[Patterns]:
    try:
        text = (folder / IGNORE).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return [Patterns(folder, text.splitlines())]
