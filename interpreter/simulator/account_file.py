"""The file of an account: its applications, whose the numbers are, and the faults that are wanted. Read from YAML or JSON."""

from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from callverbs.interpreter.lint.rules import RULES
from callverbs.interpreter.simulator.account import Account, Application
from callverbs.interpreter.simulator.faults import FaultRule
from callverbs.interpreter.text.source import Source
from callverbs.interpreter.text.type_errors import diagnose
from callverbs.schemas import Diagnostic


class AccountError(ValueError):
    """The file cannot be used. The message says where and why."""


class AccountFile(Struct, forbid_unknown_fields=True):
    """The file as written: applications by name, the name of the application by number, and faults."""

    applications: dict[str, dict[str, Any]] = {}
    numbers: dict[str, str] = {}
    faults: list[FaultRule] = []

    def account(self, webhook_url: str) -> Account:
        """Returns the account. Applications without a webhook_event_url get theirs at `webhook_url`. Raises ValueError."""
        if not self.applications:
            return Account.of_one(webhook_url)
        found = {name: _application(name, {"webhook_event_url": webhook_url, **written}) for name, written in self.applications.items()}
        if unknown := [name for name in self.numbers.values() if name not in found]:
            raise ValueError(f"numbers: there is no application {unknown[0]}; there are {', '.join(found)}")
        return Account({one.id: one for one in found.values()}, {number: found[name].id for number, name in self.numbers.items()})


def _application(name: str, written: dict[str, Any]) -> Application:
    try:
        return msgspec.convert({"id": name, "application_name": name, **written}, Application)
    except msgspec.ValidationError as error:
        raise ValueError(f"applications.{name}: {error}") from None


def read(path: Path, webhook_url: str) -> tuple[Account, list[FaultRule]]:
    """Returns the account and the faults of a file. Raises AccountError, or OSError where it cannot be read."""
    source = Source.read(path)
    for one in source.diagnostics:
        if RULES[one.code].severity == "error":
            raise _error(source, one)
    try:
        written = msgspec.convert(source.value, AccountFile)
    except msgspec.ValidationError as error:
        raise _error(source, diagnose(source.value, AccountFile, error, "an account")) from None
    try:
        return written.account(webhook_url), written.faults
    except ValueError as error:
        raise AccountError(f"{source.name}: {error}") from None


def _error(source: Source, diagnostic: Diagnostic) -> AccountError:
    span = source.span_of(diagnostic)
    return AccountError(f"{source.name}:{span.line}:{span.column}: {diagnostic.message}")
