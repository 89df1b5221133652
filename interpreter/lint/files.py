"""Finds the documents: a file that is named is one, a folder is searched for files that look like one.

A folder holds other JSON and YAML too: settings, scenarios, packages. What looks like a flow (`likeness`) is read or reported, and so is
what cannot be read at all; what is skipped is counted. Files that git ignores are not searched.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from callverbs.interpreter.lint.likeness import looks_like_flow, may_mention_verbs
from callverbs.interpreter.lint.patterns import GitIgnore
from callverbs.interpreter.lint.rule_codes import UNREADABLE
from callverbs.interpreter.text.source import DOCUMENT_SUFFIXES, Source, read_content
from callverbs.interpreter.text.syntax_tree import text_diagnostic

FLOW_STEM = "flow"
"""The name without suffix of a file that is a document, whatever it looks like."""
SKIPPED_FOLDERS = ("node_modules", "__pycache__")
"""Folders that are not searched, besides those whose names begin with a dot."""
STDIN_ARGUMENT = "-"
STDIN_NAME = "<stdin>"
"""The name of the standard input where none is given."""
WILDCARD = re.compile(r"[*?\[]")

Excludes = Callable[[Path, bool], bool]
"""Returns whether a file, or a folder (True), is excluded."""


class UsageError(Exception):
    """The arguments cannot be used: the message is for the caller."""


class FoundFile(NamedTuple):
    """A file that may be a document. One that was named is a document, whatever its content."""

    path: Path
    is_named: bool
    content: bytes | None = None
    """The content, where it is not that of a file."""
    problem: str = ""
    """Why it cannot be read, where that is known: it may be a folder."""


class Search(NamedTuple):
    """The result of a search: files in a stable order, the named paths that are excluded, and what of the folders is left out."""

    files: list[FoundFile]
    excluded: list[Path]
    left_out: list[Path]
    """Files and folders that git ignores, or the settings exclude."""


def find(
    paths: Iterable[str | Path], excludes: Excludes = lambda path, is_folder: False, read_stdin: Callable[[], FoundFile] | None = None
) -> Search:
    """Finds files, and candidates in folders, each once. Raises UsageError."""
    files: dict[str, FoundFile] = {}
    excluded: list[Path] = []
    left_out: list[Path] = []
    git_ignore = GitIgnore()
    for named in _named_files(paths, read_stdin):
        is_folder = named.content is None and named.path.is_dir()
        if excludes(named.path, is_folder):
            excluded.append(named.path)
            continue
        for file in _search_folder(named.path, excludes, git_ignore, left_out) if is_folder else [named]:
            files.setdefault(os.path.realpath(file.path), file)
    return Search(list(files.values()), excluded, left_out)


def _named_files(paths: Iterable[str | Path], read_stdin: Callable[[], FoundFile] | None) -> list[FoundFile]:
    """Returns a file or a folder for every path, and for every match of a pattern. Raises UsageError."""
    named: list[FoundFile] = []
    for path in paths:
        if read_stdin and str(path) == STDIN_ARGUMENT:
            named.append(read_stdin())
        else:
            named += [FoundFile(one, is_named=True) for one in _expand(path)]
    return named


def load(file: FoundFile) -> Source | None:
    """Reads a file as a source; returns None for one in a folder that is no document. What cannot be read has a diagnostic."""
    if file.problem:
        return _unreadable(file.path, file.problem)
    content = file.content
    if content is None:
        try:
            content = read_content(file.path)
        except OSError as error:
            if isinstance(error, FileNotFoundError) and not file.is_named:
                return None  # a broken link: editors leave such
            return _unreadable(file.path, error.strerror or str(error))
    if file.is_named or file.path.stem == FLOW_STEM or not content.strip():
        return Source.read(file.path, content)
    if content[:3].lstrip().startswith(b"{") and not may_mention_verbs(content):
        return None  # the lock file of a package has megabytes
    source = Source.read(file.path, content)
    return source if looks_like_flow(source) else None


def _unreadable(path: Path, reason: str) -> Source:
    return Source(str(path), "", [text_diagnostic(0, 0, UNREADABLE, f"this cannot be read: {reason}")])


def collect(paths: Iterable[str | Path]) -> list[Source]:
    """Returns the documents of files and folders. Raises UsageError."""
    return list(filter(None, map(load, find(paths).files)))


def _expand(argument: str | Path) -> list[Path]:
    """Returns a path; or the matches of a pattern that no shell has replaced. Raises UsageError."""
    path = Path(argument)
    try:
        if path.exists():
            return [path]
        root = Path(path.anchor)
        if WILDCARD.search(str(argument)) and (matches := sorted(root.glob(str(path.relative_to(root))))):
            return matches
    except (OSError, ValueError) as error:  # a name that no file can have, or no pattern either
        raise UsageError(f"{argument}: {error}") from None
    raise UsageError(f"{argument}: there is no such file or folder")


def _search_folder(folder: Path, excludes: Excludes, git_ignore: GitIgnore, left_out: list[Path]) -> Iterator[FoundFile]:
    """Yields the files of a folder, and of those in it, that may be documents, and the folders that cannot be read.

    In a named folder that git ignores nothing is ignored.
    """
    honours_git = not git_ignore.match(folder, True)

    def is_left_out(path: Path, is_folder: bool) -> bool:
        if (honours_git and git_ignore.match(path, is_folder)) or excludes(path, is_folder):
            left_out.append(path)
            return True
        return False

    unreadable: list[OSError] = []
    for root, folders, files in os.walk(folder, onerror=unreadable.append):
        current = Path(root)
        searched = (name for name in sorted(folders) if not name.startswith(".") and name not in SKIPPED_FOLDERS)
        folders[:] = [name for name in searched if not is_left_out(current / name, True)]
        for path in sorted(current / name for name in files):
            if path.suffix.lower() in DOCUMENT_SUFFIXES and not is_left_out(path, False):
                yield FoundFile(path, is_named=False)
    for error in unreadable:
        yield FoundFile(Path(error.filename), is_named=False, problem=error.strerror or str(error))
