"""The table of the whole language: every property of every verb, how it is done here, and the transcript that shows it.

Nothing is written for the table. The schemas say what has no effect (`x-unsupported`) and what jambonz does not have (`x-extension`,
`carrier`); the section "Differences from jambonz" of a verb's page says what is done nearly as there, and names the property. Whether
the carrier does the rest, or callverbs alone, is seen in a call: the carrier is sent something else without the property, or not.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from callverbs import schemas
from callverbs.verbs import REGISTRY, schema_name
from callverbs.verbs.language.names import file_name
from tests.shown import COMMON, EVERY_VERB, PARTS, Key, transcript_of

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "language.md"
SECTION = re.compile(r"^### \[?([\w:]+)[^\n]*\n(.*?)(?=^### |\Z)", re.DOTALL | re.MULTILINE)
SHOWN = re.compile(r"^\| `([^`]+)` \|.*\| \[([^\]]+)\]\([^)]*\) \|$", re.MULTILINE)
DIFFERENCES = re.compile(r"^## Differences from jambonz\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
BULLET = re.compile(r"^- (.*?)(?=^- |^\n|\Z)", re.DOTALL | re.MULTILINE)
FIRST = re.compile(r".*?[.;](?=\s)|.*")
CODE = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")
OF_ANOTHER_VERB = "#/properties/"
"""In a reference: the property is that of another verb, in whose table it stands."""
ALWAYS = {
    (EVERY_VERB, "_"): "nothing reads it, as in jambonz",
    ("verbs/listen", "passDtmf"): "the carrier always does it, also with false",
}
"""Properties that make no difference to a call and are no gap, and why."""


class Row(NamedTuple):
    """A property: the part that it belongs to and its dotted name, its schema, the transcript that shows it, and who does it there."""

    key: Key
    schema: schemas.Schema
    transcript: str
    is_sent: bool

    @property
    def name(self) -> str:
        """The dotted name."""
        return self.key[1]


def parts() -> list[str]:
    """Returns every part that has a table: what all verbs have, what several have, and the verbs."""
    several = [part for part in PARTS if part.startswith("components/") and schemas.load(part).get("properties")]
    return [EVERY_VERB, *several, *map(schema_name, REGISTRY)]


@cache
def rows(part: str) -> tuple[Row, ...]:
    """Returns the properties of a part, those within them behind them."""
    named = dict(_common() if part == EVERY_VERB else _properties(part, schemas.load(part), ()))
    known = dict(SHOWN.findall(_sections().get(title(part), "")))
    found = {
        name: ("", False) if "x-unsupported" in schema else transcript_of((part, name), known.get(name, ""))
        for name, schema in named.items()
    }
    sent = [name for name, (_, is_sent) in found.items() if is_sent]
    return tuple(
        Row((part, name), schema, found[name][0], any(one == name or one.startswith(f"{name}.") for one in sent))
        for name, schema in named.items()
    )


def _common() -> Iterator[tuple[str, schemas.Schema]]:
    """Yields what every verb has, as the first of them has it."""
    first = schemas.load(schema_name(next(iter(REGISTRY))))
    yield from ((name, first["properties"][name]) for name in COMMON)


def _properties(part: str, schema: schemas.Schema, before: tuple[str, ...]) -> Iterator[tuple[str, schemas.Schema]]:
    for name, written in schema.get("properties", {}).items():
        path = (*before, name)
        is_common = part.startswith("verbs/") and path[:-1] == () and name in (*COMMON, "verb")
        if is_common or "x-reserved" in written or OF_ANOTHER_VERB in written.get("$ref", ""):
            continue
        found = schemas.dereferenced(written)
        yield ".".join(path), found
        if "x-unsupported" in found or name == "carrier" or _part(written) in PARTS:
            continue
        yield from _properties(part, found, path)
        items = found.get("items")
        if isinstance(items, dict) and _part(items) not in PARTS:
            yield from _properties(part, schemas.dereferenced(items), path)


def _part(written: schemas.Schema) -> str:
    """Returns the name of the part that a property refers to."""
    names = written.get("$ref", "").partition("#")[0].removesuffix(schemas.FILE_SUFFIX).split("/")
    return "/".join(names[-2:]) if len(names) > 1 else f"components/{names[0]}"


@cache
def _sections() -> dict[str, str]:
    """Returns the tables of the page as it is: the transcripts that it names are tried first."""
    return dict(SECTION.findall(PAGE.read_text(encoding="utf-8")))


def title(part: str) -> str:
    """Returns what a part is called on the page."""
    names = {schema_name(verb): verb for verb in REGISTRY}
    return "Every" if part == EVERY_VERB else names.get(part, part.partition("/")[2])


# --------------------------------------------------------------------------- what becomes of a property


@cache
def differences(verb: str) -> dict[str, str]:
    """Returns by name what is said about it among the differences of a verb's page: the points whose first sentence names it."""
    section = DIFFERENCES.search((ROOT / "verbs" / f"{file_name(verb)}.md").read_text(encoding="utf-8"))
    found: dict[str, str] = {}
    for bullet in BULLET.findall(section[1] if section else ""):
        told = LINK.sub(r"\1", " ".join(bullet.split()))
        first = FIRST.match(told)
        for name in CODE.findall(first[0] if first else ""):
            found.setdefault(name.partition(":")[0], told)
    return found


