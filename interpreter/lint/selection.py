"""Selects rules and severities: selectors become codes, and layers of settings the configuration that a document is linted with.

A layer is a settings file, an override of it, or the command line. The last layer that sets a field wins. It reads no file.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

from callverbs import schemas
from callverbs.interpreter.lint.context import LintContext
from callverbs.interpreter.lint.finding import SEVERITIES, Severity
from callverbs.interpreter.lint.rule import PROFILES, Profile, Rule
from callverbs.interpreter.lint.rules import RULES

DEFAULT_PROFILE: Profile = "recommended"
"""The profile where no layer sets one."""
CODE_LENGTH = 5
NO_GUESS = ": `callverbs rules` lists them"
"""The end of the message about a word that no rule is like."""
LOOKALIKES = str.maketrans("OIL", "011")
"""Letters that are mistaken for digits, and those digits."""


class Layer(Struct, frozen=True, kw_only=True):
    """The settings of one source. Fields that are UNSET leave those of earlier layers unchanged."""

    profile: Profile | UnsetType = UNSET
    select: tuple[str, ...] | UnsetType = UNSET
    ignore: tuple[str, ...] = ()
    severity: dict[str, Severity] = {}
    dialect: Literal["jambonz", "cognigy"] | UnsetType = UNSET
    api: Literal[1, 2] | UnsetType = UNSET
    base_url: str | UnsetType = UNSET
    numbers: tuple[str, ...] | UnsetType = UNSET
    trunks: tuple[str, ...] | UnsetType = UNSET
    address: str | UnsetType = UNSET
    replies: dict[str, str] | UnsetType = UNSET

    def selectors(self) -> Iterator[str]:
        """Yields every selector of rules in it."""
        yield from () if self.select is UNSET else self.select
        yield from self.ignore
        yield from self.severity


class RuleConfig(Struct, frozen=True, kw_only=True):
    """What a document is linted with: the codes of the enabled rules, severities that replace the rules' own, and the context."""

    codes: frozenset[str]
    severities: dict[str, Severity] = {}
    context: LintContext = LintContext()

    @property
    def rules(self) -> list[Rule]:
        """The enabled rules."""
        return [rule for code, rule in RULES.items() if code in self.codes]


def rule_config(layers: Sequence[Layer]) -> RuleConfig:
    """Returns the configuration of some layers, of which the last one wins."""
    fields: dict[str, Any] = {}
    for layer in layers:
        for name in LintContext.__struct_fields__:
            if (value := getattr(layer, name)) is not UNSET:
                fields[name] = value
    return RuleConfig(codes=frozenset(_enabled_codes(layers)), severities=_severities(layers), context=LintContext(**fields))


def _enabled_codes(layers: Iterable[Layer]) -> set[str]:
    """Returns the codes of the enabled rules. A profile or `select` replaces those of earlier layers; `ignore` removes some."""
    enabled = set(codes_of(DEFAULT_PROFILE))
    for layer in layers:
        selected: dict[str, int] = dict.fromkeys(enabled, -1)
        if layer.profile is not UNSET or layer.select is not UNSET:
            profile = [] if layer.profile is UNSET else [layer.profile]
            selected = _specificities([*profile, *([] if layer.select is UNSET else layer.select)])
        ignored = _specificities(layer.ignore)
        enabled = {code for code, specificity in selected.items() if specificity > ignored.get(code, -2)}
    return enabled


def _specificities(selectors: Iterable[str]) -> dict[str, int]:
    """Returns the codes of selectors with the specificity of the most specific one: within a layer the more specific selector wins."""
    found: dict[str, int] = {}
    for selector in selectors:
        for code in codes_of(selector):
            found[code] = max(found.get(code, 0), _specificity(selector))
    return found


def _severities(layers: Iterable[Layer]) -> dict[str, Severity]:
    found: dict[str, Severity] = {}
    for layer in layers:
        for selector in sorted(layer.severity, key=_specificity):
            found.update(dict.fromkeys(codes_of(selector), layer.severity[selector]))
    return found


@cache
def codes_of(selector: str) -> tuple[str, ...]:
    """Returns the codes of a selector: a code, the beginning of some (CV3), the name of a rule, a profile; none for any other word."""
    if selector in PROFILES:
        return tuple(code for code, rule in RULES.items() if PROFILES.index(rule.profile) <= PROFILES.index(selector))
    if selector.startswith("CV"):
        return tuple(code for code in RULES if code.startswith(selector))
    return tuple(code for code, rule in RULES.items() if rule.name == selector)


def _specificity(selector: str) -> int:
    """Returns 0 for a profile, then the length of CV, CV3, CV30; a code and a name are equally specific."""
    if selector in PROFILES:
        return 0
    return len(selector) if selector.startswith("CV") else CODE_LENGTH


def explain_unknown(selector: str) -> str | None:
    """Returns why a selector stands for no rule; None where it stands for some."""
    if codes_of(selector):
        return None
    code = selector.upper().translate(LOOKALIKES)
    if code.startswith("CV"):  # other codes may look like it, and have nothing to do with it
        guess = f"; did you mean {code}?" if codes_of(code) else ""
    else:
        guess = schemas.did_you_mean(selector, [*(rule.name for rule in RULES.values()), *PROFILES])
    return f"there is no rule {selector}{guess or NO_GUESS}"


def parse_severity(text: str) -> tuple[str, Severity]:
    """Returns the selector and the severity of a text such as CV302=warning. Raises ValueError."""
    selector, _, name = text.partition("=")
    for severity in SEVERITIES:
        if severity == name:
            return selector, severity
    raise ValueError(f"write a rule and its severity, as in CV302=warning: one of {', '.join(SEVERITIES)}")
