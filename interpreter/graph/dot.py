"""A flow as a graph in the DOT language, for Graphviz and what else reads it."""

from interpreter.graph.flow import Edge, Graph, Node

SHAPES = {"start": "oval", "verb": "box", "last": "box", "application": "hexagon", "end": "circle"}
STYLES = {"next": "solid", "hook": "dashed", "aside": "dotted"}
COLOURS = {"error": ("#b91c1c", "#fee2e2"), "warning": ("#b45309", "#fef3c7"), "info": ("#0369a1", "#e0f2fe")}


def draw(graph: Graph) -> str:
    """The whole graph."""
    head = [
        f"digraph {quoted(graph.name)} {{",
        "  rankdir=TB;",
        '  node [shape=box, style="rounded,filled", fillcolor=white, fontname=Helvetica];',
        "  edge [fontname=Helvetica, fontsize=10];",
    ]
    return "\n".join([*head, *(f"  {_node(node)}" for node in graph.nodes), *(f"  {_edge(edge)}" for edge in graph.edges), "}"]) + "\n"


def _node(node: Node) -> str:
    lines = "\n".join(filter(None, (node.title, node.detail, " ".join(node.codes))))
    told = {"label": quoted(lines), "shape": SHAPES[node.kind]}
    if node.kind == "last":
        told["peripheries"] = "2"
    if node.severity:
        line, fill = COLOURS[node.severity]
        tip = "\n".join(f"{finding.code} {finding.message}" for finding in node.findings)
        told |= {"color": quoted(line), "fillcolor": quoted(fill), "tooltip": quoted(tip)}
    return f"{node.id} [{_list(told)}];"


def _edge(edge: Edge) -> str:
    told = {"style": STYLES[edge.kind], **({"label": quoted(edge.label)} if edge.label else {})}
    return f"{edge.start} -> {edge.end} [{_list(told)}];"


def _list(told: dict[str, str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in told.items())


def quoted(text: str) -> str:
    r"""A text in quotes. A backslash would begin something that Graphviz puts in: \N is the name of a node."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + "".join(one if one.isprintable() else "\ufffd" for one in escaped) + '"'
