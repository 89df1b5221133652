"""The API for operators of a running server, by the examples of its page: with a simulated carrier, over loopback."""

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

from tests.interpreter.cli.terminal import ServerProcess

PAGE = Path(__file__).parents[3] / "docs" / "calls.md"
OURS, THEIRS = "+14155550199", "+14155550131"


class Response(NamedTuple):
    """A response."""

    status: int
    text: str

    @property
    def value(self) -> Any:
        return json.loads(self.text)


def fetch(url: str, method: str = "GET", body: str | None = None, headers: dict[str, str] | None = None) -> Response:
    request = urllib.request.Request(url, body.encode() if body is not None else None, headers or {}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return Response(response.status, response.read().decode())
    except urllib.error.HTTPError as refused:
        return Response(refused.code, refused.read().decode())


def curl(line: str) -> Response:
    """Runs a curl command of the page; of its options -s, -H, -d and -X."""
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
    return fetch(url, method or ("GET" if body is None else "POST"), body, headers)


def examples() -> list[tuple[str, str]]:
    """Returns the curl commands of the page, each with the response that it shows."""
    blocks = re.findall("^```console\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [found for block in blocks for found in re.findall(r"^\$ (curl (?:.*\\\n)*.*)\n((?:[^$\n].*\n)*)", block, re.MULTILINE)]


def as_pattern(shown: str) -> str:
    """Returns a shown response as a regular expression: … stands for what is different each time."""
    return re.escape(shown.strip()).replace("\\\n…", ".*").replace("…", ".*")


def test_the_examples_of_the_page_can_be_typed(served: ServerProcess) -> None:
    variables = {"CALLVERBS_TOKEN": "secret", "ID": ""}
    shown = examples()
    assert len(shown) >= 6
    for line, answer in shown:
        for name, value in variables.items():
            line = line.replace(f"${name}", value)
        response = curl(line.replace("\\\n", " ").replace("http://127.0.0.1:8080", served.address))
        assert response.status < 300, (line, response)
        assert re.fullmatch(as_pattern(answer), response.text.strip(), re.DOTALL), (line, response.text)
        if "-d" in line:
            variables["ID"] = response.value["id"]


def api_client(served: ServerProcess) -> Callable[..., Response]:
    """Returns a function that sends requests below /calls with the operator's token."""

    def request(path: str = "", method: str = "GET", body: str | None = None) -> Response:
        return fetch(f"{served.address}/calls{path}", method, body, {"Authorization": "Bearer secret"})

    return request


def test_a_simulated_carrier_needs_no_connection(served: ServerProcess) -> None:
    request = api_client(served)
    placed = request("", "POST", json.dumps({"to": THEIRS, "from": OURS}))
    assert placed.status == 201, placed
    assert set(placed.value) == {"sid", "id"}
    assert request(f"/{placed.value['sid']}").value["id"] == placed.value["id"]


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
def test_an_address_that_cannot_be_called_is_refused_before_the_call(
    served: ServerProcess, wrong: dict[str, Any], pointer: str, words: str
) -> None:
    request = api_client(served)
    refused = request("", "POST", json.dumps({"to": THEIRS, "from": OURS, **wrong}))
    assert refused.status == 400
    (error,) = refused.value["errors"]
    assert error["pointer"] == pointer
    assert words in error["message"]
    assert request().value == []


def test_a_body_that_is_no_json_is_refused(served: ServerProcess) -> None:
    refused = api_client(served)("", "POST", "to=+14155550131")
    assert refused.status == 400
    assert refused.value["msg"].startswith("the body is not JSON: ")


def test_formats_of_a_call(served: ServerProcess) -> None:
    request = api_client(served)
    placed = request("", "POST", json.dumps({"to": THEIRS, "from": OURS})).value["id"]
    assert request(f"/{placed}?format=json").value["id"] == placed
    refused = request(f"/{placed}?format=foo")
    assert (refused.status, refused.value) == (400, {"msg": "format must be json or ladder, not foo"})
    assert request(f"/{placed}", "DELETE").status == 202
    late = time.monotonic() + 10
    while not request(f"/{placed}").value.get("ended") and time.monotonic() < late:
        """It ends when the webhook of the hangup has come."""
    assert re.search(r"over: [a-z-]+, by callverbs, after [0-9.]+ s\n$", request(f"/{placed}?format=ladder").text)
