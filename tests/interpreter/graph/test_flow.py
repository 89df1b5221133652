"""What follows what in a picture."""

from typing import Any

import pytest

from callverbs.interpreter.graph.flow import Graph, HookReply
from callverbs.interpreter.graph.labels import detail, outcomes, shorten, split_words
from tests.interpreter.graph.flows import CALL, HANGUP, HARD_FLOWS, MENU, graph_of, reply

SAY = {"verb": "say", "text": "Hello"}


def edges(graph: Graph) -> list[tuple[str, str, str, str]]:
    """Returns every edge, with the texts of its boxes."""
    words = {node.id: " ".join(filter(None, (node.title, node.detail))) for node in graph.nodes}
    return [(words[edge.start], words[edge.end], edge.label, edge.kind) for edge in graph.edges]


def edges_after_start(value: Any, hooks: dict[str, list[HookReply]] | None = None, **context: Any) -> list[tuple[str, str, str, str]]:
    first, *others = edges(graph_of(value, hooks, **context))
    assert first[0] == "call flow.json"
    return others


def test_one_after_the_other() -> None:
    assert edges_after_start([{"pause": {"length": 2}}, SAY]) == [
        ("pause 2 s", "say Hello", "", "next"),
        ("say Hello", "hang up", "", "next"),
    ]


def test_after_an_end_nothing_runs() -> None:
    assert edges_after_start([HANGUP, SAY, HANGUP]) == [("hangup", "say Hello", "never", "aside"), ("say Hello", "hangup", "", "next")]


def test_a_decline_is_skipped_after_an_answer() -> None:
    (edge, *_) = edges_after_start([{"verb": "sip:decline", "status": 486}, SAY])
    assert edge == ("sip:decline", "say Hello", "if answered", "next")


def test_a_hook_without_a_known_reply_leads_to_the_application() -> None:
    assert edges_after_start([MENU, {**MENU, "actionHook": "/menu#rc=2"}]) == [
        ("gather Press 1.", "/menu", "dtmf detected · timeout · error", "hook"),
        ("gather Press 1.", "gather Press 1.", "no verbs", "next"),
        ("gather Press 1.", "/menu", "dtmf detected · timeout · error", "hook"),
        ("gather Press 1.", "hang up", "no verbs", "next"),
    ]


def test_outcomes_where_there_is_no_hook() -> None:
    assert edges_after_start([CALL, SAY])[0] == ("dial +14155550100", "say Hello", "completed · failed · busy · no answer", "next")


def test_a_hook_leads_to_what_it_replies() -> None:
    hooks = {"/menu": [reply([SAY], "digits 1"), reply([], "timeout"), reply([HANGUP])]}
    assert edges_after_start([MENU], hooks) == [
        ("gather Press 1.", "say Hello", "digits 1", "hook"),
        ("gather Press 1.", "hangup", "/menu", "hook"),
        ("gather Press 1.", "hang up", "timeout", "next"),
        ("say Hello", "hang up", "", "next"),
    ]


def test_one_reply_is_drawn_once() -> None:
    graph = graph_of([MENU, MENU], {"/menu": [reply([SAY])]})
    assert [node.title for node in graph.nodes].count("say") == 1


def test_a_document_may_lead_to_itself() -> None:
    again = {"verb": "redirect", "actionHook": "/again"}
    assert edges_after_start([SAY, again], address="/again")[1] == ("redirect /again", "say Hello", "/again", "hook")


def test_relative_hooks_go_to_the_host_that_was_asked_last() -> None:
    origin = "https://orders.example"
    hooks = {f"{origin}/begin": [reply([MENU])], f"{origin}/menu": [reply([SAY])], "/menu": [reply([HANGUP])]}
    found = edges_after_start([{"verb": "redirect", "actionHook": f"{origin}/begin"}], hooks)
    assert ("gather Press 1.", "say Hello", "/menu", "hook") in found
    assert not [edge for edge in found if edge[1] == "hangup"]


def test_a_screening_comes_back_to_its_dial() -> None:
    call = {**CALL, "confirmHook": "/screen"}
    found = edges_after_start([call], {"/screen": [reply([MENU, HANGUP])], "/menu": [reply([SAY], "digits 1")]})
    assert ("dial +14155550100", "gather Press 1.", "confirm hook", "aside") in found
    assert ("say Hello", "dial +14155550100", "", "aside") in found
    assert ("gather Press 1.", "hangup", "otherwise", "next") in found


