"""Judges a call against what its scenario expects: one expectation looks at one line, and a list of them at the whole call.

It reads lines of the ladder and says what was expected and what came; it never touches the call. What nobody could ever see,
because its name or its condition does not exist, is refused when it is read: a `never` with a slip of the pen would always hold.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from callverbs import schemas
from callverbs.interpreter.ladder.drawing import draw
from callverbs.interpreter.ladder.line import Line
from callverbs.interpreter.telnyx.commands import REQUESTS

SPOKEN = ("speak", "gather_using_speak")
PLAYED = ("playback_start", "gather_using_audio")
GATHERED = ("gather", "gather_using_speak", "gather_using_audio")
COMMANDS = tuple(name for name, _ in REQUESTS.values())
LONG = 16
"""Conditions that are too many to tell an author of."""
NEAR = 5
"""Lines that are shown where the expected one is missing."""


class ExpectationError(ValueError):
    """An expectation that nobody can read."""


Matcher = Callable[[Line], bool]
Judge = Callable[[Sequence[Line]], Iterator[str]]
"""What of an expectation does not hold for the lines of a call, sentence by sentence."""


class Sight(NamedTuple):
    """What a word of an expectation looks at: which lines, and what of them its conditions are compared with."""

    sees: Matcher
    of: Callable[[Line], Any]
    keys: tuple[str, ...] = ()
    """The conditions there are; none where the line has one text to compare."""
    short: str = ""
    """The condition that stands for all where only a text is given."""


def _command(name: str) -> Sight:
    keys = schemas.load(f"commands/{name}")["properties"] if name in schemas.names("commands") else ()
    return Sight(lambda line: line.kind == "command" and line.name == name, lambda line: line.body or {}, tuple(keys))


def _commands(names: tuple[str, ...], of: Callable[[Line], Any], keys: tuple[str, ...] = ()) -> Sight:
    return Sight(lambda line: line.kind == "command" and line.name in names, of, keys)


def _path(url: str) -> str:
    return "/" + urlsplit(url).path.lstrip("/")


def _hook(line: Line) -> dict[str, Any]:
    return {"path": _path(line.url), "url": line.url, "method": line.method, "json": line.body}


def _reply(line: Line) -> dict[str, Any]:
    return {"path": _path(line.url), "url": line.url, "status": line.status, "body": line.body, "text": line.text}


def _webhook(line: Line) -> dict[str, Any]:
    return {"name": line.name, "payload": line.body["data"]["payload"]}


def _file(line: Line) -> str:
    return str(line.body.get("audio_url") or line.body.get("media_name", ""))


PROMPTED = tuple(dict.fromkeys(key for name in GATHERED for key in schemas.load(f"commands/{name}")["properties"]))
SIGHTS: dict[str, Sight] = {
    "say": _commands(SPOKEN, lambda line: line.body["payload"]),
    "play": _commands(PLAYED, _file),
    "gather": _commands(GATHERED, lambda line: line.body, PROMPTED),
    "hook": Sight(lambda line: line.kind == "hook", _hook, ("path", "url", "method", "json"), "path"),
    "reply": Sight(lambda line: line.kind == "reply", _reply, ("path", "url", "status", "body", "text"), "path"),
    "webhook": Sight(lambda line: line.kind == "webhook", _webhook, ("name", "payload"), "name"),
    "note": Sight(lambda line: line.kind == "note", lambda line: line.text),
    "problem": Sight(
        lambda line: line.kind == "note" and line.name == "problem",
        lambda line: line.body,
        ("whose", "text", "url", "status", "pointer"),
        "text",
    ),
    "bridged": Sight(lambda line: line.kind == "webhook" and line.name == "call.bridged", lambda line: line.leg),
    "cancelled": Sight(lambda line: line.kind == "command" and line.name == "hangup", lambda line: line.leg),
    "ended": Sight(
        lambda line: line.kind == "note" and line.name == "ended",
        lambda line: line.body,
        ("status", "by", "seconds", "answered"),
        "status",
    ),
    **{name: _command(name) for name in COMMANDS if name != "gather"},
}
"""Every word that an expectation can begin with: what is heard, what is asked, what happens, and every command by its name."""


# --------------------------------------------------------------------------- one line


def matcher(wanted: Any) -> Matcher:
    """What an expectation says, as a test of one line: a word, or `{word: conditions}`. Raises ExpectationError."""
    word, conditions = _read(wanted)
    sight = SIGHTS[word]
    if not isinstance(conditions, Mapping) or "leg" not in conditions:
        return lambda line: sight.sees(line) and fits(conditions, sight.of(line))
    leg, rest = conditions["leg"], {key: value for key, value in conditions.items() if key != "leg"}
    return lambda line: sight.sees(line) and line.leg == leg and fits(rest, sight.of(line))


def _read(wanted: Any) -> tuple[str, Any]:
    if isinstance(wanted, str):
        wanted = {wanted: {}}
    if not isinstance(wanted, Mapping) or len(wanted) != 1:
        raise ExpectationError(f"an expectation is one word, or one word with its conditions, not {wanted!r}")
    ((word, conditions),) = wanted.items()
    if word not in SIGHTS:
        guess = schemas.did_you_mean(str(word), [*SIGHTS, *WHOLE])
        raise ExpectationError(f"nothing that can be expected is called {word}{guess}; there are {', '.join(SIGHTS)}")
    sight = SIGHTS[word]
    conditions = {} if conditions is None else conditions
    if not isinstance(conditions, Mapping):
        conditions = {sight.short: conditions} if sight.short else conditions
    if isinstance(conditions, Mapping):
        _check(word, conditions, sight.keys or tuple(TEXTS))
        if isinstance(path := conditions.get("path"), str):
            conditions = {**conditions, "path": "/" + path.lstrip("/")}
    elif sight.keys:
        raise ExpectationError(f"{word} needs its conditions as an object: {', '.join(sight.keys)}")
    _compile(conditions)
    return str(word), conditions


def _check(word: str, conditions: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key in conditions:
        if key not in (*known, "leg"):
            guess = schemas.did_you_mean(str(key), [*known, "leg"])
            every = f"; it has {', '.join((*known, 'leg'))}" if len(known) < LONG else ""
            raise ExpectationError(f"{word} has no condition {key}{guess}{every}")


def _compile(conditions: Any) -> None:
    """Regular expressions that are none are refused now, not in the middle of a call."""
    if isinstance(conditions, Mapping):
        if isinstance(pattern := conditions.get("matches"), str):
            try:
                re.compile(pattern)
            except re.error as error:
                raise ExpectationError(f'"{pattern}" is not a regular expression: {error}') from None
        for value in conditions.values():
            _compile(value)


def fits(wanted: Any, came: Any) -> bool:
    """Whether what came has everything that is wanted: `contains` and `matches` for text, the wanted keys of an object.

    A number and its digits as text are the same: YAML reads `digits: 1` as a number, and keys are text.
    """
    if isinstance(wanted, Mapping):
        if set(wanted) <= set(TEXTS) and not isinstance(came, Mapping):
            return all(TEXTS[how](str(text), str(came)) for how, text in wanted.items())
        return isinstance(came, Mapping) and all(key in came and fits(value, came[key]) for key, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(came, list) and len(wanted) == len(came) and all(map(fits, wanted, came))
    if isinstance(wanted, bool) or isinstance(came, bool):
        return wanted is came
    if isinstance(wanted, int | float | str) and isinstance(came, int | float | str):
        return wanted == came or str(wanted) == str(came)
    return bool(wanted == came)


TEXTS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, came: text.lower() in came.lower(),
    "matches": lambda text, came: re.search(text, came, re.IGNORECASE) is not None,
}


# --------------------------------------------------------------------------- whole calls


def judge(expected: Sequence[Any], lines: Sequence[Line]) -> list[str]:
    """What of the `expect:` list did not hold, each with what came instead. Raises ExpectationError."""
    return [wrong for wanted in expected for wrong in read(wanted)(lines)]


def read(wanted: Any) -> Judge:
    """One item of the `expect:` list. `never` and `count` look at the whole call. Raises ExpectationError."""
    if isinstance(wanted, Mapping) and len(wanted) == 1:
        ((word, what),) = wanted.items()
        if word in WHOLE:
            return WHOLE[word](what)
    test = matcher(wanted)

    def somewhere(lines: Sequence[Line]) -> Iterator[str]:
        if not any(map(test, lines)):
            yield difference(wanted, closest(wanted, lines))

    return somewhere


def foreseen(expected: Sequence[Any], line: Line) -> bool:
    """Whether one of these expectations is of this very line."""
    return any(matcher(wanted)(line) for wanted in expected if not (isinstance(wanted, Mapping) and set(wanted) & set(WHOLE)))


def _never(unwanted: Any) -> Judge:
    test = matcher(unwanted)

    def nowhere(lines: Sequence[Line]) -> Iterator[str]:
        if found := [line for line in lines if test(line)]:
            yield difference({"never": unwanted}, found[:1])

    return nowhere


def _count(wanted: Any) -> Judge:
    if not isinstance(wanted, Mapping) or not all(type(times) is int for times in wanted.values()):
        raise ExpectationError(f"count says how often of what, for example {{say: 2}}, not {wanted!r}")
    tests = {what: matcher(what) for what in wanted}

    def counted(lines: Sequence[Line]) -> Iterator[str]:
        for what, test in tests.items():
            if (came := sum(map(test, lines))) != wanted[what]:
                yield f"  expected  {wanted[what]} × {what}\n  came      {came}"

    return counted


WHOLE: dict[str, Callable[[Any], Judge]] = {"never": _never, "count": _count}


# --------------------------------------------------------------------------- what went wrong, in words


def closest(wanted: Any, lines: Sequence[Line]) -> list[Line]:
    """Lines of the kind that was expected: the ones to compare with. The last lines of all where there is none."""
    sees = SIGHTS[_read(wanted)[0]].sees
    return [line for line in lines if sees(line)][-NEAR:] or list(lines[-NEAR:])


def difference(wanted: Any, came: Sequence[Line]) -> str:
    """What was expected, and what came."""
    shown = "\n".join(f"  came      {row.strip()}" for row in list(draw(came))[1:])
    return f"  expected  {_words(wanted)}\n{shown or '  came      nothing'}"


def _words(wanted: Any) -> str:
    if isinstance(wanted, Mapping):
        return ", ".join(
            f"{key} {{{_words(value)}}}" if isinstance(value, Mapping) and value else f"{key}: {_words(value)}"
            for key, value in wanted.items()
        )
    return str(wanted)
