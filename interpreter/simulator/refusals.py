"""What the carrier says to a command that it does not take: its codes and titles, and which fault of a body is which. All tables.

What a body may hold is in `schemas/commands`.
"""

import base64
import binascii
from typing import Any, NamedTuple

from callverbs import schemas
from callverbs.schemas import Diagnostic

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
    for one in schemas.diagnose(f"commands/{command}", body):
        raise _refusal(one, body)
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


def _refusal(diagnostic: Diagnostic, body: Body) -> RefusalError:
    if diagnostic.missing:
        return RefusalError(CODES[diagnostic.code], diagnostic.message, f"{diagnostic.pointer}/{diagnostic.missing[0]}")
    return RefusalError(_code(diagnostic, body), diagnostic.message, diagnostic.pointer)


def _code(diagnostic: Diagnostic, body: Body) -> str:
    if len(diagnostic.path) == 1 and not diagnostic.at_key and diagnostic.path[0] in FIELDS:
        return FIELDS[str(diagnostic.path[0])]
    return CODES.get(diagnostic.code) or (OUT_OF_RANGE if isinstance(_value(diagnostic, body), int | float) else OTHERS)


def _value(diagnostic: Diagnostic, body: Body) -> object:
    value: Any = body
    for step in diagnostic.path:
        value = value[step]
    return value
