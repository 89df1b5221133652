"""A document is followed to the local documents that answer its hooks, and told where nobody comes out of."""

import json
from pathlib import Path
from typing import Any

import pytest

from interpreter.lint.document import Document
from interpreter.lint.replies import place
from interpreter.lint.surroundings import Surroundings
from interpreter.lint.ways import course, trap, ways

HANGUP = [{"verb": "hangup"}]
TARGET = [{"type": "user", "name": "jane"}]


def redirect(url: str) -> list[dict[str, Any]]:
    return [{"verb": "redirect", "actionHook": url}]


def local(folder: Path, **flows: object) -> dict[str, str]:
    """Documents as files, each at a path of its name."""
    for name, flow in flows.items():
        (folder / f"{name}.json").write_text(flow if isinstance(flow, str) else json.dumps(flow), encoding="utf-8")
    return {f"/{name}": str(folder / f"{name}.json") for name in flows}


@pytest.mark.parametrize(
    ("url", "surroundings", "where"),
    [
        ("/menu#rc=2", Surroundings(), "/menu"),
        ("menu?a=1", Surroundings(), "/menu?a=1"),
        ("/menu", Surroundings(base_url="https://a.example"), "https://a.example/menu"),
        ("https://A.example/menu", Surroundings(), "https://a.example/menu"),
        ("https://a.example", Surroundings(), "https://a.example/"),
        ("/menu", Surroundings(base_url="https://a.example", address="https://b.example/x"), "https://b.example/menu"),
        ("http://[", Surroundings(), "/http://["),
    ],
)
def test_an_address_is_written_in_one_way(url: str, surroundings: Surroundings, where: str) -> None:
    assert place(url, surroundings) == where


def test_hooks_are_followed_to_files(tmp_path: Path) -> None:
    replies = local(tmp_path, next=HANGUP, broken="[{", gone=HANGUP)
    (tmp_path / "gone.json").unlink()
    document = Document(redirect("/next"), Surroundings(address="/menu", replies=replies))
    there = document.follow("/next?lang=en#rc=2")
    assert there is not None
    assert (there.value, there.surroundings.address) == (HANGUP, "/next?lang=en")
    assert there.follow("/menu") is document
    assert document.follow("menu") is document
    assert document.follow("/next?lang=en") is there
    assert [document.follow(url) for url in ("/broken", "/gone", "/else", "https://example.com/next")] == [None] * 4


def test_paths_belong_to_the_host_that_a_document_answers_at(tmp_path: Path) -> None:
    files = local(tmp_path, item=HANGUP, there=redirect("/item"))
    replies = {"/item": files["/item"], "https://b.example/there": files["/there"]}
    document = Document(redirect("/item"), Surroundings(base_url="https://a.example", replies=replies))
    assert document.follow("/item") is document.follow("https://a.example/item") is not None
    there = document.follow("https://b.example/there")
    assert there is not None
    assert there.follow("/item") is None
    assert there.follow("https://a.example/item") is document.follow("/item")


def test_the_ways_of_a_verb() -> None:
    (written,) = Document(
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
    ).main
    assert [(way.url, way.path, way.always) for way in ways(written)] == [
        ("/machine", (0, "amd", "actionHook"), False),
        ("https://example.com/voicemail", (0, "disposition", "voicemailUrl"), False),
        ("/after", (0, "actionHook", "url"), True),
    ]
    (dial,) = Document([{"dial": {"target": TARGET}}]).main
    assert [way.url for way in ways(dial)] == []
    assert [way.url for way in ways(dial, "cognigy")] == ["dial"]


def around(folder: Path, menu: object, **flows: object) -> Document:
    return Document(menu, Surroundings(address="/menu", replies=local(folder, **flows)))


def test_nobody_comes_out_of_a_circle(tmp_path: Path) -> None:
    document = around(tmp_path, redirect("/a"), a=redirect("/b"), b=[{"gather": {"actionHook": "/a"}}, *HANGUP])
    found = trap(document)
    assert found is not None
    assert [one.surroundings.address for one in found.round] == ["/menu", "/a", "/b", "/a"]
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
def test_whatever_is_a_way_out_is_one(tmp_path: Path, b: object) -> None:
    document = around(tmp_path, [*redirect("/b"), *HANGUP], b=b)
    assert trap(document) is None


def test_a_reply_without_verbs_lets_the_next_one_run(tmp_path: Path) -> None:
    document = around(tmp_path, [{"verb": "gather", "actionHook": "/none"}, *redirect("/menu")], none=[])
    going = course(document)
    assert going.last is not None
    assert [way.url for way in going.ways] == ["/menu"]
    assert trap(document) is not None


def test_a_way_that_may_be_taken_counts_too(tmp_path: Path) -> None:
    amd = {"verb": "dial", "target": TARGET, "amd": {"actionHook": "/machine"}, "actionHook": "/menu"}
    assert trap(around(tmp_path, [amd], machine=HANGUP), connected=False) is None
    assert trap(around(tmp_path, [amd], machine=redirect("/menu")), connected=False) is not None


def test_nothing_is_said_where_nothing_is_known() -> None:
    assert trap(Document(redirect("/menu"))) is None
