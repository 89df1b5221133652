"""Finds the documents: a file that is named is one, a folder is searched for files that look like one.

A folder holds other JSON and YAML too: settings, scenarios, packages. What is a list with a verb in it is a flow, and so is
`flow.*`, and so is a broken text that mentions verbs: it is the one that has to be reported. What git leaves alone is not searched.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import schemas
from interpreter.lint.patterns import Ignored
from interpreter.text.source import ENDINGS, Source, taken
from verbs import REGISTRY, SYNONYMS

FLOW = "flow"
OTHERS = ("node_modules", "__pycache__")
"""Folders that are not ours, besides those whose names begin with a point."""
STDIN = "-"
UNNAMED = "<stdin>"
"""What the standard input is called where nobody has given it a name."""
NAMES = "|".join(map(re.escape, REGISTRY))
MENTION = re.compile(
    rf"""["']?\bverb\b["']?\s*:
    |^[ \t]*-[ \t]+(?:{NAMES}):[ \t]*(?:\{{|\r?$)
    |[\[,]\s*\{{\s*"(?:{NAMES})"\s*:\s*\{{""",
    re.MULTILINE | re.VERBOSE,
)
"""A verb in its long form; one in its short form in YAML; one in JSON."""
WILD = re.compile(r"[*?\[]")

Leave = Callable[[Path, bool], bool]
"""Whether a file, or a folder (True), is to be left alone."""


class UsageError(Exception):
    """What was asked for cannot be read: the caller has to say so."""


class Found(NamedTuple):
    """A file that may be a document. One that somebody has named is one, whatever is in it."""

    path: Path
    named: bool
    content: bytes | None = None
    """What is in it, where that is not in a file."""


class Search(NamedTuple):
    """What a search has found, in a stable order, and what of the things that were named is to be left alone."""

    found: list[Found]
    left_out: list[Path]


def find(paths: Iterable[str | Path], leave: Leave = lambda path, is_folder: False, stdin: Callable[[], Found] | None = None) -> Search:
    """Files, and what may be documents in folders, each once. Raises UsageError."""
    found: dict[str, Found] = {}
    left_out: list[Path] = []
    ignored = Ignored()
    for one in [one for given in paths for one in ([stdin()] if stdin and str(given) == STDIN else map(_named, _expanded(given)))]:
        is_folder = one.content is None and one.path.is_dir()
        if leave(one.path, is_folder):
            left_out.append(one.path)
            continue
        for file in _below(one.path, leave, ignored) if is_folder else [one]:
            found.setdefault(os.path.realpath(file.path), file)
    return Search(list(found.values()), left_out)


def _named(path: Path) -> Found:
    return Found(path, named=True)


def load(found: Found) -> Source | None:
    """A file as a source; None for one that was only come across, and is no document. Raises UsageError."""
    content = found.content
    if content is None:
        try:
            content = taken(found.path)
        except OSError as error:
            if isinstance(error, FileNotFoundError) and not found.named:
                return None  # a link that leads nowhere: editors leave such
            raise UsageError(f"{found.path}: {error.strerror or error}") from None
    searching = not found.named and found.path.stem != FLOW
    if searching and content[:3].lstrip().startswith(b"{"):
        return None  # no list: the lock file of a package has megabytes
    source = Source.read(found.path, content)
    return source if not searching or looks_like_flow(source) else None


def collect(paths: Iterable[str | Path]) -> list[Source]:
    """The documents of files and folders. Raises UsageError."""
    return list(filter(None, map(load, find(paths).found)))


def _expanded(given: str | Path) -> list[Path]:
    """A path; or what a pattern means that no shell has replaced."""
    path = Path(given)
    try:
        if path.exists():
            return [path]
        root = Path(path.anchor)
        if WILD.search(str(given)) and (matches := sorted(root.glob(str(path.relative_to(root))))):
            return matches
    except (OSError, ValueError) as error:  # a name that no file can have, or no pattern either
        raise UsageError(f"{given}: {error}") from None
    raise UsageError(f"{given}: there is no such file or folder")


def _below(folder: Path, leave: Leave, ignored: Ignored) -> Iterator[Found]:
    """What may be flows in a folder and those in it. Whoever names a folder that git leaves alone wants it all the same."""
    honoured = not ignored.match(folder, True)
    for root, folders, files in os.walk(folder):
        here = Path(root)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in OTHERS
            and not (honoured and ignored.match(here / name, True))
            and not leave(here / name, True)
        )
        for path in sorted(here / name for name in files):
            if path.suffix.lower() in ENDINGS and not (honoured and ignored.match(path)) and not leave(path, False):
                yield Found(path, named=False)


def looks_like_flow(source: Source) -> bool:
    """Whether a text that nobody has named is meant to be a document."""
    if not source.readable:
        return bool(MENTION.search(source.text))
    return isinstance(source.value, list) and any(_is_verb(one) for one in source.value)


def _is_verb(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    if len(value) == 1:
        (name,) = value
        if name in REGISTRY or name in SYNONYMS or name in schemas.data("foreign")["verbs"]:
            return True
    return isinstance(value.get("verb"), str)
