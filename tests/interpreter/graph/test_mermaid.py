"""Mermaid's own parser reads every diagram."""

from callverbs.interpreter.graph.mermaid import draw, escaped
from tests.interpreter.graph import flows
from tests.interpreter.graph.flows import HARD_FLOWS
from tests.readers.packages import mermaid_errors, needed


@needed
def test_mermaid_can_read_it() -> None:
    assert dict(zip(HARD_FLOWS, mermaid_errors(map(draw, HARD_FLOWS.values())), strict=True)) == dict.fromkeys(HARD_FLOWS, "")


@needed
def test_mermaid_refuses_something() -> None:
    assert mermaid_errors(['flowchart TD\n  n0["a"b"]\n'])[0]


def test_a_diagram() -> None:
    assert draw(
        flows.graph_of([flows.MENU, {"verb": "say", "text": "", "id": "bye"}], {"/menu": [flows.reply([flows.HANGUP], "digits 1")]})
    ) == (
        "flowchart TD\n"
        '  n0(["call<br>flow.json"])\n'
        '  n1["gather<br>Press 1."]\n'
        '  n2["say bye<br>CV501"]:::warning\n'
        '  n3(("hang up"))\n'
        '  n4[["hangup"]]\n'
        "  n0 --> n1\n"
        '  n1 -.->|"digits 1"| n4\n'
        '  n1 -->|"otherwise"| n2\n'
        "  n2 --> n3\n"
        "  classDef warning fill:#fef3c7,stroke:#b45309,color:#78350f\n"
    )


def test_what_is_escaped() -> None:
    assert escaped('a"b<br>&#;\\`\n') == "a#34;b#60;br#62;#38;#35;#59;#92;#96;#10;"
    assert escaped("Grüße 😀: (1) [2] {3} | 4") == "Grüße 😀: (1) [2] {3} | 4"
