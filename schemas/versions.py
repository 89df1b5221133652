"""What callverbs cannot do in an older version of the carrier's API: the table `versions.json`, asked by verb and by property.

It knows documents, not calls: what a command does without a parameter is the business of the carrier's border.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import schemas
from schemas import Fault


def unsupported(api: int, verbs: Iterable[str]) -> dict[str, str]:
    """Those of some verbs that cannot be run in a version of the carrier's API, each with the reason."""
    reasons: dict[str, str] = _table(api).get("verbs", {})
    return {verb: reasons[verb] for verb in verbs if verb in reasons}


def faults(api: int, verb: str, body: dict[str, Any]) -> Iterator[Fault]:
    """What of a verb that can be run is impossible in a version of the carrier's API (CV113), or has no effect there (CV108)."""
    table = _table(api)
    for key, reasons in table.get("values", {}).get(verb, {}).items():
        value = body.get(key)
        if isinstance(value, str) and (reason := reasons.get(value)):
            yield Fault((key,), "CV113", f"{key}: {reason}")
    for key, reason in table.get("properties", {}).get(verb, {}).items():
        if key in body:
            yield Fault((key,), "CV108", f"{key}: {reason}", at_key=True)
    carrier = body.get("carrier")
    if isinstance(carrier, dict) and verb in table.get("commands", {}):
        yield from _parameters(api, verb, carrier)


def _parameters(api: int, command: str, carrier: dict[str, Any]) -> Iterator[Fault]:
    """The author's own parameters of a command: those that it is not sent without, and those that are left out."""
    known = schemas.load(f"commands/v{api}/{command}")["properties"]
    for key in [key for key in carrier if key not in known]:
        reason = _table(api)["commands"][command].get("needed", {}).get(key)
        if reason:
            yield Fault(("carrier", key), "CV113", f"carrier.{key}: {reason}", at_key=True)
        elif key in schemas.load(f"commands/{command}")["properties"]:
            yield Fault(("carrier", key), "CV108", f"carrier.{key}: {absent(api, key)}", at_key=True)


def command(api: int, name: str) -> dict[str, Any] | None:
    """A command of version 2 as an older version has it: `name`, `needed`, `left_out`; None where it has none."""
    found: dict[str, Any] | None = _table(api)["commands"].get(name)
    return found


def absent(api: int, parameter: str) -> str:
    """What is said of a parameter that a version does not have."""
    return f"version {api} of the carrier's API has no {parameter}"


def _table(api: int) -> dict[str, Any]:
    table: dict[str, Any] = schemas.data("versions").get(str(api), {})
    return table