@pytest.mark.parametrize(
    ("replies", "label"),
    [
        ([reply([SAY], "digits 1")], "otherwise"),
        ([reply([SAY], "digits 1"), HookReply("reason timeout")], "reason timeout · otherwise"),
        ([reply([SAY], "digits 1"), HookReply("reason timeout"), HookReply()], "reason timeout · otherwise"),
        ([HookReply()], "no verbs"),
        ([reply([SAY])], "hook fails"),
        ([reply([SAY]), HookReply("digits 2", failed=True)], "digits 2 fails"),
        ([], "no verbs"),
    ],
)
def test_every_answer_has_its_edge(replies: list[HookReply], label: str) -> None:
    edges = edges_after_start([MENU, HANGUP], {"/menu": replies})
    assert [one[2] for one in edges if one[:2] == ("gather Press 1.", "hangup")] == [label]


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        ([reply([SAY])], [("hang up", "hook fails", "hook"), ("hangup", "never", "aside")]),
        ([HookReply(failed=True)], [("hang up", "fails", "hook"), ("hangup", "never", "aside")]),
        ([HookReply("reason x", failed=True)], [("hang up", "reason x fails", "hook"), ("hangup", "otherwise", "next")]),
        ([HookReply()], [("hang up", "hook fails", "hook"), ("hangup", "no verbs", "next")]),
        ([], [("/again", "", "hook"), ("hang up", "hook fails", "hook"), ("hangup", "no verbs", "next")]),
    ],
)
def test_a_redirect_whose_hook_fails_ends_the_call(replies: list[HookReply], expected: list[tuple[str, str, str]]) -> None:
    edges = edges_after_start([{"verb": "redirect", "actionHook": "/again"}, HANGUP], {"/again": replies})
    assert [one[1:] for one in edges if one[0] == "redirect /again" and one[1] != "say Hello"] == expected


def test_machines_and_failures_have_their_edges() -> None:
    call = {**CALL, "amd": {"actionHook": "/amd"}}
    assert ("dial +14155550100", "/amd", "amd", "hook") in edges_after_start([call])
    transfer = {
        "verb": "transfer", "mode": "blind", "target": CALL["target"],
        "disposition": {"onBusy": "voicemail", "onNoAnswer": "voicemail", "onDecline": "hangup", "voicemailUrl": "sip:box@example.com"},
    }  # fmt: skip
    assert edges_after_start([transfer, SAY])[:3] == [
        ("transfer +14155550100", "sip:box@example.com", "busy · no answer", "hook"),
        ("transfer +14155550100", "hang up", "decline", "hook"),
        ("transfer +14155550100", "say Hello", "bridged · returned · voicemail · failed", "next"),
    ]


def test_findings_belong_to_their_verbs() -> None:
    graph = graph_of([SAY, {"verb": "say", "text": 1, "txt": 1}, {"verb": "sey"}])
    assert [node.codes for node in graph.nodes if node.kind == "verb"] == [[], ["CV110", "CV102"], ["CV101"]]
    assert [node.severity for node in graph.nodes if node.kind == "verb"] == [None, "error", "error"]


def test_findings_of_the_whole_document_belong_to_its_first_verb() -> None:
    assert "CV008" in [code for node in graph_of([{"say": {"text": "a"}}, SAY]).nodes for code in node.codes]


@pytest.mark.parametrize("graph", HARD_FLOWS.values(), ids=HARD_FLOWS)
def test_edges_join_nodes(graph: Graph) -> None:
    names = [node.id for node in graph.nodes]
    assert len(set(names)) == len(names)
    assert {end for edge in graph.edges for end in (edge.start, edge.end)} <= set(names)
    assert len(set(graph.edges)) == len(graph.edges)
    reached = {edge.end for edge in graph.edges}
    assert [node.kind for node in graph.nodes if node.id not in reached] == ["start"]


def test_labels() -> None:
    assert detail({"text": ["a", "b"]}) == "a, b"
    assert detail({"target": [{"sipUri": "sip:a@b"}, {"name": "x"}, 1]}) == "sip:a@b, x, 1"
    assert detail({"data": {"a": 1, "b": 2}}) == "a, b"
    assert detail({"length": 1.5}) == "1.5 s"
    assert detail({"length": "x", "url": None}) == "x"
    assert detail({}) == ""
    assert outcomes("hangup", {}) == outcomes("redirect", {}) == ""
    assert "speech" not in outcomes("gather", {})
    assert "speech detected" in outcomes("gather", {"input": ["speech"]})
    assert split_words("onNoAnswer") == "on no answer"
    assert shorten("a\n b" + "c" * 99) == "a b" + "c" * 30 + "…"
