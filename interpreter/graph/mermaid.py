"""A flow as Mermaid's flowchart, which GitHub, GitLab and many editors draw."""

from callverbs.interpreter.graph.flow import Edge, Graph, Node

MAX_EDGES = 499
"""Edges that Mermaid draws with its default `maxEdges`; a diagram cannot change that setting."""
NODE_SHAPES = {
    "start": ("([", "])"),
    "verb": ("[", "]"),
    "last": ("[[", "]]"),
    "application": ("{{", "}}"),
    "end": ("((", "))"),
}
"""The brackets of each kind of node."""
ARROWS = {"next": "-->", "hook": "-.->", "aside": "-.->"}
SEVERITY_STYLES = {
    "error": "fill:#fee2e2,stroke:#b91c1c,color:#7f1d1d",
    "warning": "fill:#fef3c7,stroke:#b45309,color:#78350f",
    "info": "fill:#e0f2fe,stroke:#0369a1,color:#0c4a6e",
}
ESCAPED_CHARACTERS = frozenset('"#&<>`\\;')
"""Characters that Mermaid could take for syntax: they are written as entities, which Mermaid writes with #."""


def draw(graph: Graph) -> str:
    """Returns the diagram."""
    nodes = [f"  {_node(node)}" for node in graph.nodes]
    edges = [f"  {_edge(edge)}" for edge in graph.edges]
    severities = [severity for severity in SEVERITY_STYLES if any(node.severity == severity for node in graph.nodes)]
    classes = [f"  classDef {severity} {SEVERITY_STYLES[severity]}" for severity in severities]
    return "\n".join(["flowchart TD", *nodes, *edges, *classes]) + "\n"


def _node(node: Node) -> str:
    begin, end = NODE_SHAPES[node.kind]
    lines = "<br>".join(escaped(line) for line in (node.title, node.detail, " ".join(node.codes)) if line)
    return f'{node.id}{begin}"{lines}"{end}' + (f":::{node.severity}" if node.severity else "")


def _edge(edge: Edge) -> str:
    label = f'|"{escaped(edge.label)}"|' if edge.label else ""
    return f"{edge.start} {ARROWS[edge.kind]}{label} {edge.end}"


def escaped(text: str) -> str:
    """Returns a text as it can be written within quotes."""
    return "".join(f"#{ord(one)};" if one in ESCAPED_CHARACTERS or not one.isprintable() else one for one in text) or " "
