"""The language server: it maps what an editor asks to what the linter and the words know, and back. It judges nothing itself.

An editor's text is what counts, not the file's. While somebody types, findings come a moment after the last key.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from lsprotocol import types
from pygls import uris
from pygls.lsp.server import LanguageServer

from interpreter.lint.files import FLOW, looks_like_flow
from interpreter.lint.finding import Finding, Severity
from interpreter.lint.fixes import Look
from interpreter.lint.formats import Linted
from interpreter.lint.judging import judge
from interpreter.lint.page import link
from interpreter.lint.run import Asked, Job
from interpreter.lint.settings import SettingsError
from interpreter.lsp import actions, words
from interpreter.lsp.cursor import Spot, spot
from interpreter.lsp.positions import Positions
from interpreter.lsp.words import Word
from interpreter.text.edits import Edit
from interpreter.text.source import ENDINGS, JSON, YAML, Source
from interpreter.text.writing import written

SOURCE = "callverbs"
DELAY = 0.2
"""Seconds of rest before a text that is being typed is judged."""
FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.{SOURCE}"
SEVERITIES: dict[Severity, types.DiagnosticSeverity] = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "info": types.DiagnosticSeverity.Information,
}
KINDS = {
    "verb": types.CompletionItemKind.Function,
    "property": types.CompletionItemKind.Property,
    "value": types.CompletionItemKind.EnumMember,
}


class Judged(NamedTuple):
    """A text in an editor, and what is found in it."""

    source: Source
    positions: Positions
    found: list[Finding]
    look: Look

    def range(self, finding: Finding) -> types.Range:
        """Where a finding stands."""
        place = self.positions.place
        return self.positions.range(place(finding.line, finding.column), place(finding.end_line, finding.end_column))


class Editor(LanguageServer):
    """One editor, and the documents that are open in it."""

    def __init__(self, asked: Asked, delay: float = DELAY) -> None:
        super().__init__(SOURCE, version(SOURCE))
        self._asked, self._delay = asked, delay
        self._flows: set[str] = set()
        """Documents: once a text was one, it stays one, whatever is done to it."""
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self.is_over = False

    # ------------------------------------------------------------- texts

    def text(self, uri: str) -> tuple[Source, Positions] | None:
        """A text that is open, if it is a document."""
        document = self.workspace.get_text_document(uri)
        path = self.path(uri)
        language = ENDINGS.get(path.suffix.lower()) or (JSON if document.language_id in ("json", "jsonc") else YAML)
        source = Source(str(path), document.source, [], None if path.suffix else language)
        if uri not in self._flows and path.stem != FLOW and not looks_like_flow(source):
            return None
        self._flows.add(uri)
        return source, Positions(document.source, self.workspace.position_encoding)

    def path(self, uri: str) -> Path:
        """A document's file; one that was never saved has a name only."""
        return Path(uris.to_fs_path(uri) or uri.partition(":")[2])

    def judged(self, uri: str) -> Judged | None:
        """A document and what is found in it; None for what is no document, or is left out by the settings. Raises SettingsError."""
        opened = self.text(uri)
        if opened is None:
            return None
        path, job = self.path(uri), Job(self._asked)
        if job.leaves(path, False):
            return None
        terms = job.terms(path)

        def look(source: Source) -> list[Finding]:
            return list(job.news([Linted(source, judge(source, terms))], StringIO())[0].findings)

        return Judged(*opened, look(opened[0]), look)

    # ------------------------------------------------------------- findings

    def wait(self, uri: str) -> None:
        """Judge a text when its author has paused."""
        self.stop(uri)
        self._waiting[uri] = asyncio.get_running_loop().call_later(self._delay, self.tell, uri)

    def stop(self, uri: str) -> None:
        """Don't judge it."""
        if waiting := self._waiting.pop(uri, None):
            waiting.cancel()

    def tell(self, uri: str) -> None:
        """Say what is found in a text."""
        self.stop(uri)
        try:
            judged = self.judged(uri)
            told = [_diagnostic(judged, finding) for finding in judged.found] if judged else []
        except SettingsError as error:
            told = [types.Diagnostic(types.Range(types.Position(0, 0), types.Position(0, 0)), str(error), source=SOURCE)]
        number = self.workspace.get_text_document(uri).version
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, told, number))

    def forget(self, uri: str) -> None:
        """A text is closed."""
        self.stop(uri)
        self._flows.discard(uri)
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    # ------------------------------------------------------------- questions

    def spot(self, opened: tuple[Source, Positions], position: types.Position) -> Spot | None:
        """What stands at a position."""
        source, positions = opened
        return spot(source.text, source.language, positions.offset(position))

    def hover(self, uri: str, position: types.Position) -> types.Hover | None:
        """What the word at a position means, and what is found there."""
        opened = self.text(uri)
        if opened is None:
            return None
        positions, here = opened[1], self.spot(opened, position)
        offset = positions.offset(position)
        parts = [words.meaning(here)] if here else []
        try:
            judged = self.judged(uri)
        except SettingsError:
            judged = None
        for finding in judged.found if judged else ():
            start, end = positions.place(finding.line, finding.column), positions.place(finding.end_line, finding.end_column)
            if start <= offset <= end:
                parts.append(words.reason(finding))
        text = "\n\n---\n\n".join(filter(None, parts))
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text)) if text else None

    def complete(self, uri: str, position: types.Position) -> list[types.CompletionItem]:
        """What can stand at a position."""
        opened = self.text(uri)
        here = self.spot(opened, position) if opened else None
        if opened is None or here is None:
            return []
        return [_item(*opened, here, word, number) for number, word in enumerate(words.possible(here))]

    def act(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        """What can be done about what is found in a range."""
        uri = params.text_document.uri
        try:
            judged = self.judged(uri)
        except SettingsError:
            judged = None
        if judged is None:
            return []
        only = params.context.only
        found: list[types.CodeAction] = []
        if _wants(only, types.CodeActionKind.QuickFix.value):
            about = [one for one in judged.found if _meet(judged.range(one), params.range)]
            for offer in actions.offers(judged.source, judged.found, about, judged.look):
                change = _changes(uri, judged.positions, offer.edit)
                told = [_diagnostic(judged, offer.finding)]
                found += [types.CodeAction(offer.title, types.CodeActionKind.QuickFix, told, offer.is_safe or None, edit=change)]
        if _wants(only, FIX_ALL) and (edit := actions.all_safe(judged.source, judged.look)):
            found.append(types.CodeAction("Mend all that is safe to mend", FIX_ALL, edit=_changes(uri, judged.positions, edit)))
        return found


def _wants(only: Sequence[types.CodeActionKind | str] | None, kind: str) -> bool:
    """Whether a kind of action, or one that it belongs to, is asked for."""
    asked = [one.value if isinstance(one, types.CodeActionKind) else one for one in only or ()]
    return not asked or any(kind == one or kind.startswith(f"{one}.") for one in asked)


def _meet(one: types.Range, other: types.Range) -> bool:
    return one.start <= other.end and other.start <= one.end


def _changes(uri: str, positions: Positions, edit: Edit) -> types.WorkspaceEdit:
    return types.WorkspaceEdit({uri: [types.TextEdit(positions.range(edit.start, edit.end), edit.text)]})


def _diagnostic(judged: Judged, finding: Finding) -> types.Diagnostic:
    return types.Diagnostic(
        judged.range(finding),
        finding.message,
        SEVERITIES[finding.severity],
        finding.code,
        types.CodeDescription(link(finding.code)),
        SOURCE,
    )


def _item(source: Source, positions: Positions, here: Spot, word: Word, number: int) -> types.CompletionItem:
    text = _insertion(source, here, word)
    return types.CompletionItem(
        label=str(word.text) if isinstance(word.text, str) else written(word.text, JSON),
        kind=KINDS[word.kind],
        detail=word.detail,
        documentation=types.MarkupContent(types.MarkupKind.Markdown, word.about) if word.about else None,
        tags=[types.CompletionItemTag.Deprecated] if word.idle else None,
        sort_text=f"{'2' if word.idle else '0' if word.needed else '1'}{number:03}",
        filter_text=text,
        text_edit=types.TextEdit(positions.range(here.start, here.end), text),
    )


def _insertion(source: Source, here: Spot, word: Word) -> str:
    """What is put in: with its colon where a name needs one, with the quotes that stand there already."""
    language = source.language
    text = written(word.text, language, source.text[here.start : here.end])
    if len(here.path) == 1 and not here.is_key:
        return f'{{"{words.NAME}": {text}}}' if language == JSON else f"{words.NAME}: {text}"
    if word.kind == "property" and not here.is_key:
        return f"{{{text}: }}" if language == JSON else f"{text}: "
    if not here.is_key or source.text[here.end :].lstrip(" \t").startswith(":"):
        return text
    if word.kind == "verb":
        return f"{text}: {{}}" if language == JSON else f"{text}:"
    return f"{text}: "


def make(asked: Asked, delay: float = DELAY) -> Editor:
    """A server that knows what to do, and talks to nobody yet."""
    editor = Editor(asked, delay)

    @editor.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        editor.tell(params.text_document.uri)

    @editor.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        editor.wait(params.text_document.uri)

    @editor.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        for uri in list(editor.workspace.text_documents):  # it may be settings that were saved
            editor.tell(uri)

    @editor.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        editor.forget(params.text_document.uri)

    @editor.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        return editor.hover(params.text_document.uri, params.position)

    @editor.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=['"', " ", "-"]))
    def complete(params: types.CompletionParams) -> list[types.CompletionItem]:
        return editor.complete(params.text_document.uri, params.position)

    @editor.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions([types.CodeActionKind.QuickFix, FIX_ALL]))
    def act(params: types.CodeActionParams) -> list[types.CodeAction]:
        return editor.act(params)

    @editor.feature(types.SHUTDOWN)
    def shutdown(params: None) -> None:
        editor.is_over = True

    return editor


def serve(asked: Asked) -> int:
    """Talk to an editor over the standard input and output until it says exit: 0, or 1 where it has not said shutdown before."""
    editor = make(asked)
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as out:  # it is closed in the end, and the command line needs its own
        editor.start_io(stdout=out)
    return 0 if editor.is_over else 1
