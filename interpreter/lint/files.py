"""Finds the documents: a file that is named is one, a folder is searched for files that look like one.

A folder holds other JSON and YAML too: settings, scenarios, packages. A list with a verb in it is a flow, and so is `flow.*`, and so
is a broken text that mentions verbs: it is the one that has to be reported. Files that git ignores are not searched.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from callverbs import schemas
from callverbs.interpreter.lint.patterns import GitIgnore
from callverbs.interpreter.text.source import DOCUMENT_SUFFIXES, Source, read_content
from callverbs.verbs import REGISTRY, SYNONYMS

FLOW_STEM = "flow"
"""The name without suffix of a file that is a document, whatever it looks like."""
SKIPPED_FOLDERS = ("node_modules", "__pycache__")
"""Folders that are not searched, besides those whose names begin with a dot."""
STDIN_ARGUMENT = "-"
STDIN_NAME = "<stdin>"
"""The name of the standard input where none is given."""
VERB_NAMES = "|".join(map(re.escape, REGISTRY))
VERB_MENTION = re.compile(
    rf"""["']?\bverb\b["']?\s*:
    |^[ \t]*-[ \t]+(?:{VERB_NAMES}):[ \t]*(?:\{{|\r?$)
    |[\[,]\s*\{{\s*"(?:{VERB_NAMES})"\s*:\s*\{{""",
    re.MULTILINE | re.VERBOSE,
)
"""A verb in its long form; one in its short form in YAML; one in JSON."""
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


class Search(NamedTuple):
    """The result of a search: files in a stable order, and the named paths that are excluded."""

    files: list[FoundFile]
    excluded: list[Path]


def find(
    paths: Iterable[str | Path], excludes: Excludes = lambda path, is_folder: False, read_stdin: Callable[[], FoundFile] | None = None
) -> Search:
    """Finds files, and candidates in folders, each once. Raises UsageError."""
    files: dict[str, FoundFile] = {}
    excluded: list[Path] = []
    git_ignore = GitIgnore()
    for named in _named_files(paths, read_stdin):
        is_folder = named.content is None and named.path.is_dir()
        if excludes(named.path, is_folder):
            excluded.append(named.path)
            continue
        for file in _search_folder(named.path, excludes, git_ignore) if is_folder else [named]:
            files.setdefault(os.path.realpath(file.path), file)
    return Search(list(files.values()), excluded)


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
    """Reads a file as a source; returns None for one in a folder that is no document. Raises UsageError."""
    content = file.content
    if content is None:
        try:
            content = read_content(file.path)
        except OSError as error:
            if isinstance(error, FileNotFoundError) and not file.is_named:
                return None  # a broken link: editors leave such
            raise UsageError(f"{file.path}: {error.strerror or error}") from None
    is_candidate = not file.is_named and file.path.stem != FLOW_STEM
    if is_candidate and content[:3].lstrip().startswith(b"{"):
        return None  # no list: the lock file of a package has megabytes
    source = Source.read(file.path, content)
    return source if not is_candidate or looks_like_flow(source) else None


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


def _search_folder(folder: Path, excludes: Excludes, git_ignore: GitIgnore) -> Iterator[FoundFile]:
    """Yields the files of a folder, and of those in it, that may be documents. In a named folder that git ignores nothing is ignored."""
    honours_git = not git_ignore.match(folder, True)
    for root, folders, files in os.walk(folder):
        current = Path(root)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in SKIPPED_FOLDERS
            and not (honours_git and git_ignore.match(current / name, True))
            and not excludes(current / name, True)
        )
        for path in sorted(current / name for name in files):
            if path.suffix.lower() in DOCUMENT_SUFFIXES and not (honours_git and git_ignore.match(path)) and not excludes(path, False):
                yield FoundFile(path, is_named=False)


def looks_like_flow(source: Source) -> bool:
    """Returns whether a text is a list with a verb in it, or a broken text that mentions verbs."""
    if not source.readable:
        return bool(VERB_MENTION.search(source.text))
    return isinstance(source.value, list) and any(_is_verb(one) for one in source.value)


def _is_verb(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    if len(value) == 1:
        (name,) = value
        if name in REGISTRY or name in SYNONYMS or name in schemas.load_table("foreign")["verbs"]:
            return True
    return isinstance(value.get("verb"), str)
