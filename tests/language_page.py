"""The table of the whole language: every property of every verb, what becomes of it here, and the transcript that shows it.

What becomes of a property is not written for the table. `x-unsupported` in its schema says that it has no effect; the section
"Differences from jambonz" of the verb's page says what is done otherwise, and names the property; everything else is done as in jambonz.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from callverbs import schemas, verbs
from callverbs.interpreter.text.source import Source
from callverbs.verbs import REGISTRY, schema_name
from callverbs.verbs.language.names import file_name

ROOT = Path(__file__).parent.parent
TRANSCRIPTS = sorted((ROOT / "tests" / "transcripts").rglob("*.yaml"))
SHARED = {"components/hook": "hook", "components/auth": "auth", "components/headers": "headers", "verbs/say": "say", "verbs/play": "play"}
"""Parts that are described once: their properties are not repeated in every verb that has them."""
BARE = ("verb", "_")
DIFFERENCES = re.compile(r"^## Differences from jambonz\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)

Path_ = tuple[str, ...]


class Row(NamedTuple):
    """A property of a verb: its dotted name, what happens instead if it has no effect, and the transcripts that have it."""

    name: str
    unsupported: str
    transcripts: tuple[str, ...]


def documents(written: Any) -> Iterator[list[Any]]:
    """Yields the documents of a transcript: its own, and those that hooks reply with."""
    if isinstance(written, dict):
        for key, value in written.items():
            if key in ("document", "verbs") and isinstance(value, list):
                yield value
            else:
                yield from documents(value)
    elif isinstance(written, list):
        for value in written:
            yield from documents(value)


@cache
def shown() -> dict[tuple[str, str], tuple[str, ...]]:
    """Returns the transcripts of every property that one has, by the name of the verb and the dotted name of the property."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for path in TRANSCRIPTS:
        name = f"{path.parent.name}/{path.stem}"
        for document in documents(Source.read(path).value):
            for item in verbs.items(document)[0]:
                for property_path in _paths(schema_name(item.name), item.body):
                    found.setdefault((item.name, property_path), {})[name] = None
    return {
        key: tuple(sorted(names, key=lambda name: (not name.startswith(f"{file_name(key[0])}/"), name))) for key, names in found.items()
    }


def _paths(name: str, body: dict[str, Any]) -> set[str]:
    """Returns the dotted names of the properties that a verb as written has."""
    found = {()} | {tuple(part for part in path if isinstance(part, str)) for path, _ in schemas.walk(name, body)}
    return {".".join(path) for path in found if path}


OF_ANOTHER_VERB = "#/properties/"
"""In a reference: the property is that of another verb, in whose table it stands."""


def rows(verb: str) -> Iterator[Row]:
    """Yields the properties of a verb, those within them behind them."""
    for name, unsupported in _properties(schemas.load(schema_name(verb)), ()):
        yield Row(name, unsupported, shown().get((verb, name)) or _shown_elsewhere(name))


def _shown_elsewhere(name: str) -> tuple[str, ...]:
    """Returns the transcripts of other verbs that have the same property: an `id`, a voice, a stream that is a verb elsewhere."""
    return next((transcripts for (_, other), transcripts in shown().items() if name == other or name.endswith(f".{other}")), ())


def _properties(schema: dict[str, Any], before: Path_) -> Iterator[tuple[str, str]]:
    for name, written in schema.get("properties", {}).items():
        path = (*before, name)
        if name in BARE or "x-reserved" in written or OF_ANOTHER_VERB in written.get("$ref", ""):
            continue
        found = schemas.dereferenced(written)
        yield ".".join(path), found.get("x-unsupported", "")
        if "x-unsupported" in found or name == "carrier" or _part(written) in SHARED:
            continue
        yield from _properties(found, path)
        items = found.get("items")
        if isinstance(items, dict):
            yield from _properties(schemas.dereferenced(items), path)


def _part(written: dict[str, Any]) -> str:
    """Returns the name of the part that a property refers to."""
    parts = written.get("$ref", "").partition("#")[0].removesuffix(schemas.FILE_SUFFIX).split("/")
    return "/".join(parts[-2:]) if len(parts) > 1 else f"components/{parts[0]}"


def differing(verb: str) -> set[str]:
    """Returns the names that the differences on a verb's page mention."""
    section = DIFFERENCES.search((ROOT / "verbs" / f"{file_name(verb)}.md").read_text(encoding="utf-8"))
    return set(re.findall(r"`([A-Za-z]\w*)[^`]*`", section[1])) if section else set()


def fate(verb: str, row: Row) -> str:
    """Returns what becomes of a property, as a cell of the table."""
    if row.unsupported:
        return f"no effect: {row.unsupported}"
    if row.name == "carrier" or schemas.load(schema_name(verb)).get("x-extension"):
        return "ours"
    if row.name.rpartition(".")[2] in differing(verb):
        return f"[differs](../verbs/{file_name(verb)}.md#differences-from-jambonz)"
    return "as in jambonz"


def draw() -> str:
    """Returns the tables, one for each verb."""
    return "\n\n".join(map(_table, REGISTRY)) + "\n\n" + _foreign()


def _table(verb: str) -> str:
    head = f"### [{verb}](../verbs/{file_name(verb)}.md)\n\n| property | here | shown by |\n| --- | --- | --- |\n"
    return head + "\n".join(f"| `{row.name}` | {fate(verb, row)} | {_link(row)} |" for row in rows(verb))


def _link(row: Row) -> str:
    return f"[{row.transcripts[0]}](../tests/transcripts/{row.transcripts[0]}.yaml)" if row.transcripts else ""


def _foreign() -> str:
    """Returns the verbs that callverbs does not have."""
    foreign: dict[str, str] = schemas.load_table("foreign")["verbs"]
    head = "### Verbs that callverbs does not have\n\n| verb | what to do |\n| --- | --- |\n"
    return head + "\n".join(f"| `{verb}` | {reason} |" for verb, reason in foreign.items())
