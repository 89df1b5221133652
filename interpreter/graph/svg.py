"""A flow as a picture: SVG without a script, without anything from elsewhere, and the same every time."""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from interpreter.graph.flow import Edge, Graph, Node
from interpreter.graph.layout import STRAIGHT, Line, Point, Size, Wire, layout
from interpreter.lint.formats._visible import visible, width

MARGIN = 24.0
PADDING = 16.0
TITLE, DETAIL, LABEL, CODE = 15.0, 12.5, 11.5, 10.5
"""Sizes of letters, in pixels."""
LETTER = 0.6
"""How wide a letter is, of its size: a little more than in the widest of the fonts."""
ROW = 1.4
"""How high a row is, of the size of its letters."""
PAINT = {
    "error": ("#fef2f2", "#dc2626"),
    "warning": ("#fffbeb", "#d97706"),
    "info": ("#f0f9ff", "#0284c7"),
}
"""What a box is filled with, and the colour of its border, by its worst finding."""
PLAIN = {
    "start": ("#1e293b", "#1e293b"),
    "verb": ("#ffffff", "#94a3b8"),
    "last": ("#f1f5f9", "#475569"),
    "application": ("#faf5ff", "#a78bfa"),
    "end": ("#f1f5f9", "#94a3b8"),
}
DASHES = {"next": "", "hook": "6 4", "aside": "2 4"}
STYLE = """
    text { font-family: ui-sans-serif, system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #0f172a; text-anchor: middle; }
    .title { font-size: 15px; font-weight: 600; }
    .detail { font-size: 12.5px; fill: #475569; }
    .label { font-size: 11.5px; fill: #475569; }
    .code { font-size: 10.5px; font-weight: 600; }
    .line { fill: none; stroke: #64748b; stroke-width: 1.4; marker-end: url(#tip); }
    .on-dark { fill: #f8fafc; }
"""
HEAD = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0.5 L7.5 4 L0 7.5 z" fill="#64748b"/></marker></defs>'
)


def draw(graph: Graph) -> str:
    """The whole picture."""
    wires = [Wire(edge.start, edge.end, _label(edge), STRAIGHT if edge.kind == "next" else 1.0) for edge in graph.edges]
    placed = layout({node.id: _size(node) for node in graph.nodes}, wires)
    wide, high = (f"{extent + 2 * MARGIN:g}" for extent in (round(placed.size.width), round(placed.size.height)))
    body = [
        *(part for edge, line in zip(graph.edges, placed.lines, strict=True) for part in _line(edge, line)),
        *(part for node in graph.nodes for part in _box(node, placed.boxes[node.id])),
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" role="img">',
            f"  <title>{_text(graph.name)}</title>",
            f"  <style>{STYLE}  </style>",
            f"  {HEAD}",
            '  <rect width="100%" height="100%" fill="#ffffff"/>',
            f'  <g transform="translate({MARGIN:g} {MARGIN:g})">',
            *(f"    {part}" for part in body),
            "  </g>",
            "</svg>\n",
        ]
    )


def _rows(node: Node) -> list[tuple[str, str, float]]:
    """What is written in a box: the class of the text, the text, and the size of its letters."""
    rows = [("title", node.title, TITLE), ("detail", node.detail, DETAIL), ("code", "  ".join(node.codes), CODE)]
    return [row for row in rows if row[1]]


def _size(node: Node) -> Size:
    rows = _rows(node)
    widest = max(_wide(text, size) for _, text, size in rows)
    return Size(max(widest + 2 * PADDING, 72.0), sum(size * ROW for *_, size in rows) + PADDING)


def _label(edge: Edge) -> Size:
    return Size(_wide(edge.label, LABEL) + 8, LABEL * ROW + 2) if edge.label else Size(0, 0)


def _wide(text: str, size: float) -> float:
    return width(text) * size * LETTER


def _box(node: Node, at: Point) -> Iterator[str]:
    size = _size(node)
    fill, border = PAINT[node.severity] if node.severity else PLAIN[node.kind]
    radius = size.height / 2 if node.kind in ("start", "end", "application") else 8
    frame = f'x="{_n(at.x - size.width / 2)}" y="{_n(at.y - size.height / 2)}" width="{_n(size.width)}" height="{_n(size.height)}"'
    dashes = ' stroke-dasharray="5 4"' if node.kind == "application" else ""
    heavy = 2.4 if node.kind == "last" else 1.4
    yield f'<g id="{node.id}">'
    if node.findings:
        said = "\n".join(f"{finding.severity} {finding.code} {finding.message}" for finding in node.findings)
        yield f"  <title>{_text(said)}</title>"
    yield f'  <rect {frame} rx="{_n(radius)}" fill="{fill}" stroke="{border}" stroke-width="{heavy}"{dashes}/>'
    rows = _rows(node)
    y = at.y - sum(letters * ROW for *_, letters in rows) / 2
    for name, text, letters in rows:
        style = " on-dark" if fill == PLAIN["start"][0] else ""
        colour = f' style="fill: {border}"' if name == "code" else ""
        yield f'  <text class="{name}{style}"{colour} x="{_n(at.x)}" y="{_n(y + letters * 1.05)}">{_text(text)}</text>'
        y += letters * ROW
    yield "</g>"


def _line(edge: Edge, line: Line) -> Iterator[str]:
    dashes = f' stroke-dasharray="{DASHES[edge.kind]}"' if DASHES[edge.kind] else ""
    yield f'<path class="line" d="{_curve(line.points)}"{dashes}/>'
    if line.label:
        size = _label(edge)
        x, y = line.label.x - size.width / 2, line.label.y - size.height / 2
        yield f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(size.width)}" height="{_n(size.height)}" rx="4" fill="#ffffff"/>'
        yield f'<text class="label" x="{_n(line.label.x)}" y="{_n(line.label.y + LABEL * 0.35)}">{_text(edge.label)}</text>'


def _curve(points: Sequence[Point]) -> str:
    """A line that leaves and arrives upright, and is upright at every bend."""
    first, *rest = (Point(round(x, 1), round(y, 1)) for x, y in points)
    drawn, last = [f"M{_n(first.x)} {_n(first.y)}"], first
    for point in rest:
        if point == last:
            continue
        if point.x == last.x or point.y == last.y:
            drawn.append(f"L{_n(point.x)} {_n(point.y)}")
            last = point
            continue
        half = (point.y - last.y) / 2
        drawn.append(f"C{_n(last.x)} {_n(last.y + half)} {_n(point.x)} {_n(point.y - half)} {_n(point.x)} {_n(point.y)}")
        last = point
    return " ".join(drawn)


def _n(number: float) -> str:
    return f"{round(number, 1):g}"


def _text(text: str) -> str:
    return escape(visible(text, "\n").replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd"))
