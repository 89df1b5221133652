"""The base of every word of the language: frozen, built from keywords only, and written to JSON without its defaults."""

from typing import Any, dataclass_transform

from msgspec import Struct, StructMeta, field


class WordMeta(StructMeta):
    """Freezes every subclass of `Word`, so that none has to say so."""

    def __new__(mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **config: Any) -> "WordMeta":
        return super().__new__(mcls, name, bases, namespace, **{"frozen": True, "kw_only": True, **config})


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class Word(Struct, metaclass=WordMeta, frozen=True, kw_only=True, omit_defaults=True):
    """An event, an outbox message, a verb as written, or a part of one."""
