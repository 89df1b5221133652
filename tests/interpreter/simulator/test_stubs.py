"""What a simulated application replies, and the settings that its scenario gives it."""

from typing import Any

import msgspec
import pytest

from callverbs.interpreter.simulator.scenario import Scenario
from callverbs.interpreter.simulator.stubs import DEFAULT_ORIGIN, Stubs, simulated_app
from callverbs.verbs.language.spec import HookSpec


def stubs(hooks: dict[str, Any], **rest: Any) -> Stubs:
    wanted = msgspec.convert({"hooks": hooks}, Scenario)
    return Stubs(wanted.hooks, DEFAULT_ORIGIN, **rest)


def reply(stubs: Stubs, path: str = "/menu", **payload: Any) -> str:
    given = stubs.answer(path if "://" in path else DEFAULT_ORIGIN + path, payload)
    return given.attempt.body or str(given.attempt.status)


def test_a_list_is_used_one_by_one_and_its_last_one_for_ever() -> None:
    hooks = stubs({"/menu": [{"body": "1"}, {"body": "2"}]})
    assert [reply(hooks) for _ in range(4)] == ["1", "2", "2", "2"]


def test_times_limits_how_often() -> None:
    hooks = stubs({"/menu": [{"body": "1", "times": 2}, {"body": "2", "times": 1}]})
    assert [reply(hooks) for _ in range(4)] == ["1", "1", "2", "204"]
    assert not hooks.answer(f"{DEFAULT_ORIGIN}/menu", {}).is_stubbed


@pytest.mark.parametrize(
    ("when", "payload", "fits"),
    [
        ({"digits": "1"}, {"digits": "1"}, True),
        ({"digits": 1}, {"digits": "1"}, True),
        ({"digits": "1"}, {"digits": "2"}, False),
        ({"digits": "1"}, {}, False),
        ({"digits": None}, {}, True),
        ({"digits": None}, {"digits": "1"}, False),
        ({"digits": {"matches": "^[0-9]{4}$"}}, {"digits": "1234"}, True),
        ({"customerData": {"a": 1}}, {"customerData": {"a": 1, "b": 2}}, True),
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, False),
    ],
)
def test_when_selects_by_the_payload(when: dict[str, Any], payload: dict[str, Any], fits: bool) -> None:
    assert reply(stubs({"/menu": [{"when": when, "body": "yes"}, {"body": "no"}]}), **payload) == ("yes" if fits else "no")


def test_an_answer_with_a_condition_is_given_whenever_it_holds() -> None:
    hooks = stubs({"/menu": [{"when": {"digits": "1"}, "body": "one"}, {"body": "other"}]})
    assert [reply(hooks, digits=key) for key in "1211"] == ["one", "other", "one", "one"]


@pytest.mark.parametrize("key", ["/menu", "menu", "/menu?a=1", f"{DEFAULT_ORIGIN}/menu?a=1", f"{DEFAULT_ORIGIN}/menu"])
def test_a_hook_goes_by_its_path_or_its_url(key: str) -> None:
    assert reply(stubs({key: {"body": "yes"}}), "/menu?a=1") == "yes"


def test_a_hook_elsewhere_goes_by_its_url_only() -> None:
    hooks = stubs({"/menu": {"body": "ours"}, "https://other.example/menu": {"body": "theirs"}})
    assert reply(hooks, "https://other.example/menu?b=2") == "theirs"
    assert reply(hooks, "https://third.example/menu") == "204"


def test_a_hook_that_was_never_asked_is_known() -> None:
    hooks = stubs({"/menu": {}, "/other": {}})
    reply(hooks)
    assert hooks.unused() == ["/other"]


