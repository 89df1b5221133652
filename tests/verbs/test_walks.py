"""Walks every verb through all that can happen to it.

A walk is found by existing: `tests/walks/<verb>.yaml` holds the walks of a verb, and `call.yaml` those of calls that we place:

    for ever:                  the name of the walk
      document:                the reply to the first hook
      - {verb: gather, numDigits: 1, actionHook: /m, timeout: 0, say: {text: [a, b]}}
      world: {keys: "1"}       what may happen, as the fields of `World` in walk.py; `preset` names one of PRESETS there
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from callverbs.interpreter.text.source import Source
from tests.verbs.walk import Document, World, walk, world

FOLDER = Path(__file__).parent.parent / "walks"
PARTS = {"document", "world"}


def walks() -> Iterator[tuple[str, tuple[Document, World]]]:
    """Yields the walks of all files: `<file>: <name>`, the document, and its world."""
    for path in sorted(FOLDER.glob("*.yaml")):
        written: Any = Source.read(path).value
        for name, one in written.items():
            assert set(one) <= PARTS, f"{path}: {name} has {sorted(set(one) - PARTS)}; a walk has {sorted(PARTS)}"
            yield f"{path.stem}: {name}", (one["document"], world(one.get("world", {})))


WALKS = dict(walks())


@pytest.mark.parametrize("name", WALKS)
def test_walk(name: str) -> None:
    walk(*WALKS[name])
