"""A real client talks to the real command over pipes: it opens a document, types, asks for completions and fixes, and exits."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest_asyncio
from lsprotocol import types
from pygls.lsp.client import LanguageClient

RESPONSE_MAX_SECONDS = 30.0
"""After so long without a response the test fails."""


class Editing:
    """An editor with one server."""

    def __init__(self) -> None:
        self.client = LanguageClient("editor", "1")
        self.published: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()
        self.process: Any = None
        subscribe: Any = self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        subscribe(lambda params: self.published.put_nowait(params))

    async def start(self, encodings: list[types.PositionEncodingKind | str] | None = None) -> types.InitializeResult:
        await self.client.start_io(sys.executable, "-m", "callverbs", "lsp", "--stdio")
        self.process = self.client._server
        general = types.GeneralClientCapabilities(position_encodings=encodings)
        asked = types.InitializeParams(types.ClientCapabilities(general=general), process_id=os.getpid())
        initialized = await asyncio.wait_for(self.client.initialize_async(asked), RESPONSE_MAX_SECONDS)
        self.client.initialized(types.InitializedParams())
        return initialized

    async def stop(self) -> int:
        await asyncio.wait_for(self.client.shutdown_async(None), RESPONSE_MAX_SECONDS)
        self.client.exit(None)
        code = await asyncio.wait_for(self.process.wait(), RESPONSE_MAX_SECONDS)
        await self.close()
        return int(code)

    async def close(self) -> None:
        stop: Callable[[], Awaitable[None]] = self.client.stop
        await stop()

    async def findings(self) -> list[str]:
        """Returns the diagnostics that are published next, as `code line:column-line:column`."""
        published = await asyncio.wait_for(self.published.get(), RESPONSE_MAX_SECONDS)
        return [f"{one.code} {one.range}" for one in published.diagnostics]

    def open(self, uri: str, text: str, language: str = "yaml") -> None:
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, language, 1, text)))

    def type(self, uri: str, number: int, replaced: types.Range, text: str) -> None:
        change = types.TextDocumentContentChangePartial(replaced, text)
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(types.VersionedTextDocumentIdentifier(number, uri), [change])
        )

    async def complete(self, uri: str, line: int, column: int) -> dict[str, types.CompletionItem]:
        asked = types.CompletionParams(types.TextDocumentIdentifier(uri), types.Position(line, column))
        found = await asyncio.wait_for(self.client.text_document_completion_async(asked), RESPONSE_MAX_SECONDS)
        assert isinstance(found, list | tuple)
        return {item.label: item for item in found}

    async def hover(self, uri: str, line: int, column: int) -> str:
        asked = types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(line, column))
        found = await asyncio.wait_for(self.client.text_document_hover_async(asked), RESPONSE_MAX_SECONDS)
        assert found is None or isinstance(found.contents, types.MarkupContent)
        return found.contents.value if found and isinstance(found.contents, types.MarkupContent) else ""

    async def act(self, uri: str, selected: types.Range, only: list[types.CodeActionKind | str] | None = None) -> dict[str, Any]:
        asked = types.CodeActionParams(types.TextDocumentIdentifier(uri), selected, types.CodeActionContext([], only))
        found = await asyncio.wait_for(self.client.text_document_code_action_async(asked), RESPONSE_MAX_SECONDS)
        return {one.title: one for one in found or ()}


def span(line: int, start: int, end: int) -> types.Range:
    return types.Range(types.Position(line, start), types.Position(line, end))


def edits(action: Any) -> list[tuple[str, str]]:
    return [(str(one.range), one.new_text) for changes in action.edit.changes.values() for one in changes]


@pytest_asyncio.fixture
async def editor() -> AsyncIterator[Editing]:
    editing = Editing()
    await editing.start()
    yield editing
    if editing.process.returncode is None:
        assert await editing.stop() == 0


async def test_a_flow_is_opened_typed_fixed_and_closed(editor: Editing, tmp_path: Path) -> None:
    uri = (tmp_path / "menu.yaml").as_uri()
    editor.open(uri, "- verb: say\n  text: Hi\n- {verb: tag, data: {😀: 1}, Id: x}\n")
    assert await editor.findings() == ["CV102 2:29-2:31"]
    assert "no property Id" in await editor.hover(uri, 2, 30)
    assert "Why:" in await editor.hover(uri, 2, 30)
    assert "**tag.data**" in await editor.hover(uri, 2, 14)

    actions = await editor.act(uri, span(2, 29, 29), [types.CodeActionKind.QuickFix])
    assert edits(actions["CV102: rename it to id"]) == [("2:29-2:31", "id")]
    assert actions["CV102: rename it to id"].is_preferred
    assert set(await editor.act(uri, span(0, 0, 1), [types.CodeActionKind.QuickFix])) == set()
    everything = await editor.act(uri, span(0, 0, 0), [types.CodeActionKind.SourceFixAll])
    assert edits(everything["Fix all that is safe to fix"]) == [("2:29-2:30", "i")]

    editor.type(uri, 2, span(2, 29, 31), "id")
    assert await editor.findings() == []
    editor.type(uri, 3, span(1, 0, 0), "  lo\n")
    assert len(await editor.findings()) == 1
    completed = await editor.complete(uri, 1, 4)
    assert "text" not in completed
    assert completed["loop"].text_edit == types.TextEdit(span(1, 2, 4), "loop: ")

    editor.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))
    assert await editor.findings() == []


async def test_a_text_is_linted_when_typing_pauses(editor: Editing, tmp_path: Path) -> None:
    uri = (tmp_path / "flow.json").as_uri()
    editor.open(uri, "[]", "json")
    assert len(await editor.findings()) == 1
    for number, character in enumerate('{"verb": "sa"}', 2):
        editor.type(uri, number, span(0, number - 1, number - 1), character)
    published = await asyncio.wait_for(editor.published.get(), RESPONSE_MAX_SECONDS)
    assert published.version == 15
    assert [one.code for one in published.diagnostics] == ["CV101"]
    assert (await editor.complete(uri, 0, 12))["say"].text_edit == types.TextEdit(span(0, 10, 14), '"say"')


async def test_what_is_no_flow_is_left_alone(editor: Editing, tmp_path: Path) -> None:
    uri = (tmp_path / "compose.yaml").as_uri()
    editor.open(uri, "services:\n  web: {image: nginx}\n")
    assert await editor.findings() == []
    assert await editor.complete(uri, 1, 2) == {}
    assert await editor.hover(uri, 1, 3) == ""
    assert await editor.act(uri, span(0, 0, 3)) == {}


async def test_files_beside_flows(editor: Editing, tmp_path: Path) -> None:
    scenario, settings = (tmp_path / "scenario.yaml").as_uri(), (tmp_path / "callverbs.toml").as_uri()
    editor.open(scenario, "flow: a.yaml\nhoks: {}\n")
    published = await asyncio.wait_for(editor.published.get(), RESPONSE_MAX_SECONDS)
    assert [(str(one.range), one.message.partition(";")[0]) for one in published.diagnostics] == [("1:0-1:4", "there is no property hoks")]
    assert (await editor.complete(scenario, 1, 4))["hooks"].text_edit == types.TextEdit(span(1, 0, 4), "hooks")
    assert "The document" in await editor.hover(scenario, 0, 2)
    assert await editor.act(scenario, span(1, 0, 4)) == {}
    editor.open(settings, '[lint]\nprofile = ""\npr\n', "toml")
    assert len(await editor.findings()) == 1
    assert (await editor.complete(settings, 2, 2))["profile"].text_edit == types.TextEdit(span(2, 0, 2), "profile = ")
    assert (await editor.complete(settings, 1, 11))["strict"].text_edit == types.TextEdit(span(1, 10, 12), '"strict"')


async def test_a_new_flow_is_completed_from_its_first_letter(editor: Editing, tmp_path: Path) -> None:
    uri = (tmp_path / "my-flow.yaml").as_uri()
    editor.open(uri, "s")
    assert await editor.findings() == []
    assert (await editor.complete(uri, 0, 1))["say"].text_edit == types.TextEdit(span(0, 0, 1), "- verb: say")


async def test_a_flow_stays_one_while_it_is_broken(editor: Editing, tmp_path: Path) -> None:
    uri = (tmp_path / "menu.json").as_uri()
    editor.open(uri, '[{"pause": {"length": 1}}]', "json")
    assert await editor.findings() == []
    editor.type(uri, 2, span(0, 24, 26), "")
    assert await editor.findings() == ["CV001 0:1-0:2"]


async def test_a_text_that_was_never_saved(editor: Editing) -> None:
    editor.open("untitled:Untitled-1", '[{"verb": "Say", "text": "a"}]', "json")
    assert await editor.findings() == ["CV101 0:10-0:15"]


async def test_settings_are_honoured_and_read_again(editor: Editing, tmp_path: Path) -> None:
    uri, settings = (tmp_path / "flow.yaml").as_uri(), tmp_path / "callverbs.toml"
    settings.write_text('[lint]\nignore = ["CV102"]\n')
    editor.open(uri, "- verb: hangup\n  Id: x\n")
    assert await editor.findings() == []
    settings.write_text("[lint]\n")
    editor.client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(settings.as_uri())))
    assert await editor.findings() == ["CV102 1:2-1:4"]
    settings.write_text("[lint\n")
    editor.client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(settings.as_uri())))
    published = await asyncio.wait_for(editor.published.get(), RESPONSE_MAX_SECONDS)
    assert "callverbs.toml" in published.diagnostics[0].message
    assert await editor.hover(uri, 1, 3) == ""
    assert await editor.act(uri, span(1, 0, 3)) == {}


async def test_columns_are_counted_as_was_agreed(tmp_path: Path) -> None:
    editor = Editing()
    initialized = await editor.start([types.PositionEncodingKind.Utf8])
    assert initialized.capabilities.position_encoding == types.PositionEncodingKind.Utf8
    editor.open((tmp_path / "flow.yaml").as_uri(), "- {verb: tag, data: {😀: 1}, Id: x}\n")
    assert await editor.findings() == ["CV102 0:31-0:33"]
    assert await editor.stop() == 0


async def test_exiting_without_a_shutdown_is_an_error(editor: Editing) -> None:
    editor.client.exit(None)
    assert await asyncio.wait_for(editor.process.wait(), RESPONSE_MAX_SECONDS) == 1
    await editor.close()
