"""Waits: silences that are longer than anybody stays on the line. Times in documents are seconds."""

from collections.abc import Iterator
from typing import ClassVar

from interpreter.lint.document import Document
from interpreter.lint.finding import Severity
from interpreter.lint.rules._rule import Rule
from schemas import Fault

PATIENCE = {"gather": ("timeout", 120.0), "pause": ("length", 600.0)}
"""By verb, the property and the seconds from which on nobody can mean them (proposed as the bound of a gather's timeout)."""


class LongWait(Rule):
    """A caller would wait in silence for minutes: a `gather` for more than 120 seconds, a `pause` of more than 600.

    Why: times are seconds here. Whoever writes `timeout: 5000` means milliseconds, and the caller hears nothing for 83 minutes.

    Bad:

        - verb: gather
          actionHook: /menu
          timeout: 5000
          say: {text: Press 1 for sales.}
        - verb: say
          text: Goodbye.

    Good:

        - verb: gather
          actionHook: /menu
          timeout: 5
          say: {text: Press 1 for sales.}
        - verb: say
          text: Goodbye.
    """

    code: ClassVar[str] = "CV412"
    name: ClassVar[str] = "long-wait"
    severity: ClassVar[Severity] = "warning"

    def check(self, document: Document) -> Iterator[Fault]:
        for written in document.each():
            key, most = PATIENCE.get(written.item.name, ("", 0.0))
            seconds = written.number(key)
            if key and seconds and seconds > most:
                yield self.fault((*written.path, key), f"{key} is in seconds: the caller waits for {seconds / 60:.0f} minutes in silence")
