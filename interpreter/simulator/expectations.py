"""Checks the lines of a call against the expectations of its scenario.

An expectation with a name or a condition that does not exist is refused when it is read: a misspelt `never` would always hold.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from callverbs import schemas
from callverbs.interpreter.ladder.drawing import draw
from callverbs.interpreter.ladder.line import Line
from callverbs.interpreter.telnyx.commands import REQUESTS

SPEAK_COMMANDS = ("speak", "gather_using_speak")
PLAY_COMMANDS = ("playback_start", "gather_using_audio")
GATHER_COMMANDS = ("gather", "gather_using_speak", "gather_using_audio")
COMMANDS = tuple(dict.fromkeys(name for name, _ in REQUESTS.values()))
MAX_LISTED_CONDITIONS = 15
"""An error message lists the conditions of a word unless there are more."""
MAX_SHOWN_LINES = 5
"""How many lines a failure shows where the expected one is missing."""


class ExpectationError(ValueError):
    """An expectation is not one."""


LinePredicate = Callable[[Line], bool]
CallCheck = Callable[[Sequence[Line]], Iterator[str]]
"""Yields the failures of an expectation for the lines of a call."""


class LineSelector(NamedTuple):
    """What a word of an expectation means: which lines it selects, and which value of a line its conditions are compared with."""

    selects: LinePredicate
    value: Callable[[Line], Any]
    conditions: tuple[str, ...] = ()
    """The keys of the value that conditions may name; empty where the value is a text."""
    default_condition: str = ""
    """The condition that is meant where the expectation has only a text."""


def _command(name: str) -> LineSelector:
    conditions = schemas.load(f"commands/{name}")["properties"] if name in schemas.names("commands") else ()
    return LineSelector(lambda line: line.kind == "command" and line.name == name, lambda line: line.body or {}, tuple(conditions))


def _commands(names: tuple[str, ...], value: Callable[[Line], Any], conditions: tuple[str, ...] = ()) -> LineSelector:
    return LineSelector(lambda line: line.kind == "command" and line.name in names, value, conditions)


def _path(url: str) -> str:
    return "/" + urlsplit(url).path.lstrip("/")


def _hook_value(line: Line) -> dict[str, Any]:
    return {"path": _path(line.url), "url": line.url, "method": line.method, "json": line.body}


def _reply_value(line: Line) -> dict[str, Any]:
    return {"path": _path(line.url), "url": line.url, "status": line.status, "body": line.body, "text": line.text}


def _webhook_value(line: Line) -> dict[str, Any]:
    return {"name": line.name, "payload": line.body["data"]["payload"]}


def _played_file(line: Line) -> str:
    return str(line.body.get("audio_url") or line.body.get("media_name", ""))


GATHER_CONDITIONS = tuple(dict.fromkeys(key for name in GATHER_COMMANDS for key in schemas.load(f"commands/{name}")["properties"]))
SELECTORS: dict[str, LineSelector] = {
    "say": _commands(SPEAK_COMMANDS, lambda line: line.body["payload"]),
    "play": _commands(PLAY_COMMANDS, _played_file),
    "gather": _commands(GATHER_COMMANDS, lambda line: line.body, GATHER_CONDITIONS),
    "hook": LineSelector(lambda line: line.kind == "hook", _hook_value, ("path", "url", "method", "json"), "path"),
    "reply": LineSelector(lambda line: line.kind == "reply", _reply_value, ("path", "url", "status", "body", "text"), "path"),
    "webhook": LineSelector(lambda line: line.kind == "webhook", _webhook_value, ("name", "payload"), "name"),
    "note": LineSelector(lambda line: line.kind == "note", lambda line: line.text),
    "problem": LineSelector(
        lambda line: line.kind == "note" and line.name == "problem",
        lambda line: line.body,
        ("whose", "text", "url", "status", "pointer"),
        "text",
    ),
    "bridged": LineSelector(lambda line: line.kind == "webhook" and line.name == "call.bridged", lambda line: line.leg),
    "cancelled": LineSelector(lambda line: line.kind == "command" and line.name == "hangup", lambda line: line.leg),
    "ended": LineSelector(
        lambda line: line.kind == "note" and line.name == "ended",
        lambda line: line.body,
        ("status", "by", "seconds", "answered"),
        "status",
    ),
    **{name: _command(name) for name in COMMANDS if name != "gather"},
}
"""By the word that an expectation begins with: what is heard, what is asked, what happens, and every command by its name."""


# --------------------------------------------------------------------------- one line


def line_predicate(expectation: Any) -> LinePredicate:
    """Returns the predicate that an expectation, a word or `{word: conditions}`, is of lines. Raises ExpectationError."""
    word, conditions = _parse(expectation)
    selector = SELECTORS[word]
    if not isinstance(conditions, Mapping) or "leg" not in conditions:
        return lambda line: selector.selects(line) and matches(conditions, selector.value(line))
    leg, rest = conditions["leg"], {key: value for key, value in conditions.items() if key != "leg"}
    return lambda line: selector.selects(line) and line.leg == leg and matches(rest, selector.value(line))


def _parse(expectation: Any) -> tuple[str, Any]:
    """Returns the word of an expectation, and its conditions: an object, or the text of a word without keys. Raises ExpectationError."""
    if isinstance(expectation, str):
        expectation = {expectation: {}}
    if not isinstance(expectation, Mapping) or len(expectation) != 1:
        raise ExpectationError(f"an expectation is one word, or one word with its conditions, not {expectation!r}")
    ((word, conditions),) = expectation.items()
    if word not in SELECTORS:
        guess = schemas.did_you_mean(str(word), [*SELECTORS, *CALL_CHECKS])
        raise ExpectationError(f"nothing that can be expected is called {word}{guess}; there are {', '.join(SELECTORS)}")
    selector = SELECTORS[word]
    conditions = {} if conditions is None else conditions
    if not isinstance(conditions, Mapping):
        conditions = {selector.default_condition: conditions} if selector.default_condition else conditions
    if isinstance(conditions, Mapping):
        _check_conditions(word, conditions, selector.conditions or tuple(TEXT_CONDITIONS))
        if isinstance(path := conditions.get("path"), str):
            conditions = {**conditions, "path": "/" + path.lstrip("/")}
    elif selector.conditions:
        raise ExpectationError(f"{word} needs its conditions as an object: {', '.join(selector.conditions)}")
    _check_patterns(conditions)
    return str(word), conditions


def _check_conditions(word: str, conditions: Mapping[str, Any], known: tuple[str, ...]) -> None:
    """Raises ExpectationError for a condition that the word does not have."""
    for key in conditions:
        if key not in (*known, "leg"):
            guess = schemas.did_you_mean(str(key), [*known, "leg"])
            listed = f"; it has {', '.join((*known, 'leg'))}" if len(known) <= MAX_LISTED_CONDITIONS else ""
            raise ExpectationError(f"{word} has no condition {key}{guess}{listed}")


def _check_patterns(conditions: Any) -> None:
    """Raises ExpectationError for a regular expression that is not one."""
    if isinstance(conditions, Mapping):
        if isinstance(pattern := conditions.get("matches"), str):
            try:
                re.compile(pattern)
            except re.error as error:
                raise ExpectationError(f'"{pattern}" is not a regular expression: {error}') from None
        for value in conditions.values():
            _check_patterns(value)


def matches(expected: Any, actual: Any) -> bool:
    """Returns whether a value is as expected. Of an object, only the expected keys count; a text may have TEXT_CONDITIONS.

    A number equals its digits as text, because YAML reads `digits: 1` as a number, and keys are text.
    """
    if isinstance(expected, Mapping):
        if set(expected) <= set(TEXT_CONDITIONS) and not isinstance(actual, Mapping):
            return all(TEXT_CONDITIONS[name](str(text), str(actual)) for name, text in expected.items())
        return isinstance(actual, Mapping) and all(key in actual and matches(value, actual[key]) for key, value in expected.items())
    if isinstance(expected, list):
        return isinstance(actual, list) and len(expected) == len(actual) and all(map(matches, expected, actual))
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    if isinstance(expected, int | float | str) and isinstance(actual, int | float | str):
        return expected == actual or str(expected) == str(actual)
    return bool(expected == actual)


TEXT_CONDITIONS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, actual: text.lower() in actual.lower(),
    "matches": lambda text, actual: re.search(text, actual, re.IGNORECASE) is not None,
}


# --------------------------------------------------------------------------- whole calls


def failures(expectations: Sequence[Any], lines: Sequence[Line]) -> list[str]:
    """Returns the failures of an `expect:` list, each with the lines to compare with. Raises ExpectationError."""
    return [failure for expectation in expectations for failure in call_check(expectation)(lines)]


def call_check(expectation: Any) -> CallCheck:
    """Returns the check of one item of an `expect:` list. Raises ExpectationError."""
    if isinstance(expectation, Mapping) and len(expectation) == 1:
        ((word, argument),) = expectation.items()
        if word in CALL_CHECKS:
            return CALL_CHECKS[word](argument)
    predicate = line_predicate(expectation)

    def check(lines: Sequence[Line]) -> Iterator[str]:
        if not any(map(predicate, lines)):
            yield difference(expectation, closest_lines(expectation, lines))

    return check


def is_expected(line: Line, expectations: Sequence[Any]) -> bool:
    """Returns whether a line fulfils one of these expectations."""
    of_lines = [one for one in expectations if not (isinstance(one, Mapping) and set(one) & set(CALL_CHECKS))]
    return any(line_predicate(one)(line) for one in of_lines)


def _never(unexpected: Any) -> CallCheck:
    predicate = line_predicate(unexpected)

    def check(lines: Sequence[Line]) -> Iterator[str]:
        if found := [line for line in lines if predicate(line)]:
            yield difference({"never": unexpected}, found[:1])

    return check


def _count(counts: Any) -> CallCheck:
    if not isinstance(counts, Mapping) or not all(type(count) is int for count in counts.values()):
        raise ExpectationError(f"count says how often of what, for example {{say: 2}}, not {counts!r}")
    predicates = {word: line_predicate(word) for word in counts}

    def check(lines: Sequence[Line]) -> Iterator[str]:
        for word, predicate in predicates.items():
            if (actual := sum(map(predicate, lines))) != counts[word]:
                yield f"  expected  {counts[word]} × {word}\n  came      {actual}"

    return check


CALL_CHECKS: dict[str, Callable[[Any], CallCheck]] = {"never": _never, "count": _count}
"""Expectations that are about all lines of a call."""


# --------------------------------------------------------------------------- failures as text


def closest_lines(expectation: Any, lines: Sequence[Line]) -> list[Line]:
    """Returns the lines to show beside a failed expectation: the last ones that its word selects, else the last ones of all."""
    selects = SELECTORS[_parse(expectation)[0]].selects
    return [line for line in lines if selects(line)][-MAX_SHOWN_LINES:] or list(lines[-MAX_SHOWN_LINES:])


def difference(expectation: Any, lines: Sequence[Line]) -> str:
    """Returns the text of a failure: the expectation, and the lines to compare with."""
    shown = "\n".join(f"  came      {row.strip()}" for row in list(draw(lines))[1:])
    return f"  expected  {_expectation_text(expectation)}\n{shown or '  came      nothing'}"


def _expectation_text(expectation: Any) -> str:
    if isinstance(expectation, Mapping):
        return ", ".join(
            f"{key} {{{_expectation_text(value)}}}" if isinstance(value, Mapping) and value else f"{key}: {_expectation_text(value)}"
            for key, value in expectation.items()
        )
    return str(expectation)
