"""Flows to be drawn, with the replies of their hooks, and some that are hard to draw."""

import json
from typing import Any

from callverbs.interpreter.graph.flow import Graph, HookReply, build_graph
from callverbs.interpreter.lint.context import LintContext
from callverbs.interpreter.lint.linter import lint
from callverbs.interpreter.text.source import Source

CALL = {"verb": "dial", "target": [{"type": "phone", "number": "+14155550100"}]}
MENU = {"verb": "gather", "actionHook": "/menu", "numDigits": 1, "say": {"text": "Press 1."}}
HANGUP = {"verb": "hangup"}


def read(value: Any, name: str = "flow.json") -> Source:
    return Source.read(name, value if isinstance(value, str) else json.dumps(value))


def reply(value: Any, when: str = "") -> HookReply:
    """Returns the reply of a hook; an empty list is a reply without verbs."""
    source = read(value)
    return HookReply(when, source, lint(source)) if value else HookReply(when)


def graph_of(value: Any, hooks: dict[str, list[HookReply]] | None = None, **context: Any) -> Graph:
    """Returns the graph of a flow."""
    source, lint_context = read(value), LintContext(**context)
    return build_graph(source, lint(source, lint_context), lint_context, lambda address: (hooks or {}).get(address, []))


AGAIN = {"verb": "redirect", "actionHook": "/again"}
HARD_FLOWS: dict[str, Graph] = {
    "nothing": graph_of([]),
    "one verb": graph_of([HANGUP]),
    "the application": graph_of([MENU, CALL, MENU]),
    "itself": graph_of([AGAIN], {"/again": [reply([AGAIN])]}),
    "round and round": graph_of(
        [MENU, {"verb": "say", "text": "Bye."}, HANGUP, {"verb": "say", "text": "Never."}],
        {
            "/menu": [reply([CALL, AGAIN], "digits 1"), reply([MENU], "digits 2"), reply([], "digits 3"), reply([AGAIN])],
            "/again": [reply([MENU, AGAIN, {**CALL, "confirmHook": "/screen", "actionHook": "/menu"}])],
            "/screen": [reply([MENU, HANGUP], "once"), reply([AGAIN])],
        },
    ),
    "many answers": graph_of([MENU], {"/menu": [reply([{"verb": "say", "text": "x" * n}], f"digits {n}") for n in range(1, 12)]}),
    "a long flow": graph_of([{"verb": "pause", "length": n} for n in range(1, 200)]),
    "many hooks": graph_of(
        [AGAIN],
        {f"/{n}": [reply([{"verb": "redirect", "actionHook": f"/{n + 1}"}])] for n in range(80)}
        | {"/again": [reply([{"verb": "redirect", "actionHook": "/0"}])]},
    ),
    "not verbs": graph_of([{"verb": "sey", "text": "x"}, 1, {}, None, {"lex": {"url": "x"}}]),
    "odd texts": graph_of(
        [
            {"verb": "say", "id": 'a"b<c>&d', "text": '"; end #quot; <script>alert(1)</script> `x` \\N %% subgraph --> |'},
            {"verb": "say", "text": "Grüße 本 😀 \u202e\x00\x1b]"},
            {"verb": "redirect", "actionHook": 'https://example.com/a?b=1&c="2"|{}()[]'},
            {"verb": "say", "text": " "},
            {"verb": "end", "id": "click"},
        ]
    ),
}
