"""A document as text with positions: its value, what is wrong with the text itself, and where any path of the value stands.

It does not know what a verb is. Which language a text is in, its file's ending says; without one, its first character does.
"""

import codecs
import json
from functools import cached_property
from pathlib import Path
from typing import Any

from interpreter.text import json_text
from interpreter.text.place import DEEPEST, MISSING, Flaw, Lines, Parsed, Place, Span, Steps, UnreadableError, find

JSON, YAML, TOML = "json", "yaml", "toml"
ENDINGS = {".json": JSON, ".yaml": YAML, ".yml": YAML}
"""Of documents."""
LANGUAGES = {**ENDINGS, ".toml": TOML}
"""Of all that is read: settings are in TOML."""
LONGEST = 1_000_000
"""Bytes of a text, at the most: as many as a hook may reply with."""
WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


class Source:
    """A text. It is parsed when somebody asks for its value, and goes from process to process unparsed."""

    def __init__(self, name: str, text: str, flaws: list[Flaw], language: str | None = None) -> None:
        self.name = name
        self.text = text
        self._given, self._wanted = flaws, language

    def __reduce__(self) -> "tuple[type[Source], tuple[str, str, list[Flaw], str | None]]":
        return Source, (self.name, self.text, self._given, self._wanted)

    @classmethod
    def read(cls, name: str | Path, content: str | bytes | None = None) -> "Source":
        """Read a file; or `content`, of which the file's name is told. Raises OSError."""
        if content is None:
            content = taken(name)
        if isinstance(content, str):
            content = content.encode("utf-8", "surrogatepass")
        text, flaws = _decode(content)
        return cls(str(name), text, flaws)

    @cached_property
    def language(self) -> str:
        """What it is written in."""
        return self._wanted or _language(self.name, self.text)

    @property
    def value(self) -> Any:
        """What the text means; MISSING where it could not be read."""
        return self._found[0]

    @property
    def flaws(self) -> list[Flaw]:
        """What is wrong with the text itself."""
        return self._found[1]

    @property
    def readable(self) -> bool:
        """Whether there is a value."""
        return self.value is not MISSING

    def span(self, path: Steps, at_key: bool = False) -> Span:
        """Where a path stands, or its key; the nearest ancestor's place where the path does not exist."""
        place, found = find(self.places, path)
        if at_key and found and place.key:
            return self.between(*place.key)
        return self.between(place.start, place.end)

    def between(self, start: int, end: int) -> Span:
        """A range of offsets, in lines and columns."""
        return self._table.span(start, end)

    def line(self, number: int) -> str:
        """A line of the text, without its end."""
        return self._table.line(number)

    @cached_property
    def _table(self) -> Lines:
        return Lines(self.text)

    @cached_property
    def places(self) -> Place:
        """Where everything stands."""
        return self._parsed.places() if isinstance(self._parsed, Parsed) else Place(0, len(self.text))

    @cached_property
    def _parsed(self) -> Parsed | Flaw | None:
        """What the text was read as, or why it could not be; None where it is not even text."""
        try:
            return None if self._given else _read(self.text, self.language)
        except UnreadableError as error:
            return error.flaw

    @cached_property
    def _found(self) -> tuple[Any, list[Flaw]]:
        """Its value and its flaws."""
        if not isinstance(self._parsed, Parsed):
            return MISSING, [*self._given, *filter(None, [self._parsed])]
        try:
            self._check(self._parsed.value, ())
        except UnreadableError as error:
            return MISSING, [*self._parsed.flaws, error.flaw]
        return self._parsed.value, self._parsed.flaws

    def _check(self, value: Any, path: Steps) -> None:
        """What a parser takes and nothing behind it can: half of an emoji, a number without end, a nest of thousands."""
        if isinstance(value, str):
            if not value.isascii() and not _encodes(value):
                raise self._unfit(path, "CV001", "this text holds half of a surrogate pair: write the whole character")
        elif isinstance(value, float):
            if value in (float("inf"), float("-inf")):
                raise self._unfit(path, "CV001", "this number is too large for any computer")
        elif isinstance(value, dict | list):
            if len(path) >= DEEPEST:
                raise UnreadableError(json_text.too_deep(self.text))
            for key, item in value.items() if isinstance(value, dict) else enumerate(value):
                if isinstance(item, str | float | dict | list):
                    self._check(item, (*path, key))
                if isinstance(key, str):
                    self._check(key, path)

    def _unfit(self, path: Steps, code: str, message: str) -> UnreadableError:
        place, _ = find(self.places, path)
        return UnreadableError(Flaw(place.start, place.end, code, message, path))


def taken(path: str | Path) -> bytes:
    """What is in a file, or a little more than can be read of one that is too long. Raises OSError."""
    with Path(path).open("rb") as file:
        return file.read(LONGEST + 1)


def complaint(text: str) -> tuple[str, Span] | None:
    """Why a text is not JSON, and where; None for JSON."""
    source = Source("", text, [], JSON)
    return None if source.readable else (source.flaws[0].message, source.between(source.flaws[0].start, source.flaws[0].end))


def locate(text: str, pointer: str) -> Span | None:
    """Where a JSON Pointer stands in a text; the nearest ancestor's place where it leads nowhere, None for no JSON."""
    source = Source("", text, [], JSON)
    if not source.readable:
        return None
    value: Any = source.value
    path: Steps = ()
    for token in pointer.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        step: str | int = int(name) if isinstance(value, list) and name.isdecimal() else name
        try:
            value, path = value[step], (*path, step)
        except (KeyError, IndexError, TypeError):
            break
    return source.span(path)


def _language(name: str, text: str) -> str:
    """By the ending; else by the first character. JSON in a YAML file is read as JSON: PyYAML misreads it."""
    ending = LANGUAGES.get(Path(name).suffix.lower())
    if ending in (JSON, TOML) or text.lstrip()[:1] not in ("[", "{"):
        return ending or YAML
    return JSON if ending is None or _is_json(text) else YAML


def _is_json(text: str) -> bool:
    try:
        json.loads(text, parse_constant=json_text.refuse)
    except (ValueError, RecursionError):
        return False
    return True


def _read(text: str, language: str) -> Parsed:
    if not text.strip():
        raise UnreadableError(Flaw(0, 0, "CV001", "the file is empty"))
    if language == JSON:
        return json_text.read(text)
    if language == TOML:
        from interpreter.text import toml_text  # only where there are settings

        return toml_text.read(text)
    from interpreter.text import yaml_text  # PyYAML costs 20 ms to import: only where there is YAML

    return yaml_text.read(text)


def _decode(content: bytes) -> tuple[str, list[Flaw]]:
    """UTF-8, with or without a byte order mark. Of what is too long, the beginning is kept, so that people see which file it is."""
    if len(content) > LONGEST:
        why = f"the file has more than {LONGEST:,} bytes: a document has no more, and neither has the reply of a hook"
        return content[:LONGEST].decode(errors="replace"), [Flaw(0, 0, "CV001", why)]
    if content.startswith(WIDE):
        return "", [Flaw(0, 0, "CV001", "the file is in UTF-16 or UTF-32: save it as UTF-8")]
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode(), []
    except UnicodeDecodeError as error:
        at = len(content[: error.start].decode())
        why = f"byte 0x{content[error.start]:02x} is not UTF-8: save the file as UTF-8"
        return content.decode(errors="replace"), [Flaw(at, at + 1, "CV001", why)]


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
