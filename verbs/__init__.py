"""The language: its words, and one module per verb. A verb is found by existing; see `_registry`."""

from verbs._reading import DocumentError, Item, Reading, faults, items, read, remarks, spec, unsupported
from verbs._registry import REGISTRY, SYNONYMS

__all__ = ["REGISTRY", "SYNONYMS", "DocumentError", "Item", "Reading", "faults", "items", "read", "remarks", "spec", "unsupported"]
