"""The rules, one class each, found by existing: every module here without a leading underscore is read. There is no list to keep.

The class is the one place of a code: its name, its severity, and its page. Rules without a `check` are the pages of what the
reader, the schemas and the verbs complain of by themselves.
"""

import importlib
import inspect
import pkgutil
from pathlib import Path

from interpreter.lint.rules._rule import Rule

__all__ = ["RECOMMENDED", "RULES", "Rule"]


def _discover() -> dict[str, Rule]:
    found: dict[str, Rule] = {}
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if module.name.startswith("_"):
            continue
        members = vars(importlib.import_module(f"{__name__}.{module.name}"))
        for member in members.values():
            if inspect.isclass(member) and issubclass(member, Rule) and member.__module__.endswith(f".{module.name}"):
                if member.code in found:
                    raise TypeError(f"{member.__name__} and {type(found[member.code]).__name__} have the same code {member.code}")
                found[member.code] = member()
    return dict(sorted(found.items()))


RULES: dict[str, Rule] = _discover()
"""Every rule by its code."""

RECOMMENDED: tuple[Rule, ...] = tuple(rule for rule in RULES.values() if rule.profile != "strict")
"""Those that count where nobody has chosen."""
