"""Runs phone calls that are written as documents, on a carrier's Call Control API; lints them, and simulates them without a phone.

The names below are the public API, described in `docs/python.md`. Each is imported when it is first used.
"""

import importlib

TYPE_CHECKING = False  # typing costs as much to import as all the rest
if TYPE_CHECKING:
    from callverbs.api import SimulatedCall, create_app, lint, read_settings, simulate
    from callverbs.interpreter.engine.outcome import Outcome
    from callverbs.interpreter.engine.step import begin, step
    from callverbs.interpreter.lint.finding import Finding
    from callverbs.verbs.language.app import App

__all__ = ["App", "Finding", "Outcome", "SimulatedCall", "begin", "create_app", "lint", "read_settings", "simulate", "step"]

_MODULES = {
    "App": "callverbs.verbs.language.app",
    "Finding": "callverbs.interpreter.lint.finding",
    "Outcome": "callverbs.interpreter.engine.outcome",
    "SimulatedCall": "callverbs.api",
    "begin": "callverbs.interpreter.engine.step",
    "create_app": "callverbs.api",
    "lint": "callverbs.api",
    "read_settings": "callverbs.api",
    "simulate": "callverbs.api",
    "step": "callverbs.interpreter.engine.step",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    found: object = getattr(importlib.import_module(_MODULES[name]), name)
    return found


def __dir__() -> list[str]:
    return [*globals(), *__all__]
