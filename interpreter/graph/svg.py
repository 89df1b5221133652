"""A flow as SVG: without a script, without external resources, and the same every time."""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from callverbs.interpreter.graph.flow import Edge, Graph, Node
from callverbs.interpreter.graph.layout import STRAIGHT_WEIGHT, LayoutEdge, Point, Route, Size, layout
from callverbs.interpreter.text.visible import visible, width

MARGIN_PIXELS = 24.0
PADDING_PIXELS = 16.0
TITLE_PIXELS, DETAIL_PIXELS, LABEL_PIXELS, CODE_PIXELS = 15.0, 12.5, 11.5, 10.5
"""Font sizes, as in STYLE."""
CHARACTER_WIDTH = 0.6
"""Width of a character as a share of its font size: a little more than in the widest of the fonts."""
LINE_HEIGHT = 1.4
"""Height of a row as a share of its font size."""
BOX_MIN_PIXELS = 72.0
"""Width of the narrowest box."""
SEVERITY_COLOURS = {
    "error": ("#fef2f2", "#dc2626"),
    "warning": ("#fffbeb", "#d97706"),
    "info": ("#f0f9ff", "#0284c7"),
}
"""The colours of a box's background and border, by its worst finding."""
NODE_COLOURS = {
    "start": ("#1e293b", "#1e293b"),
    "verb": ("#ffffff", "#94a3b8"),
    "last": ("#f1f5f9", "#475569"),
    "application": ("#faf5ff", "#a78bfa"),
    "end": ("#f1f5f9", "#94a3b8"),
}
"""The same of a box without findings, by the kind of its node."""
EDGE_DASHES = {"next": "", "hook": "6 4", "aside": "2 4"}
STYLE = """
    text { font-family: ui-sans-serif, system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #0f172a; text-anchor: middle; }
    .title { font-size: 15px; font-weight: 600; }
    .detail { font-size: 12.5px; fill: #475569; }
    .label { font-size: 11.5px; fill: #475569; }
    .code { font-size: 10.5px; font-weight: 600; }
    .line { fill: none; stroke: #64748b; stroke-width: 1.4; marker-end: url(#tip); }
    .on-dark { fill: #f8fafc; }
"""
ARROW_MARKER = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0.5 L7.5 4 L0 7.5 z" fill="#64748b"/></marker></defs>'
)


def draw(graph: Graph) -> str:
    """Returns the picture. Raises TooLargeError."""
    layout_edges = [
        LayoutEdge(edge.start, edge.end, _label_size(edge), STRAIGHT_WEIGHT if edge.kind == "next" else 1.0) for edge in graph.edges
    ]
    placed = layout({node.id: _size(node) for node in graph.nodes}, layout_edges)
    total_width, total_height = (f"{extent + 2 * MARGIN_PIXELS:g}" for extent in (round(placed.size.width), round(placed.size.height)))
    body = [
        *(part for edge, route in zip(graph.edges, placed.routes, strict=True) for part in _line(edge, route)),
        *(part for node in graph.nodes for part in _box(node, placed.boxes[node.id])),
    ]
    size = f'width="{total_width}" height="{total_height}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total_width} {total_height}" {size} role="img">',
            f"  <title>{_escaped(graph.name)}</title>",
            f"  <style>{STYLE}  </style>",
            f"  {ARROW_MARKER}",
            '  <rect width="100%" height="100%" fill="#ffffff"/>',
            f'  <g transform="translate({MARGIN_PIXELS:g} {MARGIN_PIXELS:g})">',
            *(f"    {part}" for part in body),
            "  </g>",
            "</svg>\n",
        ]
    )


def _rows(node: Node) -> list[tuple[str, str, float]]:
    """Returns the rows of a box: the CSS class, the text, and the font size."""
    rows = [("title", node.title, TITLE_PIXELS), ("detail", node.detail, DETAIL_PIXELS), ("code", "  ".join(node.codes), CODE_PIXELS)]
    return [row for row in rows if row[1]]


