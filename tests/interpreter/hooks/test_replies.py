"""The effect of a reply: verbs replace the rest, without verbs the program goes on, an invalid reply is recorded with its position."""

from typing import Any

import pytest

from callverbs.interpreter.engine.outcome import Outcome
from callverbs.interpreter.engine.session import Problem
from callverbs.verbs.language.events import HookFailed, HookReplied
from callverbs.verbs.language.messages import HookRequest
from tests.verbs.harness import ORIGIN, CallHarness, words_of

JSON = "application/json; charset=utf-8"
SAY = '[{"verb":"say","text":"Verbs"}]'
PROGRAM = [{"verb": "gather", "actionHook": "/menu", "numDigits": 1}, {"verb": "say", "text": "Next"}]
NOTHING_TO_RUN = "the first hook has given no verbs, so there is nothing to run"

EMPTY_REPLIES: list[tuple[int, str, str]] = [
    (200, JSON, "[]"),
    (200, JSON, " [ ] "),
    (200, JSON, ""),
    (200, JSON, "null"),
    (200, JSON, "{}"),
    (204, "", ""),
    (204, JSON, ""),
    (202, JSON, "[]"),
    (200, "text/plain", "OK"),
    (200, "text/html", "<html></html>"),
    (200, "", "anything"),
]
"""Replies that hold no verbs, and are no problem."""
INVALID_REPLIES: list[tuple[str, str, str, str]] = [
    (JSON, '{"verb":"say","text":"x"}', "not a list of verbs", ""),
    (JSON, '"say"', "not a list of verbs", ""),
    (JSON, "5", "not a list of verbs", ""),
    ("text/plain", SAY, "the reply is text/plain, not application/json", ""),
    ("", SAY, "the reply is of no content type, not application/json", ""),
    (JSON, "<html></html>", "not JSON", ""),
    (JSON, '[{"verb":"say","text":"x"}', "not JSON", ""),
    (JSON, "[" * 100_000, "nested too deeply", ""),
    (JSON, '[{"verb":"say","text":"x"},{"verb":"nope"}]', "there is no verb nope", "/1/verb"),
    (JSON, '[{"verb":"say","text":"x"},{"gather":{"numDigits":"1"}}]', "numDigits must be a whole number", "/1/gather/numDigits"),
    (JSON, "[5]", "a verb is an object", "/0"),
]
"""Replies that the application's author has to correct: content type, body, a sentence, and the pointer of what is wrong."""


def new_call(**app: Any) -> CallHarness:
    """Returns a call whose application has been asked."""
    call = CallHarness({"status_hook": "/status", **app})
    call.take(call.first)
    return call


def call_in_a_menu() -> CallHarness:
    """Returns a call whose caller has pressed 1 in a menu; its action hook has been asked."""
    call = new_call()
    for event in ({"hook": "/call", "verbs": PROGRAM}, "answered a", "gather_ended a digits=1"):
        call.take(call.event(event))
    return call


def reply(call: CallHarness, hook: str, status: int, kind: str, body: str) -> Outcome:
    entry = call._entry(f"ask {hook}")
    return call.take(HookReplied(id=call._id(), at=call.now, n=entry.n, status=status, content_type=kind, body=body))


def fail(call: CallHarness, hook: str, status: int, reason: str) -> Outcome:
    entry = call._entry(f"ask {hook}")
    return call.take(HookFailed(id=call._id(), at=call.now, n=entry.n, status=status, reason=reason))


def sent(outcome: Outcome) -> list[str]:
    """Returns the messages that were added, without those to the status hook."""
    return [words_of(entry) for entry in outcome.new if words_of(entry) != "ask /status"]


def last_message(outcome: Outcome) -> Any:
    """Returns the message that was added last."""
    return outcome.new[-1].message


# --------------------------------------------------------------------------- the first hook


@pytest.mark.parametrize(("status", "kind", "body"), EMPTY_REPLIES)
def test_an_empty_first_reply_refuses_the_call(status: int, kind: str, body: str) -> None:
    outcome = reply(new_call(), "/call", status, kind, body)
    assert sent(outcome) == ["reject a"]
    (problem,) = outcome.problems
    assert problem == Problem(1000.0, "application", NOTHING_TO_RUN, f"{ORIGIN}/call", status)


