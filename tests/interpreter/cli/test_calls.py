"""The calls of a running server as its operator has them, by the examples of the page: with a simulated carrier, over loopback."""

import json
import re
import shlex
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.interpreter.cli.terminal import Served

PAGE = Path(__file__).parents[3] / "docs" / "calls.md"
OURS, THEIRS = "+14155550199", "+14155550131"


class Answer(NamedTuple):
    """What has come back."""

    status: int
    text: str

    @property
    def value(self) -> Any:
        return json.loads(self.text)


def ask(url: str, method: str = "GET", body: str | None = None, headers: dict[str, str] | None = None) -> Answer:
    wanted = urllib.request.Request(url, body.encode() if body is not None else None, headers or {}, method=method)
    try:
        with urllib.request.urlopen(wanted, timeout=10) as response:
            return Answer(response.status, response.read().decode())
    except urllib.error.HTTPError as refused:
        return Answer(refused.code, refused.read().decode())


def curl(line: str) -> Answer:
    """A curl command of the page: it knows -s, -H, -d and -X."""
    words = iter(shlex.split(line)[1:])
    url, method, body = "", "", None
    headers: dict[str, str] = {}
    for word in words:
        if word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(words)
        elif word == "-X":
            method = next(words)
        elif word != "-s":
            url = word
    return ask(url, method or ("GET" if body is None else "POST"), body, headers)


def examples() -> list[tuple[str, str]]:
    """The curl commands of the page, each with what it shows as the answer."""
    blocks = re.findall("^```console\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [found for block in blocks for found in re.findall(r"^\$ (curl (?:.*\\\n)*.*)\n((?:[^$\n].*\n)*)", block, re.MULTILINE)]


def like(shown: str) -> str:
    """A shown answer as a pattern: … stands for what is different each time."""
    return re.escape(shown.strip()).replace("\\\n…", ".*").replace("…", ".*")


def test_the_examples_of_the_page_can_be_typed(served: Served) -> None:
    known = {"CALLVERBS_TOKEN": "secret", "ID": ""}
    shown = examples()
    assert len(shown) >= 6
    for line, answer in shown:
        for name, value in known.items():
            line = line.replace(f"${name}", value)
        came = curl(line.replace("\\\n", " ").replace("http://127.0.0.1:8080", served.address))
        assert came.status < 300, (line, came)
        assert re.fullmatch(like(answer), came.text.strip(), re.DOTALL), (line, came.text)
        if "-d" in line:
            known["ID"] = came.value["id"]


def calls(served: Served) -> Callable[..., Answer]:
    def asked(path: str = "", method: str = "GET", body: str | None = None) -> Answer:
        return ask(f"{served.address}/calls{path}", method, body, {"Authorization": "Bearer secret"})

    return asked


def test_a_simulated_carrier_needs_no_connection(served: Served) -> None:
    asked = calls(served)
    placed = asked("", "POST", json.dumps({"to": THEIRS, "from": OURS}))
    assert placed.status == 201, placed
    assert set(placed.value) == {"sid", "id"}
    assert asked(f"/{placed.value['sid']}").value["id"] == placed.value["id"]


@pytest.mark.parametrize(
    ("wrong", "pointer", "words"),
    [
        ({"from": "14155550199"}, "/from", "E.164"),
        ({"from": "anonymous"}, "/from", "E.164"),
        ({"from": "sip:jane@example.com"}, "/from", "E.164"),
        ({"to": "nobody"}, "/to", "SIP URI"),
        ({"to": "+1 415 555 0131"}, "/to", "SIP URI"),
        ({"to": 4155550131}, "/to", "to must be a string or an object"),
        ({"to": {"type": "phone", "number": "nobody"}}, "/to/number", "SIP URI"),
    ],
)
def test_whom_nobody_could_call_is_said_before_anybody_is(served: Served, wrong: dict[str, Any], pointer: str, words: str) -> None:
    asked = calls(served)
    refused = asked("", "POST", json.dumps({"to": THEIRS, "from": OURS, **wrong}))
    assert refused.status == 400
    (error,) = refused.value["errors"]
    assert error["pointer"] == pointer
    assert words in error["message"]
    assert asked().value == []


def test_a_body_that_is_no_json_is_said_to_be_none(served: Served) -> None:
    refused = calls(served)("", "POST", "to=+14155550131")
    assert refused.status == 400
    assert refused.value["msg"].startswith("the body is not JSON: ")


def test_formats_of_a_call(served: Served) -> None:
    asked = calls(served)
    placed = asked("", "POST", json.dumps({"to": THEIRS, "from": OURS})).value["id"]
    assert asked(f"/{placed}?format=json").value["id"] == placed
    refused = asked(f"/{placed}?format=foo")
    assert (refused.status, refused.value) == (400, {"msg": "format must be json or ladder, not foo"})
    assert asked(f"/{placed}", "DELETE").status == 202
    late = time.monotonic() + 10
    while not asked(f"/{placed}").value.get("ended") and time.monotonic() < late:
        """It ends when the carrier has told of it."""
    assert re.search(r"over: [a-z-]+, by callverbs, after [0-9.]+ s\n$", asked(f"/{placed}?format=ladder").text)
