"""Flows to be drawn: those of the samples with what their scenarios' hooks reply, and some that are hard."""

import json
from typing import Any

from interpreter.graph.flow import Answer, Graph, graph
from interpreter.lint.linter import lint
from interpreter.lint.surroundings import Surroundings
from interpreter.text.source import Source

CALL = {"verb": "dial", "target": [{"type": "phone", "number": "+14155550100"}]}
MENU = {"verb": "gather", "actionHook": "/menu", "numDigits": 1, "say": {"text": "Press 1."}}
HANGUP = {"verb": "hangup"}


def read(value: Any, name: str = "flow.json") -> Source:
    return Source.read(name, value if isinstance(value, str) else json.dumps(value))


def reply(value: Any, when: str = "") -> Answer:
    """An answer of a hook; a list without verbs is one without."""
    source = read(value)
    return Answer(when, source, lint(source)) if value else Answer(when)


def draw(value: Any, hooks: dict[str, list[Answer]] | None = None, **surroundings: Any) -> Graph:
    source, there = read(value), Surroundings(**surroundings)
    return graph(source, lint(source, there), there, lambda where: (hooks or {}).get(where, []))


AGAIN = {"verb": "redirect", "actionHook": "/again"}
HARD: dict[str, Graph] = {
    "nothing": draw([]),
    "one verb": draw([HANGUP]),
    "the application": draw([MENU, CALL, MENU]),
    "itself": draw([AGAIN], {"/again": [reply([AGAIN])]}),
    "round and round": draw(
        [MENU, {"verb": "say", "text": "Bye."}, HANGUP, {"verb": "say", "text": "Never."}],
        {
            "/menu": [reply([CALL, AGAIN], "digits 1"), reply([MENU], "digits 2"), reply([], "digits 3"), reply([AGAIN])],
            "/again": [reply([MENU, AGAIN, {**CALL, "confirmHook": "/screen", "actionHook": "/menu"}])],
            "/screen": [reply([MENU, HANGUP], "once"), reply([AGAIN])],
        },
    ),
    "many answers": draw([MENU], {"/menu": [reply([{"verb": "say", "text": "x" * n}], f"digits {n}") for n in range(1, 12)]}),
    "a long flow": draw([{"verb": "pause", "length": n} for n in range(1, 200)]),
    "many hooks": draw(
        [AGAIN],
        {f"/{n}": [reply([{"verb": "redirect", "actionHook": f"/{n + 1}"}])] for n in range(1500)}
        | {"/again": [reply([{"verb": "redirect", "actionHook": "/0"}])]},
    ),
    "not verbs": draw([{"verb": "sey", "text": "x"}, 1, {}, None, {"conference": {"name": "x"}}]),
    "odd texts": draw(
        [
            {"verb": "say", "id": 'a"b<c>&d', "text": '"; end #quot; <script>alert(1)</script> `x` \\N %% subgraph --> |'},
            {"verb": "say", "text": "Grüße 本 😀 \u202e\x00\x1b]"},
            {"verb": "redirect", "actionHook": 'https://example.com/a?b=1&c="2"|{}()[]'},
            {"verb": "say", "text": " "},
            {"verb": "end", "id": "click"},
        ]
    ),
}
