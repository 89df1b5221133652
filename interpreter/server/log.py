"""Log lines: one for each thing that happened, as text or JSON. They are bounded, masked, and cannot move the cursor of a terminal.

Lines of one kind are limited to so many in a second: a flood of refused requests fills no disk. The next line says how many were left out.
"""

import logging
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

import msgspec

from callverbs.interpreter.text.masking import masked, masked_text
from callverbs.interpreter.text.visible import visible

MAX_LINE_CHARACTERS = 8_000
LINES_PER_SECOND = 50
"""Of one kind, which is that of the same words before values are put in."""
QUIET_LIBRARIES = ("httpx", "uvicorn", "uvicorn.error")
LOG = logging.getLogger("callverbs")
LogFormat = Literal["text", "json"]


def event(level: int, message: str, **fields: Any) -> None:
    """Logs something with named values. `message` is the same for every event of its kind."""
    LOG.log(level, message, extra={"fields": fields})


class LineFormatter(logging.Formatter):
    """Formats a record as one line of text, or as one JSON object."""

    def __init__(self, form: LogFormat = "text") -> None:
        super().__init__()
        self._form = form

    def format(self, record: logging.LogRecord) -> str:
        message = masked_text(record.getMessage())
        dropped: int = getattr(record, "dropped", 0)
        if dropped:
            message += f" (and {dropped} more like it)"
        fields: dict[str, Any] = masked(getattr(record, "fields", {}))
        trace = self.formatException(record.exc_info) if record.exc_info else ""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if self._form == "json":
            head = {"time": at, "level": record.levelname.lower(), "message": message[:MAX_LINE_CHARACTERS]}
            return msgspec.json.encode({**head, **fields, **({"trace": trace[-MAX_LINE_CHARACTERS:]} if trace else {})}).decode()
        words = [message, *(f"{name}={_word(value)}" for name, value in fields.items())]
        line = visible(f"{at} {record.levelname} {' '.join(words)}"[:MAX_LINE_CHARACTERS])
        return "\n  ".join([line, *map(visible, trace[-MAX_LINE_CHARACTERS:].splitlines())])


class RateLimit(logging.Filter):
    """Lets so many lines of a kind pass in a second."""

    def __init__(self, per_second: int = LINES_PER_SECOND) -> None:
        super().__init__()
        self._per_second = per_second
        self._second = 0
        self._passed: dict[tuple[str, str], int] = {}
        self._dropped: dict[tuple[str, str], int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        kind = (record.name, str(record.msg))
        if int(record.created) != self._second:
            self._second, self._passed = int(record.created), {}
        count = self._passed[kind] = self._passed.get(kind, 0) + 1
        if count > self._per_second:
            self._dropped[kind] = self._dropped.get(kind, 0) + 1
            return False
        record.dropped = self._dropped.pop(kind, 0)
        return True


def set_up(level: str, form: LogFormat, stream: TextIO) -> None:
    """Sets up the log of a process, unless it has one."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LineFormatter(form))
    handler.addFilter(RateLimit())
    logging.basicConfig(level=level.upper(), handlers=[handler])
    for library in QUIET_LIBRARIES:
        logging.getLogger(library).setLevel(logging.WARNING)


def _word(value: Any) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return msgspec.json.encode(text).decode() if not text or " " in text else text