def difference(row: Row) -> str:
    """Returns how a property is done otherwise than in jambonz; the empty text where it is not.

    A name is a property's if it is its dotted name, or its last part and no other property of the verb ends like that. Of a part that
    several verbs have, it begins with the part: `amd.timers`.
    """
    part, name = row.key
    kind, _, of = part.partition("/")
    if kind != "verbs" or not of:
        return next(filter(None, (differences(verb).get(f"{of}.{name}") for verb in REGISTRY)), "")
    told = differences(title(part))
    last = name.rpartition(".")[2]
    is_only = sum(other.name.rpartition(".")[2] == last for other in rows(part)) == 1
    return told.get(name) or (told.get(last, "") if is_only else "")


def fate(row: Row) -> tuple[str, str]:
    """Returns how a property is done: one of the words on the page, and what there is to say about it."""
    part, name = row.key
    schema = {} if part == EVERY_VERB else schemas.load(part)
    if "x-unsupported" in row.schema:
        return "impossible", row.schema["x-unsupported"]
    if name == "carrier" or "x-extension" in schema or "x-extension" in row.schema:
        return "ours", ""
    if told := difference(row):
        return "approximate", told
    if row.key in ALWAYS:
        return "exact", ALWAYS[row.key]
    return ("exact" if row.is_sent else "interpreter"), ""


# --------------------------------------------------------------------------- the page


def draw() -> str:
    """Returns the tables: what every verb has, the parts of several verbs, the verbs, and those that callverbs does not have."""
    return "\n\n".join([*map(_table, filter(rows, parts())), _foreign()])


def _table(part: str) -> str:
    name = title(part)
    heading = "Every verb" if part == EVERY_VERB else f"[{name}](../verbs/{file_name(name)}.md)" if part.startswith("verbs/") else name
    head = f"### {heading}\n\n| property | how | what is different | shown by |\n| --- | --- | --- | --- |\n"
    return head + "\n".join(_line(row) for row in rows(part))


def _line(row: Row) -> str:
    how, what = fate(row)
    link = f"[{row.transcript}](../tests/transcripts/{row.transcript}.yaml)" if row.transcript else ""
    return f"| `{row.name}` | {how} | {what.replace('|', chr(92) + '|')} | {link} |"


def _foreign() -> str:
    """Returns the verbs that callverbs does not have."""
    foreign: dict[str, Any] = schemas.load_table("foreign")["verbs"]
    head = "### Verbs that callverbs does not have\n\n| verb | what to do |\n| --- | --- |\n"
    return head + "\n".join(f"| `{verb}` | {reason} |" for verb, reason in foreign.items())