def _size(node: Node) -> Size:
    rows = _rows(node)
    widest = max(_text_width(text, size) for _, text, size in rows)
    return Size(max(widest + 2 * PADDING_PIXELS, BOX_MIN_PIXELS), sum(size * LINE_HEIGHT for *_, size in rows) + PADDING_PIXELS)


def _label_size(edge: Edge) -> Size:
    return Size(_text_width(edge.label, LABEL_PIXELS) + 8, LABEL_PIXELS * LINE_HEIGHT + 2) if edge.label else Size(0, 0)


def _text_width(text: str, font_size: float) -> float:
    return width(text) * font_size * CHARACTER_WIDTH


def _box(node: Node, center: Point) -> Iterator[str]:
    size = _size(node)
    fill, border = SEVERITY_COLOURS[node.severity] if node.severity else NODE_COLOURS[node.kind]
    radius = size.height / 2 if node.kind in ("start", "end", "application") else 8
    frame = _rectangle(center, size)
    dashes = ' stroke-dasharray="5 4"' if node.kind == "application" else ""
    border_width = 2.4 if node.kind == "last" else 1.4
    yield f'<g id="{node.id}">'
    if node.findings:
        tooltip = "\n".join(f"{finding.severity} {finding.code} {finding.message}" for finding in node.findings)
        yield f"  <title>{_escaped(tooltip)}</title>"
    yield f'  <rect {frame} rx="{_number(radius)}" fill="{fill}" stroke="{border}" stroke-width="{border_width}"{dashes}/>'
    rows = _rows(node)
    y = center.y - sum(font_size * LINE_HEIGHT for *_, font_size in rows) / 2
    for css_class, text, font_size in rows:
        style = " on-dark" if fill == NODE_COLOURS["start"][0] else ""
        colour = f' style="fill: {border}"' if css_class == "code" else ""
        position = f'x="{_number(center.x)}" y="{_number(y + font_size * 1.05)}"'
        yield f'  <text class="{css_class}{style}"{colour} {position}>{_escaped(text)}</text>'
        y += font_size * LINE_HEIGHT
    yield "</g>"


def _line(edge: Edge, route: Route) -> Iterator[str]:
    dashes = f' stroke-dasharray="{EDGE_DASHES[edge.kind]}"' if EDGE_DASHES[edge.kind] else ""
    yield f'<path class="line" d="{_curve(route.points)}"{dashes}/>'
    if route.label:
        yield f'<rect {_rectangle(route.label, _label_size(edge))} rx="4" fill="#ffffff"/>'
        position = f'x="{_number(route.label.x)}" y="{_number(route.label.y + LABEL_PIXELS * 0.35)}"'
        yield f'<text class="label" {position}>{_escaped(edge.label)}</text>'


def _rectangle(center: Point, size: Size) -> str:
    x, y = center.x - size.width / 2, center.y - size.height / 2
    return f'x="{_number(x)}" y="{_number(y)}" width="{_number(size.width)}" height="{_number(size.height)}"'


def _curve(points: Sequence[Point]) -> str:
    """Returns the SVG path of a line that is vertical at both ends and at every bend."""
    first, *rest = (Point(round(x, 1), round(y, 1)) for x, y in points)
    path, last = [f"M{_pair(first.x, first.y)}"], first
    for point in rest:
        if point == last:
            continue
        if point.x == last.x or point.y == last.y:
            path.append(f"L{_pair(point.x, point.y)}")
        else:
            half = (point.y - last.y) / 2
            path.append(f"C{_pair(last.x, last.y + half)} {_pair(point.x, point.y - half)} {_pair(point.x, point.y)}")
        last = point
    return " ".join(path)


def _pair(x: float, y: float) -> str:
    return f"{_number(x)} {_number(y)}"


def _number(number: float) -> str:
    return f"{round(number, 1):g}"


def _escaped(text: str) -> str:
    return escape(visible(text, "\n").replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd"))
