"""Finds the documents: a file that is named is one, a folder is searched for files that look like one.

A folder holds other JSON and YAML too: settings, scenarios, packages. What is a list with a verb in it is a flow, and so is
`flow.*`, and so is a broken text that mentions verbs: it is the one that has to be reported.
"""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import schemas
from interpreter.text.source import ENDINGS, Source
from verbs import REGISTRY, SYNONYMS

FLOW = "flow"
OTHERS = ("node_modules", "__pycache__")
"""Folders that are not ours, besides those whose names begin with a point."""
MENTION = re.compile(r"""["']?\bverb\b["']?\s*:""")


class UsageError(Exception):
    """What was asked for cannot be read: the caller has to say so."""


def collect(paths: Iterable[str | Path]) -> list[Source]:
    """The documents of files and folders, in a stable order, each once. Raises UsageError."""
    found: dict[Path, Source] = {}
    for path in map(Path, paths):
        for file, source in _below(path) if path.is_dir() else [(path, _read(path))]:
            if source:
                found.setdefault(file.resolve(), source)
    return list(found.values())


def _read(path: Path, searching: bool = False) -> Source | None:
    """A file; while searching, only if it can be a list: the lock file of a package has megabytes."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"{path}: there is no such file or folder") from None
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from None
    return None if searching and content[:3].lstrip().startswith(b"{") else Source.read(path, content)


def _below(folder: Path) -> Iterator[tuple[Path, Source]]:
    """The flows of a folder and of those in it."""
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in OTHERS)
        for path in sorted(Path(root, name) for name in files):
            if path.suffix.lower() in ENDINGS:
                source = _read(path, searching=path.stem != FLOW)
                if source and (path.stem == FLOW or looks_like_flow(source)):
                    yield path, source


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
