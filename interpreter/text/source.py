"""A document as text with positions: its value, what is wrong with its syntax, and the span of any path of the value.

It does not know what a verb is. The suffix of the file's name decides the language of a text; without one, its first character does.
"""

import codecs
import json
from functools import cached_property
from pathlib import Path
from typing import Any

from callverbs.interpreter.text import json_text
from callverbs.interpreter.text.lines import Lines, Span
from callverbs.interpreter.text.syntax_tree import (
    MAX_NESTING_DEPTH,
    NO_VALUE,
    Parsed,
    SyntaxNode,
    UnreadableError,
    find_node,
    text_diagnostic,
)
from callverbs.schemas import Diagnostic, ValuePath

JSON, YAML, TOML = "json", "yaml", "toml"
DOCUMENT_SUFFIXES = {".json": JSON, ".yaml": YAML, ".yml": YAML}
LANGUAGES = {**DOCUMENT_SUFFIXES, ".toml": TOML}
"""The language of a file by its suffix: documents, and settings in TOML."""
TEXT_MAX_BYTES = 1_000_000
"""As many as a hook may reply with."""
WIDE_BYTE_ORDER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


class Source:
    """A text. It is parsed when its value is first asked for, and pickled unparsed."""

    def __init__(self, name: str, text: str, diagnostics: list[Diagnostic], language: str | None = None) -> None:
        self.name = name
        self.text = text
        self._decoding_diagnostics, self._given_language = diagnostics, language

    def __reduce__(self) -> "tuple[type[Source], tuple[str, str, list[Diagnostic], str | None]]":
        return Source, (self.name, self.text, self._decoding_diagnostics, self._given_language)

    @classmethod
    def read(cls, name: str | Path, content: str | bytes | None = None) -> "Source":
        """Reads a file; or `content`, with the name of its file. Raises OSError."""
        if content is None:
            content = read_content(name)
        if isinstance(content, str):
            content = content.encode("utf-8", "surrogatepass")
        text, diagnostics = _decode(content)
        return cls(str(name), text, diagnostics)

    @cached_property
    def language(self) -> str:
        """The language of the text: JSON, YAML or TOML."""
        return self._given_language or _detect_language(self.name, self.text)

    @property
    def value(self) -> Any:
        """The value of the text; NO_VALUE where it cannot be read."""
        return self._value_and_diagnostics[0]

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What is wrong with the text itself."""
        return self._value_and_diagnostics[1]

    @property
    def readable(self) -> bool:
        """Whether there is a value."""
        return self.value is not NO_VALUE

    def span(self, path: ValuePath, at_key: bool = False) -> Span:
        """Returns the span of a path, or of its key; where the path does not exist, of its nearest ancestor."""
        node, found = find_node(self.tree, path)
        if at_key and found and node.key:
            return self.span_between(*node.key)
        return self.span_between(node.start, node.end)

    def span_of(self, diagnostic: Diagnostic) -> Span:
        """Returns the span of a diagnostic: of its offsets, or of its path."""
        return self.span_between(*diagnostic.offsets) if diagnostic.offsets else self.span(diagnostic.path, diagnostic.at_key)

    def span_between(self, start: int, end: int) -> Span:
        """Returns a range of offsets in lines and columns."""
        return self._lines.span(start, end)

    def line(self, number: int) -> str:
        """Returns a line of the text, without its line break."""
        return self._lines.line(number)

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self.text)

    @cached_property
    def tree(self) -> SyntaxNode:
        """The syntax tree; of a text that cannot be read, one node."""
        return self._parsed.build_tree() if isinstance(self._parsed, Parsed) else SyntaxNode(0, len(self.text))

    @cached_property
    def _parsed(self) -> Parsed | Diagnostic | None:
        """The parsed text, or why it cannot be parsed; None where its bytes could not be decoded."""
        try:
            return None if self._decoding_diagnostics else _parse(self.text, self.language)
        except UnreadableError as error:
            return error.diagnostic

    @cached_property
    def _value_and_diagnostics(self) -> tuple[Any, list[Diagnostic]]:
        if not isinstance(self._parsed, Parsed):
            return NO_VALUE, [*self._decoding_diagnostics, *filter(None, [self._parsed])]
        try:
            self._check(self._parsed.value, ())
        except UnreadableError as error:
            return NO_VALUE, [*self._parsed.diagnostics, error.diagnostic]
        return self._parsed.value, self._parsed.diagnostics

    def _check(self, value: Any, path: ValuePath) -> None:
        """Raises UnreadableError for what parsers take and nothing else can: lone surrogates, infinite numbers, deep nesting."""
        if isinstance(value, str):
            if not value.isascii() and not _is_encodable(value):
                raise self._error_at(path, "CV001", "this text holds half of a surrogate pair: write the whole character")
        elif isinstance(value, float):
            if value in (float("inf"), float("-inf")):
                raise self._error_at(path, "CV001", "this number is too large for any computer")
        elif isinstance(value, dict | list):
            if len(path) >= MAX_NESTING_DEPTH:
                raise UnreadableError(json_text.explain_nesting(self.text))
            for key, item in value.items() if isinstance(value, dict) else enumerate(value):
                if isinstance(item, str | float | dict | list):
                    self._check(item, (*path, key))
                if isinstance(key, str):
                    self._check(key, path)

    def _error_at(self, path: ValuePath, code: str, message: str) -> UnreadableError:
        node, _ = find_node(self.tree, path)
        return UnreadableError(text_diagnostic(node.start, node.end, code, message, path))


def read_content(path: str | Path) -> bytes:
    """Returns the content of a file; of one that is too long, one byte more than can be read. Raises OSError."""
    with Path(path).open("rb") as file:
        return file.read(TEXT_MAX_BYTES + 1)


def json_error(text: str) -> tuple[str, Span] | None:
    """Returns why a text is not JSON, and where; None for JSON."""
    source = Source("", text, [], JSON)
    return None if source.readable else (source.diagnostics[0].message, source.span_of(source.diagnostics[0]))


def pointer_span(text: str, pointer: str) -> Span | None:
    """Returns the span of a JSON Pointer in a text; its nearest ancestor's where it leads nowhere, None where the text is not JSON."""
    source = Source("", text, [], JSON)
    if not source.readable:
        return None
    value: object = source.value
    path: ValuePath = ()
    for token in pointer.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value, path = value[int(name)], (*path, int(name))
        elif isinstance(value, dict) and name in value:
            value, path = value[name], (*path, name)
        else:
            break
    return source.span(path)


