"""A document is followed to the local documents that answer its hooks, and cycles without an exit are found."""

import json
from pathlib import Path
from typing import Any

import pytest

from callverbs.interpreter.lint.context import LintContext
from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.exits import find_cycle, find_exits, hook_exits
from callverbs.interpreter.lint.replies import hook_address

HANGUP = [{"verb": "hangup"}]
TARGET = [{"type": "user", "name": "jane"}]


def redirect(url: str) -> list[dict[str, Any]]:
    return [{"verb": "redirect", "actionHook": url}]


def local(folder: Path, **flows: object) -> dict[str, str]:
    """Writes documents to files, and returns their paths by the path of a hook of the same name."""
    for name, flow in flows.items():
        (folder / f"{name}.json").write_text(flow if isinstance(flow, str) else json.dumps(flow), encoding="utf-8")
    return {f"/{name}": str(folder / f"{name}.json") for name in flows}


@pytest.mark.parametrize(
    ("url", "context", "address"),
    [
        ("/menu#rc=2", LintContext(), "/menu"),
        ("menu?a=1", LintContext(), "/menu?a=1"),
        ("/menu", LintContext(base_url="https://a.example"), "https://a.example/menu"),
        ("https://A.example/menu", LintContext(), "https://a.example/menu"),
        ("https://a.example", LintContext(), "https://a.example/"),
        ("/menu", LintContext(base_url="https://a.example", address="https://b.example/x"), "https://b.example/menu"),
        ("http://[", LintContext(), "/http://["),
    ],
)
def test_an_address_is_written_in_one_way(url: str, context: LintContext, address: str) -> None:
    assert hook_address(url, context) == address


def test_hooks_are_followed_to_files(tmp_path: Path) -> None:
    replies = local(tmp_path, next=HANGUP, broken="[{", gone=HANGUP)
    (tmp_path / "gone.json").unlink()
    document = Document(redirect("/next"), LintContext(address="/menu", replies=replies))
    next_document = document.follow("/next?lang=en#rc=2")
    assert next_document is not None
    assert (next_document.value, next_document.context.address) == (HANGUP, "/next?lang=en")
    assert next_document.follow("/menu") is document
    assert document.follow("menu") is document
    assert document.follow("/next?lang=en") is next_document
    assert [document.follow(url) for url in ("/broken", "/gone", "/else", "https://example.com/next")] == [None] * 4


def test_paths_belong_to_the_host_that_a_document_answers_at(tmp_path: Path) -> None:
    files = local(tmp_path, item=HANGUP, there=redirect("/item"))
    replies = {"/item": files["/item"], "https://b.example/there": files["/there"]}
    document = Document(redirect("/item"), LintContext(base_url="https://a.example", replies=replies))
    assert document.follow("/item") is document.follow("https://a.example/item") is not None
    next_document = document.follow("https://b.example/there")
    assert next_document is not None
    assert next_document.follow("/item") is None
    assert next_document.follow("https://a.example/item") is document.follow("/item")


def test_the_hook_exits_of_a_verb() -> None:
    (verb,) = Document(
        [
            {
                "verb": "transfer",
                "mode": "blind",
                "target": TARGET,
                "actionHook": {"url": "/after"},
                "amd": {"actionHook": "/machine"},
                "disposition": {"onBusy": "voicemail", "voicemailUrl": "https://example.com/voicemail"},
            }
        ]
    ).main_program
    assert [(one.url, one.path, one.always) for one in hook_exits(verb)] == [
        ("/machine", (0, "amd", "actionHook"), False),
        ("https://example.com/voicemail", (0, "disposition", "voicemailUrl"), False),
        ("/after", (0, "actionHook", "url"), True),
    ]
    (dial,) = Document([{"dial": {"target": TARGET}}]).main_program
    assert [one.url for one in hook_exits(dial)] == []
    assert [one.url for one in hook_exits(dial, "cognigy")] == ["dial"]
    (config,) = Document([{"config": {"bargeIn": {"enable": True}}}]).main_program
    assert [one.url for one in hook_exits(config)] == []
    assert [one.url for one in hook_exits(config, "cognigy")] == ["voice"]


def linked(folder: Path, menu: object, **flows: object) -> Document:
    return Document(menu, LintContext(address="/menu", replies=local(folder, **flows)))


def test_a_cycle_without_an_exit(tmp_path: Path) -> None:
    document = linked(tmp_path, redirect("/a"), a=redirect("/b"), b=[{"gather": {"actionHook": "/a"}}, *HANGUP])
    found = find_cycle(document)
    assert found is not None
    assert [one.context.address for one in found.documents] == ["/menu", "/a", "/b", "/a"]
    assert not found.is_own


@pytest.mark.parametrize(
    "b",
    [
        HANGUP,
        [{"verb": "say", "text": "Goodbye."}],
        [{"verb": "dial", "target": TARGET, "actionHook": "/menu"}],
        [{"verb": "gather", "actionHook": "https://example.com/asked"}, *redirect("/menu")],
        [{"verb": "sey"}, *redirect("/menu")],
        [],
    ],
    ids=["it ends", "it comes to its end", "somebody talks", "an application decides", "it is not run", "the next verb runs"],
)
def test_every_kind_of_exit(tmp_path: Path, b: object) -> None:
    document = linked(tmp_path, [*redirect("/b"), *HANGUP], b=b)
    assert find_cycle(document) is None


def test_a_reply_without_verbs_lets_the_next_one_run(tmp_path: Path) -> None:
    document = linked(tmp_path, [{"verb": "gather", "actionHook": "/none"}, *redirect("/menu")], none=[])
    found = find_exits(document)
    assert found.last is not None
    assert [one.url for one in found.exits] == ["/menu"]
    assert find_cycle(document) is not None


def test_an_exit_that_may_be_taken_counts_too(tmp_path: Path) -> None:
    amd = {"verb": "dial", "target": TARGET, "amd": {"actionHook": "/machine"}, "actionHook": "/menu"}
    assert find_cycle(linked(tmp_path, [amd], machine=HANGUP), connected=False) is None
    assert find_cycle(linked(tmp_path, [amd], machine=redirect("/menu")), connected=False) is not None


def test_no_cycle_is_found_where_nothing_is_known() -> None:
    assert find_cycle(Document(redirect("/menu"))) is None
