"""The result of one attempt to ask a hook: a response, or a kind of failure. What a reply means for the call is not decided here.

The statuses of success are 200, 202 and 204 (jambonz http-requestor.js).
"""

from typing import NamedTuple

SUCCESS_STATUSES = (200, 202, 204)
MAX_REPLY_BYTES = 1_000_000


class Attempt(NamedTuple):
    """A response, or a failure: its kind, and the reason as a sentence.

    The kinds that a retry policy can name are ct (no connection), rt (no answer in time), 4xx and 5xx (such a status). Every other kind is
    retried by `rp=all` only.
    """

    status: int = 0
    content_type: str = ""
    body: str = ""
    failure: str = ""
    reason: str = ""


def responded(status: int, content_type: str = "", body: bytes = b"") -> Attempt:
    """Returns the attempt of a response: a failure if its status is not one of success, or its body is too long.

    The body is read as UTF-8, whatever the content type says of a charset (RFC 8259).
    """
    if status not in SUCCESS_STATUSES:
        return Attempt(status, failure=f"{status // 100}xx", reason=f"the hook has answered {status}; 200, 202 and 204 are success")
    if len(body) > MAX_REPLY_BYTES:
        return Attempt(status, failure="size", reason=f"the reply is longer than {MAX_REPLY_BYTES} bytes")
    return Attempt(status, content_type, body.decode(errors="replace").removeprefix("\ufeff"))


def timed_out(seconds: float) -> Attempt:
    """Returns the failure of a hook that did not answer in time."""
    return Attempt(failure="rt", reason=f"no answer within {seconds:g} s")


def no_connection(reason: str) -> Attempt:
    """Returns the failure of a hook that could not be reached."""
    return Attempt(failure="ct", reason=f"no connection: {reason}")


def no_url(reason: str) -> Attempt:
    """Returns the failure of a hook whose URL cannot be asked."""
    return Attempt(failure="url", reason=reason)


def unreadable(reason: str) -> Attempt:
    """Returns the failure of a response that is not HTTP."""
    return Attempt(failure="answer", reason=f"the hook's answer cannot be read: {reason}")
