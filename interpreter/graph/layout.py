"""Where boxes and lines of a picture stand: in layers from top to bottom, as Sugiyama, Tagawa and Toda have it (1981).

Circles are broken by turning an edge round; long edges get a bend in every layer that they cross; the label of an edge is a box, too, in
a layer of its own; layers are ordered so that few lines cross, and moved so that most lines are straight. It knows boxes and no verbs.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

MOST = 100_000
"""Bends of one picture: nobody would find their way, and the layout takes a second for them."""
EFFORT = 400_000
SWEEPS = 12
"""How often layers are ordered, and moved, one after the other: more changes nothing that can be seen, and large pictures get less."""
BETWEEN = 28.0
"""Room between two boxes of a layer."""
CLOSE = 14.0
"""Room beside a bend, or the label of an edge."""
LAYER = 26.0
"""Room between two layers."""
TURN = 8.0
"""Half of the way that a line goes aside before it comes back."""
FIRM = 100.0
"""How much more a box that stands well counts than one that is put straight."""
STRAIGHT = 4.0
"""How much more a line counts that goes on, compared to one that leads away."""


class TooLargeError(Exception):
    """There is more to draw than a picture can show."""


class Size(NamedTuple):
    """How large a box is."""

    width: float
    height: float


NOTHING = Size(0, 0)


class Wire(NamedTuple):
    """An edge to be drawn: from one box to another, with room for a label, and how much it matters that it is straight."""

    start: str
    end: str
    label: Size = NOTHING
    weight: float = 1.0


class Point(NamedTuple):
    """A place, in pixels from the left and from the top."""

    x: float
    y: float


class Line(NamedTuple):
    """The way of an edge, from box to box, and the middle of its label."""

    points: list[Point]
    label: Point | None


class Layout(NamedTuple):
    """The middle of every box, the way of every edge, and the size of the whole."""

    boxes: dict[str, Point]
    lines: list[Line]
    size: Size


Item = str | tuple[int, int]
"""A box, or what of an edge stands in a layer: a bend, or its label. (edge, layer)"""


def layout(boxes: Mapping[str, Size], wires: Sequence[Wire]) -> Layout:
    """Place boxes, the first of which is at the top. Raises TooLargeError."""
    turned = _circles(list(boxes), wires)
    ranks = _ranks(list(boxes), [(wire.end, wire.start) if n in turned else (wire.start, wire.end) for n, wire in enumerate(wires)])
    if sum(abs(ranks[wire.end] - ranks[wire.start]) for wire in wires) > MOST:
        raise TooLargeError(f"{len(boxes)} boxes and {len(wires)} lines are too many for a picture")
    return _Plan(boxes, wires, turned, ranks).drawn()


def _circles(boxes: Iterable[str], wires: Sequence[Wire]) -> set[int]:
    """The edges that lead back to where somebody comes from."""
    leaving: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for n, wire in enumerate(wires):
        leaving[wire.start].append((n, wire.end))
    turned, done, way = set[int](), set[str](), set[str]()
    for root in boxes:
        stack = [(root, iter(leaving[root]))] if root not in done else []
        way.update(one for one, _ in stack)
        while stack:
            box, ahead = stack[-1]
            for n, there in ahead:
                if there in way:
                    turned.add(n)
                elif there not in done:
                    way.add(there)
                    stack.append((there, iter(leaving[there])))
                    break
            else:
                stack.pop()
                way.discard(box)
                done.add(box)
    return turned


def _ranks(boxes: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    """The layer of each box: below all that lead to it, with one layer between for labels. An edge to itself needs none."""
    entering: dict[str, int] = defaultdict(int)
    leaving: dict[str, list[str]] = defaultdict(list)
    for start, end in edges:
        if start != end:
            entering[end] += 1
            leaving[start].append(end)
    ranks = dict.fromkeys(boxes, 0)
    ready = [box for box in boxes if not entering[box]]
    for box in ready:  # grows while it is read
        for there in leaving[box]:
            ranks[there] = max(ranks[there], ranks[box] + 2)
            entering[there] -= 1
            if not entering[there]:
                ready.append(there)
    return ranks


class _Plan:
    """Layers of boxes, bends and labels."""

    def __init__(self, boxes: Mapping[str, Size], wires: Sequence[Wire], turned: set[int], ranks: Mapping[str, int]) -> None:
        self.sizes: dict[Item, Size] = dict(boxes.items())
        self.wires = wires
        self.ranks: dict[Item, int] = dict(ranks.items())
        self.bands: list[tuple[float, float]] = []
        self.ways: list[list[Item]] = []
        self.layers: list[list[Item]] = [[] for _ in range(max(ranks.values(), default=0) + 2)]
        self.labels: dict[int, Item] = {}
        self.above: dict[Item, list[tuple[Item, float]]] = defaultdict(list)
        self.below: dict[Item, list[tuple[Item, float]]] = defaultdict(list)
        for box, rank in ranks.items():
            self.layers[rank].append(box)
        for n, wire in enumerate(wires):
            self._route(n, wire, n in turned, ranks)
        self.x: dict[Item, float] = {}
        self.sweeps = max(2, min(SWEEPS, EFFORT // (len(self.sizes) + 1)))

    def _route(self, n: int, wire: Wire, turned: bool, ranks: Mapping[str, int]) -> None:
        first, last = (wire.end, wire.start) if turned else (wire.start, wire.end)
        between: list[Item] = []
        for rank in range(ranks[first] + 1, max(ranks[last], ranks[first] + 2)):
            between.append((n, rank))
            self.ranks[n, rank] = rank
            self.sizes[n, rank] = NOTHING if first != last else Size(2 * TURN, 0)
            self.layers[rank].append((n, rank))
        labelled = between[-1 if turned else 0]
        if wire.label.width:
            self.sizes[labelled] = Size(max(wire.label.width, self.sizes[labelled].width), wire.label.height)
            self.labels[n] = labelled
        way = [first, *between] if first == last else [first, *between, last]
        for upper, lower in pairwise(way):
            self.below[upper].append((lower, wire.weight))
            self.above[lower].append((upper, wire.weight))
        self.ways.append((way[::-1] if turned else way) if first != last else [first, *between, first])

    def drawn(self) -> Layout:
        """The whole, placed."""
        self._order()
        self._move()
        y = self._heights()
        left = min((self.x[item] - self.sizes[item].width / 2 for item in self.x), default=0)
        middle = {item: Point(self.x[item] - left, y[item]) for item in self.x}
        width = max((point.x + self.sizes[item].width / 2 for item, point in middle.items()), default=0)
        height = max((point.y + self.sizes[item].height / 2 for item, point in middle.items()), default=0)
        boxes = {item: point for item, point in middle.items() if isinstance(item, str)}
        return Layout(boxes, self._lines(middle), Size(width, height))

    # ------------------------------------------------------------- order

    def _order(self) -> None:
        best, fewest = self._copy(), self._crossings()
        for sweep in range(self.sweeps):
            down = sweep % 2 == 0
            layers = self.layers if down else self.layers[::-1]
            for before, layer in pairwise(layers):
                self._sort(layer, {item: n for n, item in enumerate(before)}, self.above if down else self.below)
            if (crossings := self._crossings()) < fewest:
                best, fewest = self._copy(), crossings
        self.layers = best

    def _sort(self, layer: list[Item], places: Mapping[Item, int], beside: Mapping[Item, list[tuple[Item, float]]]) -> None:
        """By the middle of what an item is joined to; what is joined to nothing stays where it is."""
        wanted: dict[Item, float] = {}
        for n, item in enumerate(layer):
            joined = [(places[other], weight) for other, weight in beside[item] if other in places]
            total = sum(weight for _, weight in joined)
            wanted[item] = sum(place * weight for place, weight in joined) / total if joined else n
        layer.sort(key=wanted.__getitem__)

    def _copy(self) -> list[list[Item]]:
        return [list(layer) for layer in self.layers]

    def _crossings(self) -> int:
        total = 0
        for upper, lower in pairwise(self.layers):
            places = {item: n for n, item in enumerate(lower)}
            ends = [place for item in upper for place in sorted(places[other] for other, _ in self.below[item] if other in places)]
            total += _inversions(ends)
        return total

    # ------------------------------------------------------------- places

    def _room(self, one: Item, other: Item) -> float:
        """The least distance of the middles of two neighbours."""
        gap = BETWEEN if isinstance(one, str) and isinstance(other, str) else CLOSE
        return (self.sizes[one].width + self.sizes[other].width) / 2 + gap

    def _move(self) -> None:
        for layer in self.layers:
            self._place(layer, [0.0] * len(layer), [1.0] * len(layer))
        for sweep in range(self.sweeps):
            down = sweep % 2 == 0
            for layer in self.layers if down else self.layers[::-1]:
                joined = [(self.above if down else self.below)[item] or self.below[item] or self.above[item] for item in layer]
                weights = [sum(weight for _, weight in some) or 0.01 for some in joined]
                wanted = [
                    sum(self.x[other] * weight for other, weight in some) / total if some else self.x[item]
                    for item, some, total in zip(layer, joined, weights, strict=True)
                ]
                self._place(layer, wanted, weights)

        for layer in self.layers:
            chained = [self._chained(item) for item in layer]
            wanted = [self.x[link or item] for link, item in zip(chained, layer, strict=True)]
            self._place(layer, wanted, [1.0 if link else FIRM for link in chained])

    def _chained(self, item: Item) -> Item | None:
        """What an item hangs below, where the one has nothing else above and the other nothing else below."""
        above = self.above[item]
        return above[0][0] if len(above) == 1 and len(self.below[above[0][0]]) == 1 else None

    def _place(self, layer: Sequence[Item], wanted: Sequence[float], weights: Sequence[float]) -> None:
        """As near to where they want to be as the room between them lets them (isotonic regression: neighbours that push go together)."""
        offset, offsets = 0.0, list[float]()
        for n, item in enumerate(layer):
            offset += self._room(layer[n - 1], item) if n else 0.0
            offsets.append(offset)
        blocks: list[tuple[float, float, int]] = []  # middle, weight, how many
        for goal, weight, shift in zip(wanted, weights, offsets, strict=True):
            blocks.append((goal - shift, weight, 1))
            while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
                (a, of_a, many_a), (b, of_b, many_b) = blocks[-2:]
                blocks[-2:] = [((a * of_a + b * of_b) / (of_a + of_b), of_a + of_b, many_a + many_b)]
        placed = [middle for middle, _, many in blocks for _ in range(many)]
        for item, middle, shift in zip(layer, placed, offsets, strict=True):
            self.x[item] = middle + shift

    def _heights(self) -> dict[Item, float]:
        y, found = 0.0, dict[Item, float]()
        for layer in self.layers:
            tallest = max((self.sizes[item].height for item in layer), default=0.0)
            found.update(dict.fromkeys(layer, y + tallest / 2))
            self.bands.append((y, y + tallest))
            y += tallest + LAYER
        return found

    # ------------------------------------------------------------- lines

    def _lines(self, middle: Mapping[Item, Point]) -> list[Line]:
        """Between two layers a line goes where it has to; within a layer it goes straight, so that it meets no box."""
        leaving: dict[Item, list[tuple[float, int, bool]]] = defaultdict(list)
        for n, way in enumerate(self.ways):
            leaving[way[0]].append((middle[way[1]].x, n, True))
            leaving[way[-1]].append((middle[way[-2]].x, n, False))
        ends: dict[tuple[int, bool], list[Point]] = {}
        for box, lines in leaving.items():
            for is_below in (True, False):
                self._ports(box, [one for one in sorted(lines) if self._is_below(box, one, middle) == is_below], is_below, middle, ends)
        found = []
        for n, way in enumerate(self.ways):
            between = [point for item in way[1:-1] for point in self._through(n, item, middle)]
            label = middle[self.labels[n]] if n in self.labels else None
            found.append(Line([*ends[n, True], *between, *reversed(ends[n, False])], label))
        return found

    def _is_below(self, box: Item, line: tuple[float, int, bool], middle: Mapping[Item, Point]) -> bool:
        _, n, leaves = line
        way = self.ways[n]
        return middle[way[1] if leaves else way[-2]].y > middle[box].y

    def _ports(
        self,
        box: Item,
        lines: Sequence[tuple[float, int, bool]],
        is_below: bool,
        middle: Mapping[Item, Point],
        ends: dict[tuple[int, bool], list[Point]],
    ) -> None:
        """Where lines touch a box: side by side around its middle, in the order in which they come."""
        size, at = self.sizes[box], middle[box]
        step = min(24.0, size.width * 0.7 / max(len(lines), 1))
        edge = self.bands[self.ranks[box]][is_below]
        for place, (_, n, leaves) in enumerate(lines):
            x = at.x + (place - (len(lines) - 1) / 2) * step
            ends[n, leaves] = [Point(x, at.y + (size.height if is_below else -size.height) / 2), Point(x, edge)]

    def _through(self, n: int, item: Item, middle: Mapping[Item, Point]) -> list[Point]:
        """Straight through the layer; a line that comes back to where it began turns round in it."""
        way, at = self.ways[n], middle[item]
        if way[0] == way[-1]:
            return [Point(at.x + TURN, at.y), Point(at.x - TURN, at.y)]
        top, bottom = (Point(at.x, y) for y in self.bands[self.ranks[item]])
        return [top, bottom] if middle[way[0]].y < middle[way[-1]].y else [bottom, top]


def _inversions(numbers: list[int]) -> int:
    """How many pairs are in the wrong order: how many lines cross."""
    if len(numbers) < 2:
        return 0
    half = len(numbers) // 2
    left, right = numbers[:half], numbers[half:]
    total = _inversions(left) + _inversions(right)
    left.sort()
    right.sort()
    n = 0
    for number in right:
        while n < len(left) and left[n] <= number:
            n += 1
        total += len(left) - n
    return total
