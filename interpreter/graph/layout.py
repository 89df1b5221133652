"""The layout of a picture: boxes and lines in layers from top to bottom, by the algorithm of Sugiyama, Tagawa and Toda (1981).

Cycles are broken by reversing edges; long edges get a bend in every layer that they cross; the label of an edge is a box, too, in
a layer of its own; layers are ordered so that few lines cross, and moved so that most lines are straight. It knows boxes and no verbs.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from callverbs.interpreter.graph.ranks import back_edges, rank_boxes

MAX_BENDS = 20_000
"""Bends of one picture: nobody can read more, and their layout takes two seconds."""
MAX_SWEEPS = 12
"""Times that layers are ordered, and moved: more sweeps change nothing visible."""
SWEEP_BUDGET = 400_000
"""Sweeps times boxes and bends, so that large pictures get fewer sweeps."""
BOX_GAP = 28.0
"""Pixels between two boxes of a layer."""
BEND_GAP = 14.0
"""Pixels beside a bend, or the label of an edge."""
LAYER_GAP = 26.0
"""Pixels between two layers."""
PORT_GAP = 24.0
"""Pixels between two lines at a box, at the most."""
PORTS_SHARE = 0.7
"""Share of a box's width that its lines may take."""
LOOP_HALF_WIDTH = 8.0
"""Half of the width of a line that returns to its box, in pixels."""
KEPT_POSITION_WEIGHT = 100.0
"""Weight of an item that keeps its position, compared to one that is aligned with the item above."""
STRAIGHT_WEIGHT = 4.0
"""Weight of an edge to the next verb, compared to an edge that leads away."""


class TooLargeError(Exception):
    """The graph has more edges than a picture can show."""


class Size(NamedTuple):
    """The size of a box, in pixels."""

    width: float
    height: float


NO_SIZE = Size(0, 0)


class LayoutEdge(NamedTuple):
    """An edge from one box to another, the size of its label, and the weight of its straightness."""

    start: str
    end: str
    label: Size = NO_SIZE
    weight: float = 1.0


class Point(NamedTuple):
    """A position, in pixels from the left and from the top."""

    x: float
    y: float


class Route(NamedTuple):
    """The points of an edge, from box to box, and the center of its label."""

    points: list[Point]
    label: Point | None


class Layout(NamedTuple):
    """The center of every box, the route of every edge, and the size of the whole."""

    boxes: dict[str, Point]
    routes: list[Route]
    size: Size


LayerItem = str | tuple[int, int]
"""A box; or the part of an edge in a layer, a bend or its label, as (edge, layer)."""


def layout(boxes: Mapping[str, Size], edges: Sequence[LayoutEdge]) -> Layout:
    """Places boxes, the first of which is at the top, and routes edges. Raises TooLargeError."""
    reversed_edges = back_edges(list(boxes), [(edge.start, edge.end) for edge in edges])
    directed = [(edge.end, edge.start) if n in reversed_edges else (edge.start, edge.end) for n, edge in enumerate(edges)]
    ranks = rank_boxes(list(boxes), directed)
    if sum(abs(ranks[edge.end] - ranks[edge.start]) for edge in edges) > MAX_BENDS:
        raise TooLargeError(f"{len(boxes)} boxes and {len(edges)} lines are too many for a picture")
    return _LayeredGraph(boxes, edges, reversed_edges, ranks).place()