@pytest.mark.parametrize(("kind", "body", "sentence", "pointer"), INVALID_REPLIES)
def test_an_invalid_first_reply_refuses_the_call(kind: str, body: str, sentence: str, pointer: str) -> None:
    outcome = reply(new_call(), "/call", 200, kind, body)
    assert sent(outcome) == ["reject a"]
    problem = outcome.problems[0]
    assert (problem.whose, problem.url, problem.status, problem.pointer) == ("application", f"{ORIGIN}/call", 200, pointer)
    assert sentence in problem.text


def test_a_failure_of_the_first_hook_refuses_the_call() -> None:
    outcome = fail(new_call(), "/call", 503, "the hook has answered 503")
    assert sent(outcome) == ["reject a"]
    assert outcome.problems == (Problem(1000.0, "application", "the hook has answered 503", f"{ORIGIN}/call", 503),)


@pytest.mark.parametrize("kind", ["application/json", JSON, "Application/JSON", "text/x; application/json"])
def test_verbs_of_the_first_reply_are_run(kind: str) -> None:
    outcome = reply(new_call(), "/call", 200, kind, SAY)
    assert sent(outcome) == ["answer a"]
    assert not outcome.problems


# --------------------------------------------------------------------------- later hooks


@pytest.mark.parametrize(("status", "kind", "body"), EMPTY_REPLIES)
def test_after_an_empty_later_reply_the_next_verb_runs(status: int, kind: str, body: str) -> None:
    outcome = reply(call_in_a_menu(), "/menu", status, kind, body)
    assert sent(outcome) == ["speak a"]
    assert last_message(outcome).text == "Next"
    assert not outcome.problems


@pytest.mark.parametrize(("kind", "body", "sentence", "pointer"), INVALID_REPLIES)
def test_after_an_invalid_later_reply_the_next_verb_runs(kind: str, body: str, sentence: str, pointer: str) -> None:
    call = call_in_a_menu()
    outcome = reply(call, "/menu", 200, kind, body)
    assert sent(outcome) == ["speak a"]
    (problem,) = outcome.problems
    assert (problem.whose, problem.url, problem.status, problem.pointer) == ("application", f"{ORIGIN}/menu", 200, pointer)
    assert sentence in problem.text
    assert problem in call.session.problems


@pytest.mark.parametrize(
    ("body", "sentence", "position"),
    [
        ('[\n  {"verb": "say", "text": "x"}\n  {"verb": "hangup"}\n]', "the reply is not JSON: a comma is missing before this", (3, 3)),
        ('[{"verb": "say"', "the reply is not JSON: this { is never closed", (1, 2)),
        ('[{"verb": "say", "text": "x"},\n {"verb": "nope"}]', "/1/verb: there is no verb nope", (2, 11)),
        ('[\n{"gather": {"numDigits": "1"}}]', "/0/gather/numDigits: numDigits must be a whole number", (2, 26)),
        ('[{"verb": "say", "text": "\\ud800"}]', "the reply is not JSON: this text holds half of a surrogate pair", (1, 26)),
    ],
)
def test_a_problem_has_line_and_column(body: str, sentence: str, position: tuple[int, int]) -> None:
    (problem,) = reply(call_in_a_menu(), "/menu", 200, JSON, body).problems
    assert sentence in problem.text
    assert (problem.line, problem.column) == position


def test_a_failure_of_a_later_hook_is_reported_to_the_status_hook() -> None:
    outcome = fail(call_in_a_menu(), "/menu", 0, "no answer within 10 s")
    assert [words_of(entry) for entry in outcome.new] == ["ask /status", "speak a"]
    status: Any = outcome.new[0].message
    assert status.payload["error"] == "invalid actionHook response"
    assert status.payload["reason"] == "no answer within 10 s"
    assert [problem.text for problem in outcome.problems] == ["no answer within 10 s"]


