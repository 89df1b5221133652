"""`callverbs graph`."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from callverbs.interpreter.graph.mermaid import MAX_EDGES
from tests.interpreter.cli.terminal import Terminal

SAMPLES = Path(__file__).parents[3] / "samples"


def test_a_flow(callverbs: Terminal, folder: Path) -> None:
    result = callverbs("graph", "flow.yaml")
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "flowchart TD\n"
        '  n0(["call<br>flow.yaml"])\n'
        '  n1["gather<br>Press 1 for sales."]\n'
        '  n2["say<br>Goodbye."]\n'
        '  n3(("hang up"))\n'
        '  n4{{"/menu"}}\n'
        "  n0 --> n1\n"
        '  n1 -.->|"dtmf detected · timeout · error"| n4\n'
        '  n1 -->|"no verbs"| n2\n'
        "  n2 --> n3\n"
    )


def test_a_scenario_defines_what_hooks_reply(callverbs: Terminal, folder: Path) -> None:
    result = callverbs("graph", "flow.yaml", "--scenario", "scenario.yaml")
    assert '  n4["say<br>This is sales."]\n' in result.out
    assert '  n1 -.->|"digits 1"| n4\n' in result.out
    assert "/menu" not in result.out


def test_hooks_that_fail_or_reply_nothing_lead_on(callverbs: Terminal, folder: Path) -> None:
    (folder / "scenario.yaml").write_text(
        "hooks:\n  /menu: [{status: 503}, {when: {reason: timeout}, status: 204}, {when: {digits: 2}, body: nonsense}, {fault: timeout}]\n"
    )
    assert '  n1 -->|"fails · reason timeout · digits 2"| n2\n' in callverbs("graph", "flow.yaml", "--scenario", "scenario.yaml").out


def test_the_settings_of_lint_define_what_hooks_reply(callverbs: Terminal, folder: Path) -> None:
    (folder / "menu.json").write_text('[{"verb": "say", "text": ""}]')
    (folder / "callverbs.toml").write_text('[lint.replies]\n"/menu" = "menu.json"\n"/gone" = "gone.json"\n')
    result = callverbs("graph", "flow.yaml")
    assert '["say<br>CV501"]:::warning\n' in result.out


def test_the_dialect(callverbs: Terminal, folder: Path) -> None:
    (folder / "dial.json").write_text('[{"verb": "dial", "target": [{"type": "phone", "number": "+14155550100"}]}]')
    assert '{{"dial"}}' in callverbs("graph", "dial.json", "--dialect", "cognigy").out
    assert '{{"dial"}}' not in callverbs("graph", "dial.json").out
    (folder / "scenario.yaml").write_text("dialect: cognigy\nflow: dial.json\n")
    assert '{{"dial"}}' in callverbs("graph", "dial.json", "--scenario", "scenario.yaml").out


@pytest.mark.parametrize("form", ["mermaid", "dot", "svg"])
@pytest.mark.parametrize("scenario", sorted(SAMPLES.glob("*/scenario.yaml")), ids=lambda path: path.parent.name)
def test_every_sample_can_be_drawn(callverbs: Terminal, scenario: Path, form: str) -> None:
    (flow,) = scenario.parent.glob("flow.*")
    result = callverbs("graph", flow, "--scenario", scenario, "--format", form)
    assert (result.code, result.err) == (0, "")
    if form == "svg":
        ElementTree.fromstring(result.out)


@pytest.mark.parametrize(
    ("text", "error"),
    [("[1,", "CV001"), ("", "CV001"), ('{"verb": "say", "text": "Hello"}', "CV003"), ("just text", "")],
)
def test_what_is_no_list_of_verbs_cannot_be_drawn(callverbs: Terminal, folder: Path, text: str, error: str) -> None:
    (folder / "broken.json").write_text(text)
    result = callverbs("graph", "broken.json")
    assert (result.code, result.out) == (1, "")
    assert error in result.err


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["gone.yaml"], "gone.yaml: No such file or directory\n"),
        (["flow.yaml", "--scenario", "gone.yaml"], "gone.yaml: No such file or directory\n"),
        (["flow.yaml", "--scenario", "flow.yaml"], "flow.yaml:"),
        (["flow.yaml", "--format", "png"], "Usage: callverbs graph"),
    ],
)
def test_wrong_usage(callverbs: Terminal, folder: Path, arguments: list[str], error: str) -> None:
    result = callverbs("graph", *arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(error)


def test_more_than_mermaid_draws(callverbs: Terminal, folder: Path) -> None:
    (folder / "long.yaml").write_text("- pause: {length: 1}\n" * (MAX_EDGES - 1))
    assert callverbs("graph", "long.yaml").err == ""
    (folder / "long.yaml").write_text("- pause: {length: 1}\n" * MAX_EDGES)
    assert callverbs("graph", "long.yaml").err.startswith(f"Mermaid draws {MAX_EDGES} edges")
    assert callverbs("graph", "long.yaml", "--format", "dot").err == ""


def test_more_than_a_picture_can_show(callverbs: Terminal, folder: Path) -> None:
    (folder / "many.yaml").write_text("- redirect: {actionHook: /begin}\n" * 500)
    (folder / "scenario.yaml").write_text("hooks: {/begin: {reply: [{hangup: {}}]}}\n")
    result = callverbs("graph", "many.yaml", "--scenario", "scenario.yaml", "--format", "svg")
    assert (result.code, result.out) == (1, "")
    assert result.err == "many.yaml: 504 boxes and 1501 lines are too many for a picture: try --format dot\n"
    assert callverbs("graph", "many.yaml", "--scenario", "scenario.yaml", "--format", "dot").code == 0
