"""The verbs, one module and one page each. A verb is found by existing; see `language.registry`."""

from callverbs.verbs.language.document import (
    Document,
    DocumentError,
    Item,
    diagnose,
    differences,
    items,
    notes,
    read,
    schema_name,
    spec,
)
from callverbs.verbs.language.registry import REGISTRY, SYNONYMS

__all__ = [
    "REGISTRY",
    "SYNONYMS",
    "Document",
    "DocumentError",
    "Item",
    "diagnose",
    "differences",
    "items",
    "notes",
    "read",
    "schema_name",
    "spec",
]
