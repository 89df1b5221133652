"""The language server: translates requests of an editor for the linter and the completions, and their results back.

The text of the editor counts, not that of the file. While the author types, findings are published a moment after the last key.
"""

import asyncio
import os
import re
import sys
from collections.abc import Sequence
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from lsprotocol import types
from pygls import uris
from pygls.lsp.server import LanguageServer

from callverbs.interpreter.lint.batch import lint_with
from callverbs.interpreter.lint.files import FLOW_STEM
from callverbs.interpreter.lint.finding import Finding, Severity
from callverbs.interpreter.lint.fixes import Relint
from callverbs.interpreter.lint.formats import LintResult
from callverbs.interpreter.lint.likeness import looks_like_flow
from callverbs.interpreter.lint.rule_page import page_url
from callverbs.interpreter.lint.run import LintOptions, LintRun
from callverbs.interpreter.lint.settings import SettingsError
from callverbs.interpreter.lsp import schema_files
from callverbs.interpreter.lsp.actions import actions_for, fix_all
from callverbs.interpreter.lsp.completion import completions
from callverbs.interpreter.lsp.cursor import Cursor, find_cursor
from callverbs.interpreter.lsp.descriptions import describe_finding, describe_word
from callverbs.interpreter.lsp.items import flow_item, schema_items
from callverbs.interpreter.lsp.positions import Positions
from callverbs.interpreter.lsp.schema_files import FileKind, Problem
from callverbs.interpreter.text.edits import Edit
from callverbs.interpreter.text.source import DOCUMENT_SUFFIXES, JSON, YAML, Source

NAME = "callverbs"
"""The name of the server, and the source of its diagnostics."""
TYPING_DELAY_SECONDS = 0.2
"""From the last key to the findings."""
FIRST_WORD = re.compile(r"\s*(?:#[^\n]*\n\s*)*[-\[]?\s*\{?\s*[\"']?\w*[\"']?\s*")
"""A document that has just been begun."""
FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.{NAME}"
SEVERITIES: dict[Severity, types.DiagnosticSeverity] = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "info": types.DiagnosticSeverity.Information,
}


class OpenText(NamedTuple):
    """A text in an editor."""

    source: Source
    positions: Positions


class LintedText(NamedTuple):
    """A text in an editor, its findings, and the function that lints it again."""

    source: Source
    positions: Positions
    found: list[Finding]
    relint: Relint

    def range(self, finding: Finding) -> types.Range:
        """Returns the range of a finding."""
        return self.positions.span_range(finding.span)