def _detect_language(name: str, text: str) -> str:
    """Returns the language by the suffix, else by the first character. JSON in a YAML file is read as JSON: PyYAML misreads it."""
    by_suffix = LANGUAGES.get(Path(name).suffix.lower())
    if by_suffix in (JSON, TOML) or text.lstrip()[:1] not in ("[", "{"):
        return by_suffix or YAML
    return JSON if by_suffix is None or _is_json(text) else YAML


def _is_json(text: str) -> bool:
    try:
        json.loads(text, parse_constant=json_text.refuse_constant)
    except (ValueError, RecursionError):
        return False
    return True


def _parse(text: str, language: str) -> Parsed:
    if not text.strip():
        raise UnreadableError(text_diagnostic(0, 0, "CV001", "the file is empty"))
    if language == JSON:
        return json_text.read(text)
    if language == TOML:
        from callverbs.interpreter.text import toml_text  # only where there are settings

        return toml_text.read(text)
    from callverbs.interpreter.text import yaml_text  # PyYAML costs 20 ms to import: only where there is YAML

    return yaml_text.read(text)


def _decode(content: bytes) -> tuple[str, list[Diagnostic]]:
    """Decodes UTF-8, with or without a byte order mark. The beginning of a text that is too long is kept for the report."""
    if len(content) > TEXT_MAX_BYTES:
        message = f"the file has more than {TEXT_MAX_BYTES:,} bytes: a document has no more, and neither has the reply of a hook"
        return content[:TEXT_MAX_BYTES].decode(errors="replace"), [text_diagnostic(0, 0, "CV001", message)]
    if content.startswith(WIDE_BYTE_ORDER_MARKS):
        return "", [text_diagnostic(0, 0, "CV001", "the file is in UTF-16 or UTF-32: save it as UTF-8")]
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode(), []
    except UnicodeDecodeError as error:
        offset = len(content[: error.start].decode())
        message = f"byte 0x{content[error.start]:02x} is not UTF-8: save the file as UTF-8"
        return content.decode(errors="replace"), [text_diagnostic(offset, offset + 1, "CV001", message)]


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
