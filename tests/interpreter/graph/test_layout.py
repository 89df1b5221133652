"""The positions of boxes and lines: no two boxes overlap, and no line crosses a box."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callverbs.interpreter.graph.layout import Layout, LayoutEdge, Point, Size, layout

BOX = Size(80, 30)
LABEL = Size(50, 16)

names = st.sampled_from([f"n{n}" for n in range(9)])
edge_lists = st.lists(st.builds(LayoutEdge, names, names, st.sampled_from([Size(0, 0), LABEL]), st.sampled_from([1.0, 4.0])), max_size=16)
sizes = st.builds(Size, st.integers(20, 300).map(float), st.integers(20, 80).map(float))


def rectangle(at: Point, size: Size) -> tuple[float, float, float, float]:
    return at.x - size.width / 2, at.y - size.height / 2, at.x + size.width / 2, at.y + size.height / 2


def overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float], slack: float = 0.01) -> bool:
    return one[0] < other[2] - slack and other[0] < one[2] - slack and one[1] < other[3] - slack and other[1] < one[3] - slack


def check(boxes: dict[str, Size], edges: list[LayoutEdge], placed: Layout) -> None:
    rectangles = [rectangle(placed.boxes[name], size) for name, size in boxes.items()]
    rectangles += [rectangle(route.label, edge.label) for edge, route in zip(edges, placed.routes, strict=True) if route.label]
    for one, other in combinations(rectangles, 2):
        assert not overlap(one, other)
    for left, top, right, bottom in rectangles:
        assert left >= -0.01
        assert top >= -0.01
        assert right <= placed.size.width + 0.01
        assert bottom <= placed.size.height + 0.01
    for edge, route in zip(edges, placed.routes, strict=True):
        for name, end in ((edge.start, route.points[0]), (edge.end, route.points[-1])):
            left, top, right, bottom = rectangle(placed.boxes[name], boxes[name])
            assert left <= end.x <= right
            assert min(abs(end.y - top), abs(end.y - bottom)) < 0.01
        assert all(-0.01 <= at.x <= placed.size.width + 0.01 and -0.01 <= at.y <= placed.size.height + 0.01 for at in route.points)
        for at, to in pairwise(route.points):
            segment = (min(at.x, to.x), min(at.y, to.y), max(at.x, to.x), max(at.y, to.y))
            assert not any(
                overlap(segment, rectangle(placed.boxes[name], size), slack=0.01) for name, size in boxes.items() if name not in edge[:2]
            )


@given(st.lists(sizes, min_size=9, max_size=9), edge_lists)
def test_boxes_and_labels_do_not_overlap(extents: list[Size], edges: list[LayoutEdge]) -> None:
    boxes = {f"n{n}": size for n, size in enumerate(extents)}
    check(boxes, edges, layout(boxes, edges))


def test_a_chain_is_straight() -> None:
    boxes = {name: Size(40 + 30 * n, 30) for n, name in enumerate("abcd")}
    edges = [LayoutEdge(one, other, LABEL if one == "b" else Size(0, 0), 4) for one, other in pairwise("abcd")]
    placed = layout(boxes, edges)
    assert len({round(at.x, 3) for at in placed.boxes.values()}) == 1
    assert [name for name, _ in sorted(placed.boxes.items(), key=lambda one: one[1].y)] == list("abcd")
    assert all(len({round(point.x, 3) for point in route.points}) == 1 for route in placed.routes)


def test_two_branches_do_not_cross() -> None:
    boxes = dict.fromkeys("abcdef", BOX)
    placed = layout(
        boxes, [LayoutEdge("a", "b"), LayoutEdge("a", "c"), LayoutEdge("b", "f"), LayoutEdge("c", "d"), LayoutEdge("d", "e")]
    ).boxes
    assert (placed["b"].x < placed["c"].x) == (placed["f"].x < placed["d"].x)


def test_a_line_back_goes_up() -> None:
    placed = layout(dict.fromkeys("ab", BOX), [LayoutEdge("a", "b"), LayoutEdge("b", "a", LABEL)])
    assert placed.boxes["a"].y < placed.boxes["b"].y
    back = placed.routes[1].points
    assert back[0].y > back[-1].y
    assert all(one.y >= other.y for one, other in pairwise(back))


@pytest.mark.parametrize("label", [Size(0, 0), LABEL])
def test_a_line_to_its_own_box(label: Size) -> None:
    placed = layout({"a": BOX, "b": BOX}, [LayoutEdge("a", "a", label), LayoutEdge("a", "b")])
    check({"a": BOX, "b": BOX}, [LayoutEdge("a", "a", label), LayoutEdge("a", "b")], placed)


def test_an_empty_graph() -> None:
    assert layout({}, []) == Layout({}, [], Size(0, 0))


def test_it_is_the_same_every_time() -> None:
    boxes, edges = dict.fromkeys("abcdef", BOX), [LayoutEdge(one, other) for one, other in combinations("abcdef", 2)]
    assert layout(boxes, edges) == layout(boxes, edges)