@pytest.mark.parametrize(
    ("stub", "status", "content_type", "body", "delay"),
    [
        ({}, 204, "", "", 0.0),
        ({"status": 200}, 200, "", "", 0.0),
        ({"reply": [{"verb": "say", "text": "Grüße"}]}, 200, "application/json", '[{"verb": "say", "text": "Grüße"}]', 0.0),
        ({"reply": []}, 200, "application/json", "[]", 0.0),
        ({"body": "hello", "content_type": "text/plain", "delay": "2s"}, 200, "text/plain", "hello", 2.0),
        ({"body": "", "status": 202}, 202, "application/json", "", 0.0),
    ],
)
def test_a_response(stub: dict[str, Any], status: int, content_type: str, body: str, delay: float) -> None:
    attempt, after, stubbed = stubs({"/menu": stub}).answer(f"{DEFAULT_ORIGIN}/menu", {})
    assert (attempt.status, attempt.content_type, attempt.body, after, stubbed) == (status, content_type, body, delay, True)
    assert not attempt.failure


@pytest.mark.parametrize(
    ("stub", "failure", "delay"),
    [
        ({"status": 503}, "5xx", 0.0),
        ({"status": 404, "reply": []}, "4xx", 0.0),
        ({"fault": "timeout"}, "rt", 3.0),
        ({"fault": "refused"}, "ct", 0.0),
        ({"reply": [], "delay": "3s"}, "rt", 3.0),
        ({"status": 500, "delay": "4s"}, "rt", 3.0),
    ],
)
def test_a_failure(stub: dict[str, Any], failure: str, delay: float) -> None:
    attempt, after, _ = stubs({"/menu": stub}, timeout=3.0).answer(f"{DEFAULT_ORIGIN}/menu", {})
    assert (attempt.failure, after) == (failure, delay)


# --------------------------------------------------------------------------- the application itself


def app(**written: Any) -> Any:
    return simulated_app(msgspec.convert(written, Scenario))


def test_the_first_hook_is_the_document_or_a_url_or_the_hook_call() -> None:
    assert app(flow="flow.yaml").call_hook == HookSpec(url="file:flow.yaml")
    assert app(app="https://example.com/begin").call_hook == HookSpec(url="https://example.com/begin")
    assert app(hooks={"/call": {}}).call_hook == HookSpec(url=f"{DEFAULT_ORIGIN}/call")
    assert app(flow="flow.yaml", hooks={"/call": {}}).call_hook == HookSpec(url="file:flow.yaml")


def test_relative_hooks_are_where_the_application_is() -> None:
    assert app(flow="flow.yaml").base_url == DEFAULT_ORIGIN
    assert app(app="https://example.com:8443/begin?x=1").base_url == "https://example.com:8443"
    assert app(flow="flow.yaml", settings={"base_url": "https://example.com/x"}).base_url == "https://example.com"


def test_settings_are_those_of_the_settings_file() -> None:
    found = app(
        flow="flow.yaml",
        dialect="cognigy",
        settings={
            "apology": "Sorry.",
            "ringback": "",
            "trunks": {"main": "7"},
            "connection_id": "9",
            "env": {"A": "b"},
            "voice": {"vendor": "microsoft", "voice": "de-DE-KatjaNeural"},
            "method": "GET",
        },
    )
    assert (found.apology, found.ringback, found.trunks, found.connection_id, found.env_vars) == (
        "Sorry.",
        "",
        {"main": "7"},
        "9",
        {"A": "b"},
    )
    assert (found.synthesizer.vendor, found.synthesizer.voice) == ("microsoft", "de-DE-KatjaNeural")
    assert (found.dialect, found.call_hook.method) == ("cognigy", "GET")


def test_the_status_hook_is_one_of_ours_or_the_authors() -> None:
    assert app(flow="flow.yaml").status_hook == ""
    assert app(flow="flow.yaml", status_hook=True).status_hook == f"{DEFAULT_ORIGIN}/status"
    assert app(flow="flow.yaml", status_hook=True, settings={"status_hook": "/events"}).status_hook == "/events"


def test_a_request_names_hooks_of_its_own() -> None:
    call = {"call_hook": "https://example.com/a", "call_status_hook": "https://example.com/b"}
    found = app(flow="flow.yaml", given={"direction": "outbound", "call": call})
    assert (found.call_hook, found.status_hook) == ("https://example.com/a", "https://example.com/b")
