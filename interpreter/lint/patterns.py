"""File patterns, written as in .gitignore; and which files git ignores.

pathspec reads the patterns, and is imported only where there are some.
"""

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

GITIGNORE = ".gitignore"


def resolve_folder(path: Path) -> Path:
    """Returns a path without links and `..`; the last part may stay a link, so that a linked file keeps its own place."""
    return path.parent.resolve() / path.name if path.name not in ("", "..") else path.resolve()


class Patterns:
    """Patterns, relative to a folder."""

    def __init__(self, folder: Path, lines: Iterable[str]) -> None:
        self.folder = folder.resolve()
        self._lines = [line for line in lines if line.strip()]

    def match(self, path: Path, is_folder: bool = False) -> bool:
        """Returns whether they match a file or a folder; never one outside of their own folder."""
        return bool(self.decide(path, is_folder))

    def decide(self, path: Path, is_folder: bool = False) -> bool | None:
        """Returns True or False by the last pattern that applies to a path, which may be a negated one; None where none applies."""
        if not self._lines:
            return None
        resolved = resolve_folder(path)
        if self.folder not in resolved.parents:
            return None
        relative = resolved.relative_to(self.folder).as_posix()
        return self._spec.check_file(f"{relative}/" if is_folder else relative).include

    @cached_property
    def _spec(self) -> "GitIgnoreSpec":
        from pathspec import GitIgnoreSpec

        return GitIgnoreSpec.from_lines(self._lines)


class GitIgnore:
    """The .gitignore files of a folder and of those above it, up to the top of the repository. Each file is read once."""

    def __init__(self) -> None:
        self._patterns: dict[Path, list[Patterns]] = {}

    def match(self, path: Path, is_folder: bool = False) -> bool:
        """Returns whether git ignores a file or a folder. The nearest .gitignore file with a pattern for it decides."""
        for patterns in self._patterns_for(resolve_folder(path).parent):
            if (decision := patterns.decide(path, is_folder)) is not None:
                return decision
        return False

    def _patterns_for(self, folder: Path) -> list[Patterns]:
        """Returns the patterns that apply in a folder, the nearest first."""
        if folder not in self._patterns:
            is_top = folder == folder.parent or (folder / ".git").exists()
            self._patterns[folder] = _read(folder) + ([] if is_top else self._patterns_for(folder.parent))
        return self._patterns[folder]


def _read(folder: Path) -> list[Patterns]:
    try:
        text = (folder / GITIGNORE).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return [Patterns(folder, text.splitlines())]
