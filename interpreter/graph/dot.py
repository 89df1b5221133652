"""A flow as a graph in the DOT language, for Graphviz and others that read it."""

from callverbs.interpreter.graph.flow import Edge, Graph, Node

NODE_SHAPES = {"start": "oval", "verb": "box", "last": "box", "application": "hexagon", "end": "circle"}
EDGE_STYLES = {"next": "solid", "hook": "dashed", "aside": "dotted"}
SEVERITY_COLOURS = {"error": ("#b91c1c", "#fee2e2"), "warning": ("#b45309", "#fef3c7"), "info": ("#0369a1", "#e0f2fe")}
"""The colours of a node's border and background, by its worst finding."""


def draw(graph: Graph) -> str:
    """Returns the graph in DOT."""
    head = [
        f"digraph {quoted(graph.name)} {{",
        "  rankdir=TB;",
        '  node [shape=box, style="rounded,filled", fillcolor=white, fontname=Helvetica];',
        "  edge [fontname=Helvetica, fontsize=10];",
    ]
    return "\n".join([*head, *(f"  {_node(node)}" for node in graph.nodes), *(f"  {_edge(edge)}" for edge in graph.edges), "}"]) + "\n"


def _node(node: Node) -> str:
    lines = "\n".join(filter(None, (node.title, node.detail, " ".join(node.codes))))
    attributes = {"label": quoted(lines), "shape": NODE_SHAPES[node.kind]}
    if node.kind == "last":
        attributes["peripheries"] = "2"
    if node.severity:
        border, background = SEVERITY_COLOURS[node.severity]
        tooltip = "\n".join(f"{finding.code} {finding.message}" for finding in node.findings)
        attributes |= {"color": quoted(border), "fillcolor": quoted(background), "tooltip": quoted(tooltip)}
    return f"{node.id} [{_attribute_list(attributes)}];"


def _edge(edge: Edge) -> str:
    attributes = {"style": EDGE_STYLES[edge.kind], **({"label": quoted(edge.label)} if edge.label else {})}
    return f"{edge.start} -> {edge.end} [{_attribute_list(attributes)}];"


def _attribute_list(attributes: dict[str, str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in attributes.items())


def quoted(text: str) -> str:
    r"""Returns a text in quotes. Backslashes are escaped: Graphviz would replace \N by the name of the node."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + "".join(one if one.isprintable() else "\ufffd" for one in escaped) + '"'
