"""Checks the bodies of commands against `schemas/commands`, and returns refusals with the carrier's error codes and titles."""

import base64
import binascii
from typing import Any, NamedTuple

from callverbs import schemas
from callverbs.schemas import Diagnostic

Body = dict[str, Any]


class ApiResponse(NamedTuple):
    """A response of the carrier's API: an HTTP status and a JSON body."""

    status: int
    body: Body


OK = ApiResponse(200, {"data": {"result": "ok"}})

ERROR_TITLES = {
    "10004": "Missing required parameter",
    "10005": "Resource not found",
    "10009": "Authentication failed",
    "10015": "Bad Request",
    "10016": "Phone number must be in +E.164 format",
    "10032": "Invalid enumerated value",
    "10033": "Value outside of range",
    "40300": "Blocked due to STOP message",
    "40305": "Invalid 'from' address",
    "40310": "Invalid 'to' address",
    "40316": "No content provided for message",
    "90009": "Invalid value for loop",
    "90010": "Invalid payload length",
    "90014": "Invalid digits",
    "90015": "Invalid Call Control ID",
    "90016": "Invalid value for stop",
    "90017": "Invalid client_state",
    "90018": "Call has already ended",
    "90028": "Invalid value for timeout_secs",
    "90029": "Invalid value for time_limit_secs",
    "90019": "Conference has already ended",
    "90032": "Conference is full",
    "90033": "Conference name is in use",
    "90044": "Call is already in the conference",
    "90058": "Conference not found",
    "90034": "Call not answered yet",
    "90045": "Media streaming conflict",
    "90048": "Media streaming not used",
    "90035": "Call is not in a queue",
    "90036": "Queue is full",
    "90037": "Size of a queue cannot be changed",
    "90038": "Call is already in a queue",
    "90050": "Queue is not empty",
    "90054": "Transcription is already in progress",
    "90102": "Command not allowed on an outbound call",
}
HTTP_STATUS_OF_CODE = {"10005": 404, "10009": 401, "40300": 400, "40305": 400, "40310": 400, "40316": 400, "90050": 400}
"""All other codes have 422."""

CODE_OF_FIELD = {
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
"""Fields whose values have a code of their own. No source says which of gather's limits have the codes 90022 to 90026 and 90056."""
CODE_OF_DIAGNOSTIC = {"CV102": "10015", "CV103": "10004", "CV104": "10015", "CV105": "10032", "CV106": "10015"}
"""The carrier's code of a diagnostic, by our code."""
OUT_OF_RANGE_CODE, DEFAULT_CODE = "10033", "10015"


class RefusalError(Exception):
    """The carrier refuses a request, with one of ERROR_TITLES. `pointer` is that of the field at fault."""

    def __init__(self, code: str, detail: str, pointer: str = "") -> None:
        self.code = code
        self.pointer = pointer
        super().__init__(detail)

    @property
    def response(self) -> ApiResponse:
        """The response to the request."""
        error: Body = {"code": self.code, "title": ERROR_TITLES[self.code], "detail": str(self)}
        if self.pointer:
            error["source"] = {"pointer": self.pointer}
        error["meta"] = {"url": f"https://developers.telnyx.com/docs/overview/errors/{self.code}"}
        return ApiResponse(HTTP_STATUS_OF_CODE.get(self.code, 422), {"errors": [error]})


def checked_body(command: str, body: object) -> Body:
    """Returns the body of a command. Raises RefusalError with the first error in it."""
    if not isinstance(body, dict):
        raise RefusalError("10015", "the body must be a JSON object")
    for one in schemas.diagnose(f"commands/{command}", body):
        raise _refusal(one, body)
    if (minimum := body.get("minimum_digits", 1)) > (maximum := body.get("maximum_digits", 128)):
        raise RefusalError("10033", f"minimum_digits must be at most maximum_digits: {minimum} is more than {maximum}", "/minimum_digits")
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
        return RefusalError(CODE_OF_DIAGNOSTIC[diagnostic.code], diagnostic.message, f"{diagnostic.pointer}/{diagnostic.missing[0]}")
    return RefusalError(_code(diagnostic, body), diagnostic.message, diagnostic.pointer)


def _code(diagnostic: Diagnostic, body: Body) -> str:
    if len(diagnostic.path) == 1 and not diagnostic.at_key and diagnostic.path[0] in CODE_OF_FIELD:
        return CODE_OF_FIELD[str(diagnostic.path[0])]
    if code := CODE_OF_DIAGNOSTIC.get(diagnostic.code):
        return code
    return OUT_OF_RANGE_CODE if isinstance(_value(diagnostic, body), int | float) else DEFAULT_CODE


def _value(diagnostic: Diagnostic, body: Body) -> object:
    """Returns the value that a diagnostic is about."""
    value: Any = body
    for step in diagnostic.path:
        value = value[step]
    return value