class _LayeredGraph:
    """A graph in layers of boxes, bends and labels."""

    def __init__(self, boxes: Mapping[str, Size], edges: Sequence[LayoutEdge], reversed_edges: set[int], ranks: Mapping[str, int]) -> None:
        self.sizes: dict[LayerItem, Size] = dict(boxes.items())
        self.ranks: dict[LayerItem, int] = dict(ranks.items())
        self.layer_bounds: list[tuple[float, float]] = []
        self.chains: list[list[LayerItem]] = []
        self.layers: list[list[LayerItem]] = [[] for _ in range(max(ranks.values(), default=0) + 2)]
        self.labels: dict[int, LayerItem] = {}
        self.above: dict[LayerItem, list[tuple[LayerItem, float]]] = defaultdict(list)
        self.below: dict[LayerItem, list[tuple[LayerItem, float]]] = defaultdict(list)
        for box, rank in ranks.items():
            self.layers[rank].append(box)
        for n, edge in enumerate(edges):
            self._add_chain(n, edge, n in reversed_edges, ranks)
        self.x: dict[LayerItem, float] = {}
        self.sweeps = max(2, min(MAX_SWEEPS, SWEEP_BUDGET // (len(self.sizes) + 1)))

    def _add_chain(self, n: int, edge: LayoutEdge, is_reversed: bool, ranks: Mapping[str, int]) -> None:
        """Adds the bends and the label of an edge. Its chain is the items from one box to the other."""
        first, last = (edge.end, edge.start) if is_reversed else (edge.start, edge.end)
        between: list[LayerItem] = []
        for rank in range(ranks[first] + 1, max(ranks[last], ranks[first] + 2)):
            between.append((n, rank))
            self.ranks[n, rank] = rank
            self.sizes[n, rank] = NO_SIZE if first != last else Size(2 * LOOP_HALF_WIDTH, 0)
            self.layers[rank].append((n, rank))
        labelled = between[-1 if is_reversed else 0]
        if edge.label.width:
            self.sizes[labelled] = Size(max(edge.label.width, self.sizes[labelled].width), edge.label.height)
            self.labels[n] = labelled
        chain = [first, *between] if first == last else [first, *between, last]
        for upper, lower in pairwise(chain):
            self.below[upper].append((lower, edge.weight))
            self.above[lower].append((upper, edge.weight))
        self.chains.append((chain[::-1] if is_reversed else chain) if first != last else [first, *between, first])

    def place(self) -> Layout:
        """Returns the layout of the graph."""
        self._order_layers()
        self._assign_x()
        y = self._assign_y()
        left = min((self.x[item] - self.sizes[item].width / 2 for item in self.x), default=0)
        centers = {item: Point(self.x[item] - left, y[item]) for item in self.x}
        width = max((point.x + self.sizes[item].width / 2 for item, point in centers.items()), default=0)
        height = max((point.y + self.sizes[item].height / 2 for item, point in centers.items()), default=0)
        boxes = {item: point for item, point in centers.items() if isinstance(item, str)}
        return Layout(boxes, self._routes(centers), Size(width, height))

    # ------------------------------------------------------------- order

    def _order_layers(self) -> None:
        """Sorts the layers downwards and upwards in turn, and keeps the order with the fewest crossings."""
        best, fewest = self._copy_layers(), self._count_crossings()
        for sweep in range(self.sweeps):
            down = sweep % 2 == 0
            layers = self.layers if down else self.layers[::-1]
            for before, layer in pairwise(layers):
                self._sort_layer(layer, {item: n for n, item in enumerate(before)}, self.above if down else self.below)
            if (crossings := self._count_crossings()) < fewest:
                best, fewest = self._copy_layers(), crossings
        self.layers = best

    def _sort_layer(
        self, layer: list[LayerItem], positions: Mapping[LayerItem, int], links: Mapping[LayerItem, list[tuple[LayerItem, float]]]
    ) -> None:
        """Sorts a layer by the mean position of each item's neighbours; an item without neighbours keeps its position."""
        targets: dict[LayerItem, float] = {}
        for n, item in enumerate(layer):
            neighbours = [(positions[other], weight) for other, weight in links[item] if other in positions]
            total = sum(weight for _, weight in neighbours)
            targets[item] = sum(position * weight for position, weight in neighbours) / total if neighbours else n
        layer.sort(key=targets.__getitem__)

    def _copy_layers(self) -> list[list[LayerItem]]:
        return [list(layer) for layer in self.layers]

    def _count_crossings(self) -> int:
        total = 0
        for upper, lower in pairwise(self.layers):
            positions = {item: n for n, item in enumerate(lower)}
            ends = [
                position for item in upper for position in sorted(positions[other] for other, _ in self.below[item] if other in positions)
            ]
            total += _count_inversions(ends)
        return total

    # ------------------------------------------------------------- positions

    def _min_distance(self, one: LayerItem, other: LayerItem) -> float:
        """Returns the least distance of the centers of two neighbours in a layer."""
        gap = BOX_GAP if isinstance(one, str) and isinstance(other, str) else BEND_GAP
        return (self.sizes[one].width + self.sizes[other].width) / 2 + gap

    def _assign_x(self) -> None:
        """Moves items to the mean of their neighbours, downwards and upwards in turn; at last below the item they are aligned with."""
        for layer in self.layers:
            self._place_layer(layer, [0.0] * len(layer), [1.0] * len(layer))
        for sweep in range(self.sweeps):
            down = sweep % 2 == 0
            for layer in self.layers if down else self.layers[::-1]:
                neighbours = [(self.above if down else self.below)[item] or self.below[item] or self.above[item] for item in layer]
                weights = [sum(weight for _, weight in some) or 0.01 for some in neighbours]
                targets = [
                    sum(self.x[other] * weight for other, weight in some) / total if some else self.x[item]
                    for item, some, total in zip(layer, neighbours, weights, strict=True)
                ]
                self._place_layer(layer, targets, weights)

        for layer in self.layers:
            aligned = [self._aligned_with(item) for item in layer]
            targets = [self.x[upper or item] for upper, item in zip(aligned, layer, strict=True)]
            self._place_layer(layer, targets, [1.0 if upper else KEPT_POSITION_WEIGHT for upper in aligned])

    def _aligned_with(self, item: LayerItem) -> LayerItem | None:
        """Returns the item above, where neither has another neighbour on that side; None otherwise."""
        above = self.above[item]
        return above[0][0] if len(above) == 1 and len(self.below[above[0][0]]) == 1 else None

    def _place_layer(self, layer: Sequence[LayerItem], targets: Sequence[float], weights: Sequence[float]) -> None:
        """Places items as near to their targets as the gaps between them allow (isotonic regression: items that overlap move together)."""
        offset, offsets = 0.0, list[float]()
        for n, item in enumerate(layer):
            offset += self._min_distance(layer[n - 1], item) if n else 0.0
            offsets.append(offset)
        blocks: list[tuple[float, float, int]] = []  # center, weight, number of items
        for target, weight, shift in zip(targets, weights, offsets, strict=True):
            blocks.append((target - shift, weight, 1))
            while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
                (a, weight_a, count_a), (b, weight_b, count_b) = blocks[-2:]
                total = weight_a + weight_b
                blocks[-2:] = [((a * weight_a + b * weight_b) / total, total, count_a + count_b)]
        block_centers = [center for center, _, count in blocks for _ in range(count)]
        for item, center, shift in zip(layer, block_centers, offsets, strict=True):
            self.x[item] = center + shift

    def _assign_y(self) -> dict[LayerItem, float]:
        """Returns the y of every item, and notes the upper and lower bounds of every layer."""
        y, found = 0.0, dict[LayerItem, float]()
        for layer in self.layers:
            tallest = max((self.sizes[item].height for item in layer), default=0.0)
            found.update(dict.fromkeys(layer, y + tallest / 2))
            self.layer_bounds.append((y, y + tallest))
            y += tallest + LAYER_GAP
        return found

    # ------------------------------------------------------------- lines

    def _routes(self, centers: Mapping[LayerItem, Point]) -> list[Route]:
        """Returns the route of every edge: free between two layers, and vertical within a layer, so that it crosses no box."""
        outgoing: dict[LayerItem, list[tuple[float, int, bool]]] = defaultdict(list)
        for n, chain in enumerate(self.chains):
            outgoing[chain[0]].append((centers[chain[1]].x, n, True))
            outgoing[chain[-1]].append((centers[chain[-2]].x, n, False))
        ends: dict[tuple[int, bool], list[Point]] = {}
        for box, lines in outgoing.items():
            for is_below in (True, False):
                self._add_ports(
                    box, [one for one in sorted(lines) if self._is_below(box, one, centers) == is_below], is_below, centers, ends
                )
        found = []
        for n, chain in enumerate(self.chains):
            between = [point for item in chain[1:-1] for point in self._layer_points(n, item, centers)]
            label = centers[self.labels[n]] if n in self.labels else None
            found.append(Route([*ends[n, True], *between, *reversed(ends[n, False])], label))
        return found

    def _is_below(self, box: LayerItem, line: tuple[float, int, bool], centers: Mapping[LayerItem, Point]) -> bool:
        _, n, leaves = line
        chain = self.chains[n]
        return centers[chain[1] if leaves else chain[-2]].y > centers[box].y

    def _add_ports(
        self,
        box: LayerItem,
        lines: Sequence[tuple[float, int, bool]],
        is_below: bool,
        centers: Mapping[LayerItem, Point],
        ends: dict[tuple[int, bool], list[Point]],
    ) -> None:
        """Adds the points at which lines touch a box: side by side around its center, in their order."""
        size, center = self.sizes[box], centers[box]
        step = min(PORT_GAP, size.width * PORTS_SHARE / max(len(lines), 1))
        bound = self.layer_bounds[self.ranks[box]][is_below]
        for index, (_, n, leaves) in enumerate(lines):
            x = center.x + (index - (len(lines) - 1) / 2) * step
            ends[n, leaves] = [Point(x, center.y + (size.height if is_below else -size.height) / 2), Point(x, bound)]

    def _layer_points(self, n: int, item: LayerItem, centers: Mapping[LayerItem, Point]) -> list[Point]:
        """Returns the points of an edge in a layer: straight through it; an edge to its own box turns round in it."""
        chain, center = self.chains[n], centers[item]
        if chain[0] == chain[-1]:
            return [Point(center.x + LOOP_HALF_WIDTH, center.y), Point(center.x - LOOP_HALF_WIDTH, center.y)]
        top, bottom = (Point(center.x, y) for y in self.layer_bounds[self.ranks[item]])
        return [top, bottom] if centers[chain[0]].y < centers[chain[-1]].y else [bottom, top]


def _count_inversions(numbers: list[int]) -> int:
    """Returns how many pairs are in the wrong order, which is how many lines cross."""
    if len(numbers) < 2:
        return 0
    half = len(numbers) // 2
    left, right = numbers[:half], numbers[half:]
    total = _count_inversions(left) + _count_inversions(right)
    left.sort()
    right.sort()
    n = 0
    for number in right:
        while n < len(left) and left[n] <= number:
            n += 1
        total += len(left) - n
    return total
