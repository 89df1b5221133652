"""The rules, one module each, in a folder by topic. A rule is found by existing: `flow/unreachable_verb.py` is `unreachable-verb`.

The topic is that of the first digit of the code; the docstring of each folder says what it is about.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path

from callverbs.interpreter.lint.rule import Rule

__all__ = ["RECOMMENDED", "RULES", "TOPICS", "Rule"]

FOLDER = Path(__file__).parent


def _modules() -> Iterator[str]:
    for topic in pkgutil.iter_modules([str(FOLDER)]):
        for module in pkgutil.iter_modules([str(FOLDER / topic.name)]):
            yield f"{__name__}.{topic.name}.{module.name}"


def _discover() -> dict[str, Rule]:
    found: dict[str, Rule] = {}
    for module in _modules():
        members = vars(importlib.import_module(module)).values()
        (rule,) = (one for one in members if inspect.isclass(one) and issubclass(one, Rule) and one.__module__ == module)
        if rule.code in found:
            raise TypeError(f"{rule.name} and {found[rule.code].name} have the same code {rule.code}")
        found[rule.code] = rule()
    return dict(sorted(found.items()))


RULES: dict[str, Rule] = _discover()
"""Every rule by its code, sorted."""

RECOMMENDED: tuple[Rule, ...] = tuple(rule for rule in RULES.values() if rule.profile != "strict")
"""The rules of the default profile."""

TOPICS: dict[str, str] = {
    code[:3]: inspect.getdoc(importlib.import_module(type(rule).__module__.rpartition(".")[0])) or "" for code, rule in RULES.items()
}
"""What the codes that begin with CV0, CV1 … are about, by their first three characters."""
