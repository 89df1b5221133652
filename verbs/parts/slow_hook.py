"""What is checked of `fillerNoise` and `actionHookDelayAction`, which several verbs have."""

from collections.abc import Iterator, Mapping
from typing import Any

from callverbs.schemas import Diagnostic
from callverbs.verbs.language.slow_hook import HookDelaySpec

ALLOWED_ACTIONS = ("say", "play")
"""Verbs that are heard while the hook has not answered (jambonz action-hook-delay.js)."""


def diagnose(delay: HookDelaySpec | None) -> Iterator[Diagnostic]:
    """Yields what is wrong with the verbs within an actionHookDelayAction."""
    from callverbs.verbs.language import document  # it knows all verbs, and they import this

    if delay is None:
        return
    for name, written in (("actions", delay.actions), ("giveUpActions", delay.give_up_actions)):
        for one in document.diagnose(written):
            yield one.under("actionHookDelayAction", name)
    for index, item in enumerate(document.items(delay.actions)[0]):
        if item.name not in ALLOWED_ACTIONS:
            path = ("actionHookDelayAction", "actions", index)
            yield Diagnostic(path, "CV106", f"{item.written} cannot be run while a hook is asked: only say and play can")


def without_effect(body: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Yields what of a verb's `actionHookDelayAction` and `fillerNoise`, as written, has no effect."""
    delay: dict[str, Any] = body.get("actionHookDelayAction", {})
    if delay.get("enabled", True):
        if "actions" in delay and not delay.get("noResponseTimeout"):
            why = "actions: they are heard after noResponseTimeout, which is missing"
            yield Diagnostic(("actionHookDelayAction", "actions"), "CV109", why, at_key=True)
        if "giveUpActions" in delay and not delay.get("noResponseGiveUpTimeout"):
            why = "giveUpActions: they are run after noResponseGiveUpTimeout, which is missing"
            yield Diagnostic(("actionHookDelayAction", "giveUpActions"), "CV109", why, at_key=True)