def test_verbs_of_a_later_reply_replace_the_rest() -> None:
    outcome = reply(call_in_a_menu(), "/menu", 200, JSON, SAY)
    assert sent(outcome) == ["speak a"]
    assert last_message(outcome).text == "Verbs"


# --------------------------------------------------------------------------- nothing is left


@pytest.mark.parametrize("apology", ["", "Sorry."])
def test_the_apology_is_spoken_where_a_failure_leaves_nothing_to_run(apology: str) -> None:
    call = new_call(apology=apology)
    for what in ({"hook": "/call", "verbs": PROGRAM[:1]}, "answered a", "gather_ended a digits=1"):
        call.take(call.event(what))
    outcome = fail(call, "/menu", 500, "the hook has answered 500")
    assert sent(outcome) == (["speak a"] if apology else ["hang_up a"])
    if apology:
        assert last_message(outcome).text == apology
        assert sent(call.take(call.event("speak_ended a"))) == ["hang_up a"]


def test_no_apology_where_the_program_is_simply_over() -> None:
    call = new_call(apology="Sorry.")
    for what in ({"hook": "/call", "verbs": PROGRAM[:1]}, "answered a", "gather_ended a digits=1"):
        call.take(call.event(what))
    assert sent(reply(call, "/menu", 200, JSON, "[]")) == ["hang_up a"]


# --------------------------------------------------------------------------- where hooks go


def asked_urls(call: CallHarness, *events: Any) -> list[str]:
    """Returns the URLs of the requests that events led to, without those to the status hook."""
    urls: list[str] = []
    for event in events:
        outcome = call.take(call.event(event))
        urls += [entry.message.url for entry in outcome.new if isinstance(entry.message, HookRequest) and entry.message.kind != "status"]
    return urls


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("/menu", f"{ORIGIN}/menu"),
        ("menu", f"{ORIGIN}/menu"),
        ("/menu?a=1#rc=2&rp=5xx", f"{ORIGIN}/menu?a=1#rc=2&rp=5xx"),
        ("//menu", f"{ORIGIN}/menu"),
        ("https://other.example/menu", "https://other.example/menu"),
        ({"url": "/menu", "method": "get"}, f"{ORIGIN}/menu"),
    ],
)
def test_a_relative_hook_goes_to_the_origin_and_never_to_the_path(written: Any, url: str) -> None:
    call = new_call(base_url=f"{ORIGIN}/some/where?x=1")
    document = [{"verb": "gather", "actionHook": written, "numDigits": 1}]
    assert asked_urls(call, {"hook": "/call", "verbs": document}, "answered a", "gather_ended a digits=1") == [url]


def test_a_redirect_to_another_origin_moves_relative_hooks_there() -> None:
    call = new_call()
    first = [{"verb": "redirect", "actionHook": "https://other.example:8443/start"}]
    second = [{"verb": "gather", "actionHook": "/menu", "numDigits": 1}]
    assert asked_urls(call, {"hook": "/call", "verbs": first}) == ["https://other.example:8443/start"]
    assert asked_urls(call, {"hook": "/start", "verbs": second}, "answered a", "gather_ended a digits=1") == [
        "https://other.example:8443/menu"
    ]


def test_a_relative_redirect_moves_nothing() -> None:
    call = new_call()
    second = [{"verb": "gather", "actionHook": "/menu", "numDigits": 1}]
    assert asked_urls(call, {"hook": "/call", "verbs": [{"verb": "redirect", "actionHook": "/start"}]}) == [f"{ORIGIN}/start"]
    assert asked_urls(call, {"hook": "/start", "verbs": second}, "answered a", "gather_ended a digits=1") == [f"{ORIGIN}/menu"]


def test_methods_and_passwords_of_a_hook() -> None:
    call = new_call()
    hook = {"url": "/menu", "method": "get", "username": "u", "password": "p"}
    for what in (
        {"hook": "/call", "verbs": [{"verb": "gather", "actionHook": hook, "numDigits": 1}]},
        "answered a",
        "gather_ended a digits=1",
    ):
        outcome = call.take(call.event(what))
    request = last_message(outcome)
    assert (request.method, request.auth.username, request.auth.password) == ("GET", "u", "p")
