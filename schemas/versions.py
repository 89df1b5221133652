"""What callverbs cannot do in an older version of the carrier's API: the table `versions.json`, by verb, property and command.

It is about documents: `interpreter/telnyx/v1.py` uses the same table when it sends a command.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from callverbs import schemas
from callverbs.schemas import Diagnostic


def unsupported(api: int, commands: Mapping[str, str]) -> dict[str, str]:
    """Returns the verbs that a version of the carrier's API cannot run, each with the reason. Verbs come with their command."""
    table = _table(api)
    if not table:
        return {}
    lacking = {
        verb: missing_command(api, command)
        for verb, command in commands.items()
        if command and command not in (*table["commands"], *table["optional"])
    }
    return {**lacking, **{verb: reason for verb, reason in table["verbs"].items() if verb in commands}}


def diagnose(api: int, verb: str, body: dict[str, Any]) -> Iterator[Diagnostic]:
    """Yields what of a verb is impossible in a version of the carrier's API (CV113), or has no effect there (CV108)."""
    table = _table(api)
    for key, reasons in table.get("values", {}).get(verb, {}).items():
        value = body.get(key)
        if isinstance(value, str) and (reason := reasons.get(value)):
            yield Diagnostic((key,), "CV113", f"{key}: {reason}")
    for key, reason in table.get("refused", {}).get(verb, {}).items():
        if key in body:
            yield Diagnostic((key,), "CV113", f"{key}: {reason}", at_key=True)
    for key, reason in table.get("properties", {}).get(verb, {}).items():
        if key in body:
            yield Diagnostic((key,), "CV108", f"{key}: {reason}", at_key=True)
    carrier = body.get("carrier")
    if isinstance(carrier, dict) and verb in table.get("commands", {}):
        yield from _diagnose_parameters(api, verb, carrier)


def _diagnose_parameters(api: int, command: str, carrier: dict[str, Any]) -> Iterator[Diagnostic]:
    """Yields a diagnostic for each of the author's own parameters that the version does not have: needed (CV113), or left out (CV108)."""
    known = schemas.load(f"commands/v{api}/{command}")["properties"]
    for key, value in carrier.items():
        if "enum" in known.get(key, {}) and value not in known[key]["enum"]:
            yield Diagnostic(("carrier", key), "CV113", f"carrier.{key}: version {api} of the carrier's API has no {value}")
        for inner in value if isinstance(value, dict) and "properties" in known.get(key, {}) else ():
            if inner not in known[key]["properties"]:
                why = f"carrier.{key}: version {api} of the carrier's API has no {inner}"
                yield Diagnostic(("carrier", key, inner), "CV113", why, at_key=True)
    for key in [key for key in carrier if key not in known]:
        reason = _table(api)["commands"][command].get("needed", {}).get(key)
        if reason:
            yield Diagnostic(("carrier", key), "CV113", f"carrier.{key}: {reason}", at_key=True)
        elif key in schemas.load(f"commands/{command}")["properties"]:
            yield Diagnostic(("carrier", key), "CV108", f"carrier.{key}: {missing_parameter(api, key)}", at_key=True)


def command_support(api: int, command: str) -> dict[str, Any] | None:
    """Returns how a version has a command of version 2: its `name` there, `needed`, `left_out`. None where the version has none."""
    found: dict[str, Any] | None = _table(api)["commands"].get(command)
    return found


def missing_command(api: int, command: str) -> str:
    """Returns the sentence about a command that a version does not have."""
    return f"callverbs has no {command} in version {api} of the carrier's API: set api = 2"


def missing_parameter(api: int, parameter: str) -> str:
    """Returns the sentence about a parameter that a version does not have."""
    return f"version {api} of the carrier's API has no {parameter}"


def _table(api: int) -> dict[str, Any]:
    table: dict[str, Any] = schemas.load_table("versions").get(str(api), {})
    return table