class FlowServer(LanguageServer):
    """The server of one editor, and the documents that are open in it."""

    def __init__(self, options: LintOptions, typing_delay: float = TYPING_DELAY_SECONDS, kinds: Sequence[FileKind] = ()) -> None:
        super().__init__(NAME, version(NAME))
        self._options, self._typing_delay, self._kinds = options, typing_delay, kinds
        self._flows: set[str] = set()
        """The URIs of documents: a text that was one stays one, whatever is typed."""
        self._scheduled: dict[str, asyncio.TimerHandle] = {}
        self.has_shut_down = False

    # ------------------------------------------------------------- texts

    def read(self, uri: str, is_new: bool = False) -> OpenText | None:
        """Returns an open text; None for one that is no document. With `is_new`, a document may have no more than its first word."""
        document = self.workspace.get_text_document(uri)
        path = self.path(uri)
        language = DOCUMENT_SUFFIXES.get(path.suffix.lower()) or (JSON if document.language_id in ("json", "jsonc") else YAML)
        source = Source(str(path), document.source, [], None if path.suffix else language)
        if is_new and FIRST_WORD.fullmatch(source.text) and any(FLOW_STEM in part for part in (path.stem, path.parent.name)):
            return OpenText(source, Positions(document.source, self.workspace.position_encoding))
        if uri not in self._flows and path.stem != FLOW_STEM and not looks_like_flow(source):
            return None
        self._flows.add(uri)
        return OpenText(source, Positions(document.source, self.workspace.position_encoding))

    def read_kind(self, uri: str) -> tuple[FileKind, OpenText] | None:
        """Returns an open text beside the flows, with its kind; None for any other."""
        path = self.path(uri)
        kind = next((one for one in self._kinds if one.matches(path)), None)
        if kind is None:
            return None
        text = self.workspace.get_text_document(uri).source
        return kind, OpenText(Source(str(path), text, []), Positions(text, self.workspace.position_encoding))

    def path(self, uri: str) -> Path:
        """Returns the path of a document; of one that was never saved, its name."""
        return Path(uris.to_fs_path(uri) or uri.partition(":")[2])

    def lint(self, uri: str) -> LintedText | None:
        """Returns a document with its findings; None for one that is no document, or is excluded. Raises SettingsError."""
        text = self.read(uri)
        if text is None:
            return None
        path, lint_run = self.path(uri), LintRun(self._options)
        if lint_run.excludes(path, False):
            return None
        config = lint_run.config_for(path)

        def relint(source: Source) -> list[Finding]:
            return list(lint_run.apply_baselines([LintResult(source, lint_with(source, config))], StringIO())[0].findings)

        return LintedText(*text, relint(text.source), relint)

    # ------------------------------------------------------------- findings

    def schedule_findings(self, uri: str) -> None:
        """Publishes the findings of a text when its author pauses."""
        self.cancel_findings(uri)
        self._scheduled[uri] = asyncio.get_running_loop().call_later(self._typing_delay, self.publish_findings, uri)

    def cancel_findings(self, uri: str) -> None:
        """Cancels the scheduled findings of a text."""
        if scheduled := self._scheduled.pop(uri, None):
            scheduled.cancel()

    def publish_findings(self, uri: str) -> None:
        """Publishes the findings of a text now."""
        self.cancel_findings(uri)
        try:
            if of_kind := self.read_kind(uri):
                kind, beside = of_kind
                diagnostics = [_problem(beside, one) for one in kind.check(beside.source)]
            else:
                linted = self.lint(uri)
                diagnostics = [_diagnostic(linted, finding) for finding in linted.found] if linted else []
        except SettingsError as error:
            start = types.Position(0, 0)
            diagnostics = [types.Diagnostic(types.Range(start, start), str(error), source=NAME)]
        document_version = self.workspace.get_text_document(uri).version
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, diagnostics, document_version))

    def close(self, uri: str) -> None:
        """Forgets a text, and removes its findings."""
        self.cancel_findings(uri)
        self._flows.discard(uri)
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    # ------------------------------------------------------------- requests

    def cursor(self, text: OpenText, position: types.Position) -> Cursor | None:
        """Returns the cursor at a position."""
        return find_cursor(text.source.text, text.source.language, text.positions.offset(position))

    def hover(self, uri: str, position: types.Position) -> types.Hover | None:
        """Returns the description of the word at a position, and of the findings there."""
        if of_kind := self.read_kind(uri):
            kind, beside = of_kind
            words = schema_files.hover(kind, beside.source, beside.positions.offset(position))
            return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, words)) if words else None
        text = self.read(uri)
        if text is None:
            return None
        cursor, offset = self.cursor(text, position), text.positions.offset(position)
        parts = [describe_word(cursor)] if cursor else []
        linted = self._lint_unless_settings_fail(uri)
        for finding in linted.found if linted else ():
            start, end = text.positions.span_offsets(finding.span)
            if start <= offset <= end:
                parts.append(describe_finding(finding))
        markdown = "\n\n---\n\n".join(filter(None, parts))
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, markdown)) if markdown else None

    def complete(self, uri: str, position: types.Position) -> list[types.CompletionItem]:
        """Returns the completions at a position."""
        if of_kind := self.read_kind(uri):
            kind, beside = of_kind
            return schema_items(kind, beside.source, beside.positions, position)
        text = self.read(uri, is_new=True)
        cursor = self.cursor(text, position) if text else None
        if text is None or cursor is None:
            return []
        return [flow_item(text.source, text.positions, cursor, completion, number) for number, completion in enumerate(completions(cursor))]

    def code_actions(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        """Returns the actions for the findings in a range."""
        uri = params.text_document.uri
        if self.read_kind(uri):
            return []
        linted = self._lint_unless_settings_fail(uri)
        if linted is None:
            return []
        only = params.context.only
        found: list[types.CodeAction] = []
        if _is_requested(only, types.CodeActionKind.QuickFix.value):
            selected = [one for one in linted.found if _overlap(linted.range(one), params.range)]
            for action in actions_for(linted.source, linted.found, selected, linted.relint):
                edit = _workspace_edit(uri, linted.positions, action.edit)
                diagnostics = [_diagnostic(linted, action.finding)]
                is_preferred = action.is_safe or None
                found.append(types.CodeAction(action.title, types.CodeActionKind.QuickFix, diagnostics, is_preferred, edit=edit))
        if _is_requested(only, FIX_ALL) and (change := fix_all(linted.source, linted.relint)):
            found.append(types.CodeAction("Fix all that is safe to fix", FIX_ALL, edit=_workspace_edit(uri, linted.positions, change)))
        return found

    def _lint_unless_settings_fail(self, uri: str) -> LintedText | None:
        try:
            return self.lint(uri)
        except SettingsError:  # published already
            return None


def _problem(text: OpenText, problem: Problem) -> types.Diagnostic:
    return types.Diagnostic(text.positions.span_range(problem.span), problem.message, SEVERITIES["error"], source=NAME)


def _is_requested(only: Sequence[types.CodeActionKind | str] | None, kind: str) -> bool:
    """Returns whether a kind of action, or a kind that contains it, is requested; without a request, every kind is."""
    requested = [one.value if isinstance(one, types.CodeActionKind) else one for one in only or ()]
    return not requested or any(kind == one or kind.startswith(f"{one}.") for one in requested)


def _overlap(one: types.Range, other: types.Range) -> bool:
    return one.start <= other.end and other.start <= one.end


def _workspace_edit(uri: str, positions: Positions, edit: Edit) -> types.WorkspaceEdit:
    return types.WorkspaceEdit({uri: [types.TextEdit(positions.range(edit.start, edit.end), edit.text)]})


def _diagnostic(linted: LintedText, finding: Finding) -> types.Diagnostic:
    return types.Diagnostic(
        linted.range(finding),
        finding.message,
        SEVERITIES[finding.severity],
        finding.code,
        types.CodeDescription(page_url(finding.code)),
        NAME,
    )


def create_server(options: LintOptions, typing_delay: float = TYPING_DELAY_SECONDS, kinds: Sequence[FileKind] = ()) -> FlowServer:
    """Returns a server with its handlers, which is not connected to an editor yet. `kinds` are files beside flows that it knows."""
    server = FlowServer(options, typing_delay, kinds)

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def did_open(params: types.DidOpenTextDocumentParams) -> None:
        server.publish_findings(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(params: types.DidChangeTextDocumentParams) -> None:
        server.schedule_findings(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def did_save(params: types.DidSaveTextDocumentParams) -> None:
        for uri in list(server.workspace.text_documents):  # the saved file may be the settings of all
            server.publish_findings(uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: types.DidCloseTextDocumentParams) -> None:
        server.close(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        return server.hover(params.text_document.uri, params.position)

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=['"', " ", "-"]))
    def complete(params: types.CompletionParams) -> list[types.CompletionItem]:
        return server.complete(params.text_document.uri, params.position)

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions([types.CodeActionKind.QuickFix, FIX_ALL]))
    def code_actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        return server.code_actions(params)

    @server.feature(types.SHUTDOWN)
    def shutdown(params: None) -> None:
        server.has_shut_down = True

    return server


def serve(options: LintOptions, kinds: Sequence[FileKind] = ()) -> int:
    """Serves an editor over the standard input and output until it says exit; returns 0, or 1 without a shutdown before."""
    server = create_server(options, kinds=kinds)
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as out:  # pygls closes it, and the command line needs its own
        server.start_io(stdout=out)
    return 0 if server.has_shut_down else 1
