"""What happened in a call as plain values: one line for every webhook, command, hook, reply and note, with its time."""

from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from callverbs.interpreter.engine.session import Problem, Session
from callverbs.interpreter.text.masking import masked, masked_text

Kind = Literal["webhook", "command", "hook", "reply", "note"]


class Line(Struct, omit_defaults=True):
    """One thing that happened. `at` is in seconds since the call began; `body` is what went over the wire."""

    at: float
    kind: Kind
    leg: str
    name: str
    method: str = ""
    path: str = ""
    url: str = ""
    status: int = 0
    body: Any = None
    text: str = ""


def masked_line(line: Line, keys: bool = True) -> Line:
    """Returns a line as it may be read: secrets are hidden and, unless `keys` is false, what people press."""
    return msgspec.structs.replace(
        line, name=masked_text(line.name), url=masked_text(line.url), text=masked_text(line.text), body=masked(line.body, keys=keys)
    )


def to_json(line: Line) -> str:
    """Returns a line as one JSON object, with what went over the wire in full."""
    return msgspec.json.encode({"at": line.at, "kind": line.kind, "leg": line.leg, "name": line.name, **msgspec.to_builtins(line)}).decode()


def problem_line(at: float, problem: Problem, base_url: str) -> Line:
    """Returns the line of something that went wrong: whose fault it is, what it is, and where in which hook's reply."""
    position = f":{problem.line}:{problem.column}" if problem.line else ""
    where = f" ({shown_url(problem.url, base_url)}{position})" if problem.url else ""
    return Line(at, "note", "", "problem", body=msgspec.to_builtins(problem), text=f"{problem.whose}: {problem.text}{where}")


def end_line(at: float, session: Session) -> Line:
    """Returns the line of a call's end: its call status, who has ended it, and how long it was."""
    leg = session.legs["a"]
    by = "callverbs" if leg.ending else "caller" if leg.call_control_id else "carrier"  # it has not placed the call
    seconds = round(leg.ended_at - session.began, 3)
    body = {"status": leg.call_status, "by": by, "seconds": seconds, "answered": bool(leg.answered_at)}
    return Line(at, "note", "a", "ended", body=body, text=f"over: {leg.call_status}, by {by}, after {seconds:g} s")


def shown_url(url: str, base_url: str) -> str:
    """Returns a hook's URL for the eye: the path alone where it is the application's own origin."""
    parts, base = urlsplit(url), urlsplit(base_url)
    if parts.scheme == "file":
        return parts.path.rpartition("/")[2]
    own = (parts.scheme, parts.netloc) == (base.scheme, base.netloc)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "") if own else url
