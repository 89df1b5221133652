"""Which rules count, and how much: words of people become codes, and layers of wishes become the terms that a document is judged on.

A layer is a settings file, an override of it, or the command line. Of two that speak of the same the later one wins. It reads no file.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

import schemas
from interpreter.lint.finding import SEVERITIES, Severity
from interpreter.lint.rules import RULES
from interpreter.lint.rules._rule import PROFILES, Profile, Rule
from interpreter.lint.surroundings import Surroundings

USUAL: Profile = "recommended"
"""The profile where nobody has chosen."""
CODE = 5
"""Characters of a code."""
ALIKE = str.maketrans("OIL", "011")
"""Letters that are mistaken for digits."""


class Layer(Struct, frozen=True, kw_only=True):
    """What one place wishes. What it does not speak of it leaves as it is."""

    profile: Profile | UnsetType = UNSET
    select: tuple[str, ...] | UnsetType = UNSET
    ignore: tuple[str, ...] = ()
    severity: dict[str, Severity] = {}
    dialect: Literal["jambonz", "cognigy"] | UnsetType = UNSET
    api: Literal[1, 2] | UnsetType = UNSET
    base_url: str | UnsetType = UNSET
    numbers: tuple[str, ...] | UnsetType = UNSET
    address: str | UnsetType = UNSET
    replies: dict[str, str] | UnsetType = UNSET

    @property
    def words(self) -> Iterator[str]:
        """Everything in it that means rules."""
        yield from () if self.select is UNSET else self.select
        yield from self.ignore
        yield from self.severity


class Terms(Struct, frozen=True, kw_only=True):
    """What a document is judged on: the rules that count, severities that are not the rules' own, and where it will run."""

    codes: frozenset[str]
    severities: dict[str, Severity] = {}
    surroundings: Surroundings = Surroundings()

    @property
    def rules(self) -> list[Rule]:
        """The rules that count."""
        return [rule for code, rule in RULES.items() if code in self.codes]


def terms(layers: Sequence[Layer]) -> Terms:
    """What layers come to, of which the last one wins."""
    told: dict[str, Any] = {}
    for layer in layers:
        for name in Surroundings.__struct_fields__:
            if (value := getattr(layer, name)) is not UNSET:
                told[name] = value
    return Terms(codes=frozenset(_chosen(layers)), severities=_severities(layers), surroundings=Surroundings(**told))


def _chosen(layers: Iterable[Layer]) -> set[str]:
    """The codes that count. A profile or a selection begins anew; what is ignored is taken away from what there is."""
    found = set(codes(USUAL))
    for layer in layers:
        kept: dict[str, int] = dict.fromkeys(found, -1)
        if layer.profile is not UNSET or layer.select is not UNSET:
            kept = _ranked([*([] if layer.profile is UNSET else [layer.profile]), *([] if layer.select is UNSET else layer.select)])
        dropped = _ranked(layer.ignore)
        found = {code for code, rank in kept.items() if rank > dropped.get(code, -2)}
    return found


def _ranked(words: Iterable[str]) -> dict[str, int]:
    """The codes of words, and how exactly the most exact word names each: what is named more exactly wins within a layer."""
    found: dict[str, int] = {}
    for word in words:
        for code in codes(word):
            found[code] = max(found.get(code, 0), _exactness(word))
    return found


def _severities(layers: Iterable[Layer]) -> dict[str, Severity]:
    found: dict[str, Severity] = {}
    for layer in layers:
        for word in sorted(layer.severity, key=_exactness):
            found.update(dict.fromkeys(codes(word), layer.severity[word]))
    return found


@cache
def codes(word: str) -> tuple[str, ...]:
    """The codes that a word stands for: a code, the beginning of some (CV3), the name of a rule, a profile; none for any other word."""
    if word in PROFILES:
        return tuple(code for code, rule in RULES.items() if PROFILES.index(rule.profile) <= PROFILES.index(word))
    if word.startswith("CV"):
        return tuple(code for code in RULES if code.startswith(word))
    return tuple(code for code, rule in RULES.items() if rule.name == word)


def _exactness(word: str) -> int:
    """A profile names least exactly, then CV, CV3, CV30; a code and a name say the same."""
    if word in PROFILES:
        return 0
    return len(word) if word.startswith("CV") else CODE


def unknown(word: str) -> str | None:
    """Why a word stands for no rule; None where it stands for some."""
    if codes(word):
        return None
    code = word.upper().translate(ALIKE)
    if code.startswith("CV"):  # other codes may look like it, and have nothing to do with it
        guess = f"; did you mean {code}?" if codes(code) else ""
    else:
        guess = schemas.closest(word, [*(rule.name for rule in RULES.values()), *PROFILES])
    return f"there is no rule {word}{guess or ': `callverbs rules` lists them'}"


def wish(text: str) -> tuple[str, Severity]:
    """A severity as the command line writes it: CV302=warning. Raises ValueError."""
    word, _, severity = text.partition("=")
    for one in SEVERITIES:
        if one == severity:
            return word, one
    raise ValueError(f"write a rule and what it is, as in CV302=warning: one of {', '.join(SEVERITIES)}")
