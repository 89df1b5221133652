"""A parser of DOT reads every graph."""

import pydot
import pytest

from callverbs.interpreter.graph.dot import draw, quoted
from callverbs.interpreter.graph.flow import Graph
from tests.interpreter.graph.flows import HANGUP, HARD_FLOWS, graph_of

pytestmark = pytest.mark.filterwarnings("ignore:.* deprecated - use .*:DeprecationWarning")
"""pydot calls its own parser by deprecated names."""
SMALL = {name: graph for name, graph in HARD_FLOWS.items() if len(graph.nodes) < 100}  # pydot takes its time
every_flow = pytest.mark.parametrize("graph", SMALL.values(), ids=SMALL)


@every_flow
def test_pydot_can_read_it(graph: Graph) -> None:
    (read,) = pydot.graph_from_dot_data(draw(graph)) or pytest.fail("not read")
    assert read.get_name() == quoted(graph.name)
    assert [node.get_name() for node in read.get_nodes() if node.get_name() not in ("node", "edge")] == [node.id for node in graph.nodes]
    assert [(edge.get_source(), edge.get_destination()) for edge in read.get_edges()] == [(edge.start, edge.end) for edge in graph.edges]
    labels = {node.get_name(): node.get("label") for node in read.get_nodes()}
    for node in graph.nodes:
        assert labels[node.id].startswith(quoted(node.title)[:-1])


def test_a_graph() -> None:
    assert draw(graph_of([HANGUP, {"verb": "say", "text": "a\\N"}])) == (
        'digraph "flow.json" {\n'
        "  rankdir=TB;\n"
        '  node [shape=box, style="rounded,filled", fillcolor=white, fontname=Helvetica];\n'
        "  edge [fontname=Helvetica, fontsize=10];\n"
        '  n0 [label="call\\nflow.json", shape=oval];\n'
        '  n1 [label="hangup", shape=box, peripheries=2];\n'
        '  n2 [label="say\\na\\\\N\\nCV201", shape=box, color="#b45309", fillcolor="#fef3c7",'
        ' tooltip="CV201 say never runs: the hangup before it ends the call"];\n'
        '  n3 [label="hang up", shape=circle];\n'
        "  n0 -> n1 [style=solid];\n"
        '  n1 -> n2 [style=dotted, label="never"];\n'
        "  n2 -> n3 [style=solid];\n"
        "}\n"
    )


def test_quotes() -> None:
    assert quoted('a"b\\N\x00') == '"a\\"b\\\\N\ufffd"'
