"""Where boxes and lines stand: no two boxes on top of each other, and no line through a box."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.graph.layout import Layout, Point, Size, Wire, layout

BOX = Size(80, 30)
LABEL = Size(50, 16)

names = st.sampled_from([f"n{n}" for n in range(9)])
some_wires = st.lists(st.builds(Wire, names, names, st.sampled_from([Size(0, 0), LABEL]), st.sampled_from([1.0, 4.0])), max_size=16)
sizes = st.builds(Size, st.integers(20, 300).map(float), st.integers(20, 80).map(float))


def rectangle(at: Point, size: Size) -> tuple[float, float, float, float]:
    return at.x - size.width / 2, at.y - size.height / 2, at.x + size.width / 2, at.y + size.height / 2


def meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float], slack: float = 0.01) -> bool:
    return one[0] < other[2] - slack and other[0] < one[2] - slack and one[1] < other[3] - slack and other[1] < one[3] - slack


def check(boxes: dict[str, Size], wires: list[Wire], placed: Layout) -> None:
    rectangles = [rectangle(placed.boxes[name], size) for name, size in boxes.items()]
    rectangles += [rectangle(line.label, wire.label) for wire, line in zip(wires, placed.lines, strict=True) if line.label]
    for one, other in combinations(rectangles, 2):
        assert not meet(one, other)
    for left, top, right, bottom in rectangles:
        assert left >= -0.01
        assert top >= -0.01
        assert right <= placed.size.width + 0.01
        assert bottom <= placed.size.height + 0.01
    for wire, line in zip(wires, placed.lines, strict=True):
        for name, end in ((wire.start, line.points[0]), (wire.end, line.points[-1])):
            left, top, right, bottom = rectangle(placed.boxes[name], boxes[name])
            assert left <= end.x <= right
            assert min(abs(end.y - top), abs(end.y - bottom)) < 0.01
        assert all(-0.01 <= at.x <= placed.size.width + 0.01 and -0.01 <= at.y <= placed.size.height + 0.01 for at in line.points)
        for at, to in pairwise(line.points):
            way = (min(at.x, to.x), min(at.y, to.y), max(at.x, to.x), max(at.y, to.y))
            assert not any(
                meet(way, rectangle(placed.boxes[name], size), slack=0.01) for name, size in boxes.items() if name not in wire[:2]
            )


@given(st.lists(sizes, min_size=9, max_size=9), some_wires)
def test_nothing_is_on_top_of_anything(extents: list[Size], wires: list[Wire]) -> None:
    boxes = {f"n{n}": size for n, size in enumerate(extents)}
    check(boxes, wires, layout(boxes, wires))


def test_a_chain_is_straight() -> None:
    boxes = {name: Size(40 + 30 * n, 30) for n, name in enumerate("abcd")}
    wires = [Wire(one, other, LABEL if one == "b" else Size(0, 0), 4) for one, other in pairwise("abcd")]
    placed = layout(boxes, wires)
    assert len({round(at.x, 3) for at in placed.boxes.values()}) == 1
    assert [name for name, _ in sorted(placed.boxes.items(), key=lambda one: one[1].y)] == list("abcd")
    assert all(len({round(point.x, 3) for point in line.points}) == 1 for line in placed.lines)


def test_two_ways_do_not_cross() -> None:
    boxes = dict.fromkeys("abcdef", BOX)
    placed = layout(boxes, [Wire("a", "b"), Wire("a", "c"), Wire("b", "f"), Wire("c", "d"), Wire("d", "e")]).boxes
    assert (placed["b"].x < placed["c"].x) == (placed["f"].x < placed["d"].x)


def test_a_way_back_goes_up() -> None:
    placed = layout(dict.fromkeys("ab", BOX), [Wire("a", "b"), Wire("b", "a", LABEL)])
    assert placed.boxes["a"].y < placed.boxes["b"].y
    back = placed.lines[1].points
    assert back[0].y > back[-1].y
    assert all(one.y >= other.y for one, other in pairwise(back))


@pytest.mark.parametrize("label", [Size(0, 0), LABEL])
def test_a_way_to_itself(label: Size) -> None:
    placed = layout({"a": BOX, "b": BOX}, [Wire("a", "a", label), Wire("a", "b")])
    check({"a": BOX, "b": BOX}, [Wire("a", "a", label), Wire("a", "b")], placed)


def test_nothing() -> None:
    assert layout({}, []) == Layout({}, [], Size(0, 0))


def test_it_is_the_same_every_time() -> None:
    boxes, wires = dict.fromkeys("abcdef", BOX), [Wire(one, other) for one, other in combinations("abcdef", 2)]
    assert layout(boxes, wires) == layout(boxes, wires)
