"""A flow as Mermaid's flowchart, which GitHub, GitLab and many editors draw."""

from interpreter.graph.flow import Edge, Graph, Node

MOST = 499
"""Edges that Mermaid draws where nobody has set its `maxEdges`; a diagram cannot do that."""
SHAPES = {
    "start": ("([", "])"),
    "verb": ("[", "]"),
    "last": ("[[", "]]"),
    "application": ("{{", "}}"),
    "end": ("((", "))"),
}
ARROWS = {"next": "-->", "hook": "-.->", "aside": "-.->"}
CLASSES = {
    "error": "fill:#fee2e2,stroke:#b91c1c,color:#7f1d1d",
    "warning": "fill:#fef3c7,stroke:#b45309,color:#78350f",
    "info": "fill:#e0f2fe,stroke:#0369a1,color:#0c4a6e",
}
ESCAPED = frozenset('"#&<>`\\;')
"""Characters that Mermaid might take for something else: they are written as entities, which it writes with #."""


def draw(graph: Graph) -> str:
    """The whole diagram."""
    nodes = [f"  {_node(node)}" for node in graph.nodes]
    edges = [f"  {_edge(edge)}" for edge in graph.edges]
    used = [severity for severity in CLASSES if any(node.severity == severity for node in graph.nodes)]
    painted = [f"  classDef {severity} {CLASSES[severity]}" for severity in used]
    return "\n".join(["flowchart TD", *nodes, *edges, *painted]) + "\n"


def _node(node: Node) -> str:
    begin, end = SHAPES[node.kind]
    lines = "<br>".join(escaped(line) for line in (node.title, node.detail, " ".join(node.codes)) if line)
    return f'{node.id}{begin}"{lines}"{end}' + (f":::{node.severity}" if node.severity else "")


def _edge(edge: Edge) -> str:
    label = f'|"{escaped(edge.label)}"|' if edge.label else ""
    return f"{edge.start} {ARROWS[edge.kind]}{label} {edge.end}"


def escaped(text: str) -> str:
    """A text within quotes."""
    return "".join(f"#{ord(one)};" if one in ESCAPED or not one.isprintable() else one for one in text) or " "
