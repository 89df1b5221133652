"""The layers of boxes: which edges have to be reversed so that there is no cycle, and which boxes are below which.

It knows neither sizes nor positions.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence


def back_edges(boxes: Iterable[str], edges: Sequence[tuple[str, str]]) -> set[int]:
    """Returns the indexes of the edges that close a cycle, by a depth-first search."""
    outgoing: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for n, (start, end) in enumerate(edges):
        outgoing[start].append((n, end))
    found, finished, on_path = set[int](), set[str](), set[str]()
    for root in boxes:
        stack = [(root, iter(outgoing[root]))] if root not in finished else []
        on_path.update(box for box, _ in stack)
        while stack:
            box, remaining = stack[-1]
            for n, end in remaining:
                if end in on_path:
                    found.add(n)
                elif end not in finished:
                    on_path.add(end)
                    stack.append((end, iter(outgoing[end])))
                    break
            else:
                stack.pop()
                on_path.discard(box)
                finished.add(box)
    return found


def rank_boxes(boxes: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Returns the layer of each box: below all that lead to it, with one layer between for labels. An edge to itself needs none."""
    incoming: dict[str, int] = defaultdict(int)
    outgoing: dict[str, list[str]] = defaultdict(list)
    for start, end in edges:
        if start != end:
            incoming[end] += 1
            outgoing[start].append(end)
    ranks = dict.fromkeys(boxes, 0)
    ready = [box for box in boxes if not incoming[box]]
    for box in ready:  # grows while it is read
        for end in outgoing[box]:
            ranks[end] = max(ranks[end], ranks[box] + 2)
            incoming[end] -= 1
            if not incoming[end]:
                ready.append(end)
    return ranks
