"""Checks the bodies of commands against `schemas/commands`, and returns refusals with the carrier's error codes and titles."""

import base64
import binascii
import copy
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from callverbs import schemas
from callverbs.schemas import Diagnostic, ValuePath

Body = dict[str, Any]


class ApiResponse(NamedTuple):
    """A response of the carrier's API: an HTTP status and a JSON body."""

    status: int
    body: Body


OK = ApiResponse(200, {"data": {"result": "ok"}})

NOT_SIMULATED = "not_simulated"
"""Our own code, which the carrier does not have: the live one can do this, and the simulated one cannot."""

ERROR_TITLES = {
    NOT_SIMULATED: "Not simulated",
    "10004": "Missing required parameter",
    "10005": "Resource not found",
    "10009": "Authentication failed",
    "10015": "Bad Request",
    "10016": "Phone number must be in +E.164 format",
    "10023": "Invalid JSON",
    "10026": "Invalid parameter type",
    "10032": "Invalid enumerated value",
    "10033": "Value outside of range",
    "40300": "Blocked due to STOP message",
    "40305": "Invalid 'from' address",
    "40310": "Invalid 'to' address",
    "40316": "No content provided for message",
    "90007": "Invalid value for terminating_digit",
    "90008": "Invalid value for valid_digits",
    "90009": "Invalid value for loop",
    "90010": "Invalid value for payload",
    "90011": "Invalid value for payload_type",
    "90013": "Invalid value for language",
    "90014": "Invalid value for digits",
    "90015": "Invalid Call Control ID",
    "90016": "Invalid value for stop",
    "90017": "Invalid value for client_state",
    "90018": "Call has already ended",
    "90019": "Conference has already ended",
    "90022": "Invalid value for minimum_digits",
    "90023": "Invalid value for maximum_digits",
    "90024": "Invalid value for maximum_tries",
    "90025": "Invalid value for timeout_millis",
    "90026": "Invalid value for inter_digit_timeout_millis",
    "90027": "Invalid value for duration_millis",
    "90028": "Invalid value for timeout_secs",
    "90029": "Invalid value for time_limit_secs",
    "90030": "Invalid value for service_level",
    "90031": "Call is not being forked",
    "90032": "Conference is full",
    "90033": "Conference name is in use",
    "90034": "Call has not been answered yet",
    "90035": "Call is not in a queue",
    "90036": "Queue is full",
    "90037": "Size of a queue cannot be changed",
    "90038": "Call is already in a queue",
    "90041": "Account channel limit exceeded",
    "90044": "Call is already in the conference",
    "90045": "Media streaming conflict",
    "90048": "Media streaming not used",
    "90050": "Queue is not empty",
    "90054": "Transcription is already in progress",
    "90056": "Invalid value for initial_timeout_millis",
    "90057": "Invalid value for webhook_urls",
    "90058": "Conference not found",
    "90059": "Invalid value for recording_track",
    "90061": "AI assistant is already active",
    "90102": "Command is invalid",
}
"""Titles of the carrier's catalogue of errors. Those of queues, conferences and streams are ours: the catalogue was not at hand."""
HTTP_STATUS_OF_CODE = {
    NOT_SIMULATED: 501,
    "10005": 404,
    "10009": 401,
    "10023": 400,
    "40300": 400,
    "40305": 400,
    "40310": 400,
    "40316": 400,
    "90050": 400,
}
"""All other codes have 422."""
CALL_ENDED = "This call is no longer active and can't receive commands."
UNKNOWN_CALL = "The call_control_id provided was not valid."
"""Details of the live carrier, as public bug reports quote them."""

CODE_OF_FIELD = {
    "client_state": "90017",
    "target_leg_client_state": "90017",
    "loop": "90009",
    "timeout_secs": "90028",
    "time_limit_secs": "90029",
    "payload": "90010",
    "invalid_payload": "90010",
    "payload_type": "90011",
    "language": "90013",
    "service_level": "90030",
    "digits": "90014",
    "send_digits_on_answer": "90014",
    "terminating_digit": "90007",
    "valid_digits": "90008",
    "minimum_digits": "90022",
    "maximum_digits": "90023",
    "maximum_tries": "90024",
    "timeout_millis": "90025",
    "inter_digit_timeout_millis": "90026",
    "initial_timeout_millis": "90056",
    "duration_millis": "90027",
    "recording_track": "90059",
    "webhook_urls": "90057",
    "stop": "90016",
    "from": "10016",
    "to": "10016",
    "diversion": "10016",
}
"""Parameters whose values have a code of their own."""
CODE_OF_DIAGNOSTIC = {"CV102": "10015", "CV103": "10004", "CV104": "10026", "CV105": "10032", "CV106": "10015"}
"""The carrier's code of a diagnostic, by our code."""
OUT_OF_RANGE_CODE, DEFAULT_CODE = "10033", "10015"
UNKNOWN_PROPERTY, WRONG_TYPE = "CV102", "CV104"


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


def checked_body(command: str, body: object, warn: Callable[[str], None] | None = None) -> Body:
    """Returns the body of a command. Raises RefusalError with the first error in it.

    With `warn`, parameters that the command does not have are left out, and it is told of each.
    """
    if not isinstance(body, dict):
        raise RefusalError("10015", "the body must be a JSON object")
    part = f"commands/{command}"
    found = schemas.diagnose(part, body)
    if warn and (unknown := [one for one in found if one.code == UNKNOWN_PROPERTY and one.at_key and "webhook_urls" not in one.path]):
        for one in unknown:
            warn(f"{one.message} (at {one.pointer}; it has no effect)")
        body = _without(body, [one.path for one in unknown])
        found = schemas.diagnose(part, body)
    for one in found:
        raise _refusal(one, body)
    if (minimum := body.get("minimum_digits", 1)) > (maximum := body.get("maximum_digits", 128)):
        raise RefusalError("90022", f"minimum_digits must be at most maximum_digits: {minimum} is more than {maximum}", "/minimum_digits")
    if not _is_base64(body.get("playback_content", "")):
        raise RefusalError("10015", "playback_content must be base64", "/playback_content")
    return body


def _without(body: Body, paths: Iterable[ValuePath]) -> Body:
    """Returns a copy of a body without what is at some paths."""
    copied = copy.deepcopy(body)
    for path in paths:
        parent: Any = copied
        for step in path[:-1]:
            parent = parent[step]
        del parent[path[-1]]
    return copied


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
    if diagnostic.code != WRONG_TYPE and diagnostic.path and diagnostic.path[0] in CODE_OF_FIELD and _is_named(diagnostic):
        return CODE_OF_FIELD[str(diagnostic.path[0])]
    if code := CODE_OF_DIAGNOSTIC.get(diagnostic.code):
        return code
    return OUT_OF_RANGE_CODE if isinstance(_value(diagnostic, body), int | float) else DEFAULT_CODE


def _is_named(diagnostic: Diagnostic) -> bool:
    """Returns whether the code of a parameter is for this fault of it; that of webhook_urls is for its keys."""
    return diagnostic.path[0] == "webhook_urls" if diagnostic.at_key else len(diagnostic.path) == 1


def _value(diagnostic: Diagnostic, body: Body) -> object:
    """Returns the value that a diagnostic is about."""
    value: Any = body
    for step in diagnostic.path:
        value = value[step]
    return value
