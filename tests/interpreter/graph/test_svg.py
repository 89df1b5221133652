"""Every picture is XML, has every verb in it, and no box on top of another."""

import re
from itertools import combinations
from xml.etree import ElementTree

import pytest

from callverbs.interpreter.graph.flow import Graph
from callverbs.interpreter.graph.svg import draw
from callverbs.interpreter.text.visible import visible
from tests.interpreter.graph.flows import HARD_FLOWS
from tests.interpreter.graph.test_layout import overlap

SVG = "{http://www.w3.org/2000/svg}"
every_flow = pytest.mark.parametrize("graph", HARD_FLOWS.values(), ids=HARD_FLOWS)


def read(graph: Graph) -> ElementTree.Element:
    return ElementTree.fromstring(draw(graph))


def frames(groups: list[ElementTree.Element]) -> dict[str, tuple[float, float, float, float]]:
    found = {}
    for group in groups:
        frame = group.find(f"{SVG}rect")
        assert frame is not None
        x, y, width, height = (float(frame.attrib[name]) for name in ("x", "y", "width", "height"))
        found[group.attrib["id"]] = (x, y, x + width, y + height)
    return found


@every_flow
def test_every_verb_is_in_it(graph: Graph) -> None:
    texts = ["".join(one.itertext()) for one in read(graph).iter(f"{SVG}text")]
    for node in graph.nodes:
        assert visible(node.title) in texts
        assert not node.detail or visible(node.detail) in texts
        assert not node.codes or "  ".join(node.codes) in texts
    assert [edge.label for edge in graph.edges if edge.label and visible(edge.label) not in texts] == []


@every_flow
def test_boxes_do_not_overlap(graph: Graph) -> None:
    found = frames([group for group in read(graph).iter(f"{SVG}g") if "id" in group.attrib])
    assert list(found) == [node.id for node in graph.nodes]
    for one, other in combinations(found.values(), 2):
        assert not overlap(one, other, slack=0.2)


@every_flow
def test_everything_is_within_the_picture(graph: Graph) -> None:
    whole = read(graph)
    width, height = float(whole.attrib["width"]), float(whole.attrib["height"])
    for left, top, right, bottom in frames([group for group in whole.iter(f"{SVG}g") if "id" in group.attrib]).values():
        assert min(left, top) >= -0.1
        assert right <= width
        assert bottom <= height
    paths = [one.attrib["d"] for one in whole.iter(f"{SVG}path") if one.get("class") == "line"]
    assert len(paths) == len(graph.edges)
    assert not [path for path in paths if not re.fullmatch(r"M[-0-9. ]+([CL][-0-9. ]+)+", path)]


def test_there_is_no_script_and_no_external_resource() -> None:
    text = draw(HARD_FLOWS["odd texts"])
    assert "<script" not in text
    assert set(re.findall(r"https?://[^\s\"'<]+", text.replace("https://example.com/a", ""))) == {"http://www.w3.org/2000/svg"}
    assert {element.tag.removeprefix(SVG) for element in ElementTree.fromstring(text).iter()} == {
        "svg", "title", "style", "defs", "marker", "path", "rect", "g", "text",
    }  # fmt: skip


def test_findings_have_titles() -> None:
    titles = ["".join(one.itertext()) for one in read(HARD_FLOWS["not verbs"]).iter(f"{SVG}title")]
    assert any(title.startswith("error CV101 ") for title in titles)
    assert read(HARD_FLOWS["not verbs"]).find(".//*[@fill='#fef2f2']") is not None
