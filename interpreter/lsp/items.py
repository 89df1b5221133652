"""Translates completions into items of the protocol: what is inserted, and in which order they are offered."""

from lsprotocol import types

from callverbs.interpreter.lint.document import VERB_NAME_KEY
from callverbs.interpreter.lsp import schema_files
from callverbs.interpreter.lsp.completion import Completion
from callverbs.interpreter.lsp.cursor import Cursor
from callverbs.interpreter.lsp.positions import Positions
from callverbs.interpreter.lsp.schema_files import FileKind
from callverbs.interpreter.text.formatting import format_value
from callverbs.interpreter.text.source import JSON, TOML, Source

COMPLETION_KINDS = {
    "verb": types.CompletionItemKind.Function,
    "property": types.CompletionItemKind.Property,
    "value": types.CompletionItemKind.EnumMember,
}


def flow_item(source: Source, positions: Positions, cursor: Cursor, completion: Completion, number: int) -> types.CompletionItem:
    """Returns the item of a completion in a flow; `number` is its place in the list."""
    inserted = _inserted_text(source, cursor, completion)
    rank = "2" if completion.has_no_effect else "0" if completion.is_required else "1"
    return types.CompletionItem(
        label=completion.value if isinstance(completion.value, str) else format_value(completion.value, JSON),
        kind=COMPLETION_KINDS[completion.kind],
        detail=completion.detail,
        documentation=types.MarkupContent(types.MarkupKind.Markdown, completion.description) if completion.description else None,
        tags=[types.CompletionItemTag.Deprecated] if completion.has_no_effect else None,
        sort_text=f"{rank}{number:03}",
        filter_text=inserted,
        text_edit=types.TextEdit(positions.range(cursor.start, cursor.end), inserted),
    )


def _inserted_text(source: Source, cursor: Cursor, completion: Completion) -> str:
    """Returns the text of a completion: with its colon where a key needs one, in the quotes that are there already."""
    language = source.language
    text = format_value(completion.value, language, source.text[cursor.start : cursor.end])
    if len(cursor.path) == 1 and not cursor.is_key:
        inserted = f'{{"{VERB_NAME_KEY}": {text}}}' if language == JSON else f"{VERB_NAME_KEY}: {text}"
        return inserted.join(cursor.around)
    if completion.kind == "property" and not cursor.is_key:
        return f"{{{text}: }}" if language == JSON else f"{text}: "
    if not cursor.is_key or source.text[cursor.end :].lstrip(" \t").startswith(":"):
        return text
    if completion.kind == "verb":
        return f"{text}: {{}}" if language == JSON else f"{text}:"
    return f"{text}: "


def schema_items(kind: FileKind, source: Source, positions: Positions, position: types.Position) -> list[types.CompletionItem]:
    """Returns the items at a position of a file beside the flows."""
    start, end, found = schema_files.complete(kind, source, positions.offset(position))
    return [_schema_item(source, positions.range(start, end), one, number, end) for number, one in enumerate(found)]


def _schema_item(source: Source, replaced: types.Range, completion: Completion, number: int, end: int) -> types.CompletionItem:
    separator = " = " if source.language == TOML else ": "
    has_separator = source.text[end:].lstrip(" \t").startswith((":", "="))
    is_bare_key = completion.kind == "property" and source.language != JSON
    text = str(completion.value) if is_bare_key else format_value(completion.value, JSON if source.language == TOML else source.language)
    inserted = text + separator if completion.kind == "property" and not has_separator else text
    return types.CompletionItem(
        label=str(completion.value),
        kind=COMPLETION_KINDS[completion.kind],
        detail=completion.detail,
        documentation=types.MarkupContent(types.MarkupKind.Markdown, completion.description) if completion.description else None,
        sort_text=f"{'0' if completion.is_required else '1'}{number:03}",
        filter_text=inserted,
        text_edit=types.TextEdit(replaced, inserted),
    )
