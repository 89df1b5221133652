"""What a reply means, first and later: verbs replace, nothing lets the program go on, and nonsense is on the record with its place."""

from typing import Any

import pytest

from interpreter.outcome import Outcome
from interpreter.session import Problem
from tests.verbs.stage import ORIGIN, Stage, words_of
from verbs._commands import Ask
from verbs._events import HookFailed, HookReplied

JSON = "application/json; charset=utf-8"
SAY = '[{"verb":"say","text":"Verbs"}]'
PROGRAM = [{"verb": "gather", "actionHook": "/menu", "numDigits": 1}, {"verb": "say", "text": "Next"}]
NOTHING_TO_RUN = "the first hook has given no verbs, so there is nothing to run"

NOTHING: list[tuple[int, str, str]] = [
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
"""Replies that hold no verbs, and need no word."""
NONSENSE: list[tuple[str, str, str, str]] = [
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
"""Replies that the application's author has to mend: content type, body, a sentence, and the place of what is wrong."""


def stage(**app: Any) -> Stage:
    """A call whose application has been asked."""
    found = Stage({"status_hook": "/status", **app})
    found.take(found.first)
    return found


def answered() -> Stage:
    """A caller who has pressed 1 in a menu, of which the application has been told."""
    found = stage()
    for words in ({"hook": "/call", "verbs": PROGRAM}, "answered a", "gather_ended a digits=1"):
        found.take(found.event(words))
    return found


def reply(on: Stage, hook: str, status: int, kind: str, body: str) -> Outcome:
    entry = on._entry(f"ask {hook}")
    return on.take(HookReplied(id=on._id(), at=on.now, n=entry.n, status=status, content_type=kind, body=body))


def fail(on: Stage, hook: str, status: int, reason: str) -> Outcome:
    entry = on._entry(f"ask {hook}")
    return on.take(HookFailed(id=on._id(), at=on.now, n=entry.n, status=status, reason=reason))


def words(came: Outcome) -> list[str]:
    return [words_of(entry) for entry in came.new if words_of(entry) != "ask /status"]


def wish(came: Outcome) -> Any:
    """The last thing that was wished for."""
    return came.new[-1].wish


# --------------------------------------------------------------------------- the first hook


@pytest.mark.parametrize(("status", "kind", "body"), NOTHING)
def test_nothing_at_first_refuses_the_call(status: int, kind: str, body: str) -> None:
    came = reply(stage(), "/call", status, kind, body)
    assert words(came) == ["reject a"]
    (problem,) = came.problems
    assert problem == Problem(1000.0, "application", NOTHING_TO_RUN, f"{ORIGIN}/call", status)


@pytest.mark.parametrize(("kind", "body", "sentence", "pointer"), NONSENSE)
def test_nonsense_at_first_refuses_the_call(kind: str, body: str, sentence: str, pointer: str) -> None:
    came = reply(stage(), "/call", 200, kind, body)
    assert words(came) == ["reject a"]
    problem = came.problems[0]
    assert (problem.whose, problem.url, problem.status, problem.pointer) == ("application", f"{ORIGIN}/call", 200, pointer)
    assert sentence in problem.text


def test_a_failure_at_first_refuses_the_call() -> None:
    came = fail(stage(), "/call", 503, "the hook has answered 503")
    assert words(came) == ["reject a"]
    assert came.problems == (Problem(1000.0, "application", "the hook has answered 503", f"{ORIGIN}/call", 503),)


@pytest.mark.parametrize("kind", ["application/json", JSON, "Application/JSON", "text/x; application/json"])
def test_verbs_at_first_are_run(kind: str) -> None:
    came = reply(stage(), "/call", 200, kind, SAY)
    assert words(came) == ["answer a"]
    assert not came.problems


# --------------------------------------------------------------------------- later hooks


@pytest.mark.parametrize(("status", "kind", "body"), NOTHING)
def test_nothing_later_goes_on_with_the_next_verb(status: int, kind: str, body: str) -> None:
    came = reply(answered(), "/menu", status, kind, body)
    assert words(came) == ["speak a"]
    assert wish(came).text == "Next"
    assert not came.problems


@pytest.mark.parametrize(("kind", "body", "sentence", "pointer"), NONSENSE)
def test_nonsense_later_goes_on_and_is_recorded(kind: str, body: str, sentence: str, pointer: str) -> None:
    on = answered()
    came = reply(on, "/menu", 200, kind, body)
    assert words(came) == ["speak a"]
    (problem,) = came.problems
    assert (problem.whose, problem.url, problem.status, problem.pointer) == ("application", f"{ORIGIN}/menu", 200, pointer)
    assert sentence in problem.text
    assert problem in on.session.problems


@pytest.mark.parametrize(
    ("body", "sentence", "place"),
    [
        ('[\n  {"verb": "say", "text": "x"}\n  {"verb": "hangup"}\n]', "the reply is not JSON: a comma is missing before this", (3, 3)),
        ('[{"verb": "say"', "the reply is not JSON: this { is never closed", (1, 2)),
        ('[{"verb": "say", "text": "x"},\n {"verb": "nope"}]', "/1/verb: there is no verb nope", (2, 11)),
        ('[\n{"gather": {"numDigits": "1"}}]', "/0/gather/numDigits: numDigits must be a whole number", (2, 26)),
        ('[{"verb": "say", "text": "\\ud800"}]', "the reply is not JSON: this text holds half of a surrogate pair", (1, 26)),
    ],
)
def test_what_is_wrong_with_a_reply_has_its_line_and_column(body: str, sentence: str, place: tuple[int, int]) -> None:
    (problem,) = reply(answered(), "/menu", 200, JSON, body).problems
    assert sentence in problem.text
    assert (problem.line, problem.column) == place


def test_a_failure_later_goes_on_and_is_told_to_the_status_hook() -> None:
    came = fail(answered(), "/menu", 0, "no answer within 10 s")
    assert [words_of(entry) for entry in came.new] == ["ask /status", "speak a"]
    told: Any = came.new[0].wish
    assert told.payload["error"] == "invalid actionHook response"
    assert told.payload["reason"] == "no answer within 10 s"
    assert [problem.text for problem in came.problems] == ["no answer within 10 s"]


def test_verbs_later_replace_the_rest() -> None:
    came = reply(answered(), "/menu", 200, JSON, SAY)
    assert words(came) == ["speak a"]
    assert wish(came).text == "Verbs"


# --------------------------------------------------------------------------- nothing is left


@pytest.mark.parametrize("apology", ["", "Sorry."])
def test_the_apology_is_spoken_where_a_failure_leaves_nothing_to_run(apology: str) -> None:
    on = stage(apology=apology)
    for what in ({"hook": "/call", "verbs": PROGRAM[:1]}, "answered a", "gather_ended a digits=1"):
        on.take(on.event(what))
    came = fail(on, "/menu", 500, "the hook has answered 500")
    assert words(came) == (["speak a"] if apology else ["hang_up a"])
    if apology:
        assert wish(came).text == apology
        assert words(on.take(on.event("speak_ended a"))) == ["hang_up a"]


def test_no_apology_where_the_program_is_simply_over() -> None:
    on = stage(apology="Sorry.")
    for what in ({"hook": "/call", "verbs": PROGRAM[:1]}, "answered a", "gather_ended a digits=1"):
        on.take(on.event(what))
    assert words(reply(on, "/menu", 200, JSON, "[]")) == ["hang_up a"]


# --------------------------------------------------------------------------- where hooks go


def asked(on: Stage, *events: Any) -> list[str]:
    """The URLs of the questions that events led to, status aside."""
    came: list[str] = []
    for event in events:
        outcome = on.take(on.event(event))
        came += [entry.wish.url for entry in outcome.new if isinstance(entry.wish, Ask) and entry.wish.kind != "status"]
    return came


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
    on = stage(base_url=f"{ORIGIN}/some/where?x=1")
    document = [{"verb": "gather", "actionHook": written, "numDigits": 1}]
    assert asked(on, {"hook": "/call", "verbs": document}, "answered a", "gather_ended a digits=1") == [url]


def test_a_redirect_to_another_origin_moves_relative_hooks_there() -> None:
    on = stage()
    first = [{"verb": "redirect", "actionHook": "https://other.example:8443/start"}]
    second = [{"verb": "gather", "actionHook": "/menu", "numDigits": 1}]
    assert asked(on, {"hook": "/call", "verbs": first}) == ["https://other.example:8443/start"]
    assert asked(on, {"hook": "/start", "verbs": second}, "answered a", "gather_ended a digits=1") == ["https://other.example:8443/menu"]


def test_a_relative_redirect_moves_nothing() -> None:
    on = stage()
    second = [{"verb": "gather", "actionHook": "/menu", "numDigits": 1}]
    assert asked(on, {"hook": "/call", "verbs": [{"verb": "redirect", "actionHook": "/start"}]}) == [f"{ORIGIN}/start"]
    assert asked(on, {"hook": "/start", "verbs": second}, "answered a", "gather_ended a digits=1") == [f"{ORIGIN}/menu"]


def test_methods_and_passwords_of_a_hook() -> None:
    on = stage()
    hook = {"url": "/menu", "method": "get", "username": "u", "password": "p"}
    for what in (
        {"hook": "/call", "verbs": [{"verb": "gather", "actionHook": hook, "numDigits": 1}]},
        "answered a",
        "gather_ended a digits=1",
    ):
        came = on.take(on.event(what))
    ask = wish(came)
    assert (ask.method, ask.auth.username, ask.auth.password) == ("GET", "u", "p")
