"""What the carrier says to a command that it does not take: its codes and titles, and which fault of a body is which. All tables.

What a body may hold is in `schemas/commands`; two commands that no verb of ours sends are described here.
"""

import base64
import binascii
import re
from typing import Any, NamedTuple

import schemas
from schemas import Fault

Body = dict[str, Any]


class Response(NamedTuple):
    """What the carrier answers: a status and a JSON body."""

    status: int
    body: Body


OK = Response(200, {"data": {"result": "ok"}})

TITLES = {
    "10004": "Missing required parameter",
    "10005": "Resource not found",
    "10009": "Authentication failed",
    "10015": "Bad Request",
    "10016": "Phone number must be in +E.164 format",
    "10032": "Invalid enumerated value",
    "10033": "Value outside of range",
    "90009": "Invalid value for loop",
    "90010": "Invalid payload length",
    "90014": "Invalid digits",
    "90015": "Invalid Call Control ID",
    "90016": "Invalid value for stop",
    "90017": "Invalid client_state",
    "90018": "Call has already ended",
    "90028": "Invalid value for timeout_secs",
    "90029": "Invalid value for time_limit_secs",
    "90034": "Call not answered yet",
    "90102": "Command not allowed on an outbound call",
}
STATUSES = {"10005": 404, "10009": 401}
"""Everything else is 422."""

FIELDS = {
    "client_state": "90017",
    "target_leg_client_state": "90017",
    "loop": "90009",
    "timeout_secs": "90028",
    "time_limit_secs": "90029",
    "payload": "90010",
    "invalid_payload": "90010",
    "digits": "90014",
    "valid_digits": "90014",
    "terminating_digit": "90014",
    "send_digits_on_answer": "90014",
    "stop": "90016",
    "from": "10016",
    "to": "10016",
    "diversion": "10016",
}
"""Fields whose values have a code of their own; the codes of gather's limits (90022 to 90026, 90056) are not told apart by any source."""
CODES = {"CV102": "10015", "CV103": "10004", "CV104": "10015", "CV105": "10032", "CV106": "10015"}
"""What our own codes are to the carrier."""
OUT_OF_RANGE, OTHERS = "10033", "10015"


class RefusalError(Exception):
    """The carrier does not take a command. `pointer` names the field at fault."""

    def __init__(self, code: str, detail: str, pointer: str = "") -> None:
        self.code = code
        self.pointer = pointer
        super().__init__(detail)

    @property
    def response(self) -> Response:
        """The answer to the command."""
        error: Body = {"code": self.code, "title": TITLES[self.code], "detail": str(self)}
        if self.pointer:
            error["source"] = {"pointer": self.pointer}
        error["meta"] = {"url": f"https://developers.telnyx.com/docs/overview/errors/{self.code}"}
        return Response(STATUSES.get(self.code, 422), {"errors": [error]})


def check(command: str, body: object) -> Body:
    """A command's body, if it is one. Raises RefusalError with the first thing that is wrong."""
    if not isinstance(body, dict):
        raise RefusalError("10015", "the body must be a JSON object")
    faults = _faults(command, body) if command in OWN else schemas.faults(f"commands/{command}", body)
    for fault in faults:
        raise _refusal(fault, body)
    if (least := body.get("minimum_digits", 1)) > (most := body.get("maximum_digits", 128)):
        raise RefusalError("10033", f"minimum_digits must be at most maximum_digits: {least} is more than {most}", "/minimum_digits")
    if not _is_base64(body.get("playback_content", "")):
        raise RefusalError("10015", "playback_content must be base64", "/playback_content")
    return body


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except binascii.Error:
        return False
    return True


def _refusal(fault: Fault, body: Body) -> RefusalError:
    if fault.code == "CV103":  # the sentence ends with what is missing, the path with where it is missing
        missing = fault.message.rpartition(" needs ")[2].partition(" and ")[0]
        return RefusalError(CODES[fault.code], fault.message, f"{fault.pointer}/{missing}")
    return RefusalError(_code(fault, body), fault.message, fault.pointer)


def _code(fault: Fault, body: Body) -> str:
    if len(fault.path) == 1 and not fault.at_key and fault.path[0] in FIELDS:
        return FIELDS[str(fault.path[0])]
    return CODES.get(fault.code) or (OUT_OF_RANGE if isinstance(_value(fault, body), int | float) else OTHERS)


def _value(fault: Fault, body: Body) -> object:
    value: Any = body
    for step in fault.path:
        value = value[step]
    return value


# --------------------------------------------------------------------------- commands that schemas/commands has not

BASE64 = schemas.load("components/limits")["$defs"]["base64"]["pattern"]
ANYTHING = r"(?s).+"
OWN: dict[str, dict[str, str | range]] = {
    "send_dtmf": {"digits": r"[0-9A-D*#wW]+\Z", "duration_millis": range(100, 501), "client_state": BASE64, "command_id": ANYTHING},
    "client_state_update": {"client_state": BASE64},
}
"""Their fields: a pattern, or a range (SPEC 2026-07-16, send_dtmf and client_state_update)."""
NEEDED = {"send_dtmf": "digits", "client_state_update": "client_state"}


def _faults(command: str, body: Body) -> list[Fault]:
    found = [
        Fault((key,), "CV102", f"{command} has no property {key}", at_key=True)
        if key not in OWN[command]
        else Fault((key,), "CV111", f"{key} cannot be {value!r}")
        for key, value in body.items()
        if not _fits(value, OWN[command].get(key))
    ]
    needed = NEEDED[command]
    return found + ([] if needed in body else [Fault((), "CV103", f"{command} needs {needed}")])


def _fits(value: object, wanted: str | range | None) -> bool:
    if isinstance(wanted, range):
        return isinstance(value, int) and not isinstance(value, bool) and value in wanted
    return wanted is not None and isinstance(value, str) and re.match(wanted, value) is not None
