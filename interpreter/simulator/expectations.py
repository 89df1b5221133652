"""Judges a call against what its scenario expects: one matcher for one line, steps in their order, or anywhere.

It reads lines of the ladder and says what was expected and what came; it never touches the call.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from interpreter.simulator.ladder import Line, draw

SPOKEN = ("speak", "gather_using_speak")
PLAYED = ("playback_start", "gather_using_audio")
GATHERED = ("gather", "gather_using_speak", "gather_using_audio")


class ExpectationError(Exception):
    """An expectation that nobody can read."""


Matcher = Callable[[Line], bool]


def matcher(wanted: Any) -> Matcher:
    """What `expect:` says, as a test of one line: the name of a command, or `{what: conditions}`."""
    if isinstance(wanted, str):
        return _named(wanted, {})
    if isinstance(wanted, Mapping) and len(wanted) == 1:
        ((what, conditions),) = wanted.items()
        return _named(str(what), conditions)
    raise ExpectationError(f"an expectation is the name of a command, or one key with its conditions, not {wanted!r}")


def _named(what: str, conditions: Any) -> Matcher:
    if what in SPECIAL:
        return SPECIAL[what](conditions)
    return lambda line: line.kind == "command" and line.name == what and fits(conditions or {}, line.body)


def _say(conditions: Any) -> Matcher:
    return lambda line: line.kind == "command" and line.name in SPOKEN and fits(conditions, line.body["payload"])


def _play(conditions: Any) -> Matcher:
    def test(line: Line) -> bool:
        if line.kind != "command" or line.name not in PLAYED:
            return False
        return fits(conditions, line.body.get("audio_url") or line.body.get("media_name", ""))

    return test


def _gather(conditions: Any) -> Matcher:
    return lambda line: line.kind == "command" and line.name in GATHERED and fits(conditions or {}, line.body)


def _hook(conditions: Any) -> Matcher:
    wanted: Mapping[str, Any] = {"path": conditions} if isinstance(conditions, str) else conditions

    def test(line: Line) -> bool:
        if line.kind != "hook" or ("url" in wanted and line.url != wanted["url"]):
            return False
        if "path" in wanted and urlsplit(line.url).path.lstrip("/") != str(wanted["path"]).lstrip("/"):
            return False
        return fits(wanted.get("json", {}), line.body)

    return test


def _reply(conditions: Any) -> Matcher:
    return lambda line: line.kind == "reply" and fits(conditions, {"status": line.status, "body": line.body, "text": line.text})


def _webhook(conditions: Any) -> Matcher:
    wanted: Mapping[str, Any] = {"name": conditions} if isinstance(conditions, str) else conditions

    def test(line: Line) -> bool:
        if line.kind != "webhook" or line.name != wanted.get("name", line.name) or line.leg != wanted.get("leg", line.leg):
            return False
        return fits(wanted.get("payload", {}), line.body["data"]["payload"])

    return test


def _note(conditions: Any) -> Matcher:
    return lambda line: line.kind == "note" and fits(conditions, line.text)


def _bridged(leg: Any) -> Matcher:
    return lambda line: line.kind == "webhook" and line.name == "call.bridged" and line.leg == leg


def _cancelled(leg: Any) -> Matcher:
    return lambda line: line.kind == "command" and line.name == "hangup" and line.leg == leg


def _ended(conditions: Any) -> Matcher:
    return lambda line: line.kind == "note" and line.name == "ended" and fits(conditions or {}, line.body)


SPECIAL: dict[str, Callable[[Any], Matcher]] = {
    "say": _say,
    "play": _play,
    "gather": _gather,
    "hook": _hook,
    "reply": _reply,
    "webhook": _webhook,
    "note": _note,
    "bridged": _bridged,
    "cancelled": _cancelled,
    "ended": _ended,
}


def fits(wanted: Any, came: Any) -> bool:
    """Whether what came has everything that is wanted: `contains` and `matches` for text, the wanted keys of an object."""
    if isinstance(wanted, Mapping):
        if set(wanted) <= {"contains", "matches"} and wanted and not isinstance(came, Mapping):
            return all(TEXTS[how](str(text), str(came)) for how, text in wanted.items())
        return isinstance(came, Mapping) and all(key in came and fits(value, came[key]) for key, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(came, list) and len(wanted) == len(came) and all(map(fits, wanted, came))
    return bool(wanted == came)


TEXTS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, came: text.lower() in came.lower(),
    "matches": lambda text, came: re.search(text, came, re.IGNORECASE) is not None,
}


# --------------------------------------------------------------------------- whole calls


def judge(expected: list[Any], lines: list[Line]) -> list[str]:
    """What of the `expect:` list did not hold, each with what came instead. `never` and `count` look at the whole call."""
    wrong: list[str] = []
    for wanted in expected:
        if isinstance(wanted, Mapping) and set(wanted) == {"never"}:
            wrong += [difference(wanted, [line]) for line in lines if matcher(wanted["never"])(line)][:1]
        elif isinstance(wanted, Mapping) and set(wanted) == {"count"}:
            wrong += _miscounted(wanted["count"], lines)
        elif not any(map(matcher(wanted), lines)):
            wrong.append(difference(wanted, closest(wanted, lines)))
    return wrong


def _miscounted(wanted: Mapping[str, int], lines: list[Line]) -> list[str]:
    counted = {what: sum(map(matcher(what), lines)) for what in wanted}
    return [f"expected {wanted[what]} × {what}, and there were {came}" for what, came in counted.items() if came != wanted[what]]


def closest(wanted: Any, lines: list[Line]) -> list[Line]:
    """Lines of the kind that was expected: the ones to compare with."""
    what = wanted if isinstance(wanted, str) else next(iter(wanted), "")
    alike = {"say": SPOKEN, "play": PLAYED, "gather": GATHERED}.get(str(what), (str(what),))
    near = [line for line in lines if line.name in alike or line.kind == what]
    return near[-5:] or lines[-5:]


def difference(wanted: Any, came: list[Line]) -> str:
    """What was expected, and what came."""
    shown = "\n".join(f"  came      {row.strip()}" for row in list(draw(came))[1:])
    return f"  expected  {_words(wanted)}\n{shown or '  came      nothing'}"


def _words(wanted: Any) -> str:
    if isinstance(wanted, Mapping):
        return ", ".join(
            f"{key}: {_words(value)}" if not isinstance(value, Mapping) else f"{key} {{{_words(value)}}}" for key, value in wanted.items()
        )
    return str(wanted)
