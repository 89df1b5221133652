"""A trial of a scenario file: its flow is linted, its call happens, its ladder is compared or kept."""

from pathlib import Path

import pytest

from callverbs.interpreter.ladder.line import to_json
from callverbs.interpreter.simulator.scenario import ScenarioError
from callverbs.interpreter.simulator.trial import find_scenarios, ladder_path, try_scenario

FLOW = '[{"verb": "say", "text": "Hello."}]'
HOLDS = "scenario: a greeting\nflow: flow.json\nexpect: [{say: Hello.}]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "flow.json").write_text(FLOW)
    (tmp_path / "scenario.yaml").write_text(HOLDS)
    return tmp_path


def test_what_holds(folder: Path) -> None:
    trial = try_scenario(folder / "scenario.yaml")
    assert (trial.name, trial.passed, trial.failures) == ("a greeting", True, [])
    assert trial.seconds == trial.lines[-1].at > 0
    assert not (folder / "ladder.txt").exists()


def test_the_same_scenario_gives_the_same_ladder_byte_for_byte(folder: Path) -> None:
    try_scenario(folder / "scenario.yaml", update=True)
    kept = (folder / "ladder.txt").read_bytes()
    assert kept.startswith(b"     time  leg  carrier callverbs    application\n")
    assert kept.endswith(b"\n")
    assert try_scenario(folder / "scenario.yaml").passed
    try_scenario(folder / "scenario.yaml", update=True)
    assert (folder / "ladder.txt").read_bytes() == kept


def test_another_ladder_is_a_failure_that_shows_the_difference(folder: Path) -> None:
    try_scenario(folder / "scenario.yaml", update=True)
    (folder / "flow.json").write_text(FLOW.replace("Hello.", "Hello. Again."))
    (folder / "scenario.yaml").write_text(HOLDS.replace("say: Hello.", "say: {contains: hello}"))
    trial = try_scenario(folder / "scenario.yaml")
    (failure,) = trial.failures
    assert "callverbs test --update" in failure
    assert '\n-    0.080  a    ◀──●    speak "Hello."' in failure
    assert '\n+    0.080  a    ◀──●    speak "Hello. Again."' in failure
    assert try_scenario(folder / "scenario.yaml", update=True).passed
    assert "Again" in (folder / "ladder.txt").read_text(encoding="utf-8")


def test_a_scenario_that_does_not_hold_keeps_no_ladder(folder: Path) -> None:
    (folder / "scenario.yaml").write_text(HOLDS.replace("Hello.", "Goodbye."))
    trial = try_scenario(folder / "scenario.yaml", update=True)
    assert trial.failures[0].startswith("  expected  say: Goodbye.\n  came ")
    assert not (folder / "ladder.txt").exists()


def test_a_flow_with_an_error_is_not_run(folder: Path) -> None:
    (folder / "flow.json").write_text('[{"verb": "sey", "text": "Hello."}]')
    trial = try_scenario(folder / "scenario.yaml")
    assert not trial.passed
    assert [finding.code for finding in trial.findings] == ["CV101"]
    assert trial.lines == []


def test_a_flow_with_a_warning_is_run(folder: Path) -> None:
    (folder / "flow.json").write_text('[{"verb": "say", "text": "Hello.", "earlyMedia": true}]')
    assert try_scenario(folder / "scenario.yaml").passed


def test_a_flow_that_is_not_there(folder: Path) -> None:
    (folder / "flow.json").unlink()
    with pytest.raises(ScenarioError, match=r"the flow .*flow\.json cannot be read: No such file"):
        try_scenario(folder / "scenario.yaml")


def test_a_scenario_without_anything_to_run(folder: Path) -> None:
    (folder / "scenario.yaml").write_text("people: {b1: busy}\n")
    with pytest.raises(ScenarioError, match="nothing says what the call runs"):
        try_scenario(folder / "scenario.yaml")


def test_a_scenario_whose_hook_gives_the_first_document(folder: Path) -> None:
    (folder / "scenario.yaml").write_text(f"hooks: {{/call: {{reply: {FLOW}}}}}\nexpect: [{{hook: /call}}, {{say: Hello.}}]\n")
    assert try_scenario(folder / "scenario.yaml").failures == []


def test_unknown_hooks_get_nothing_and_under_strict_that_is_a_failure(folder: Path) -> None:
    (folder / "flow.json").write_text('[{"verb": "redirect", "actionHook": "/next"}, {"verb": "say", "text": "Hello."}]')
    trial = try_scenario(folder / "scenario.yaml")
    assert trial.passed
    assert next(line.text for line in trial.lines if line.kind == "note") == "the scenario has no answer for /next: it gets 204"
    (folder / "scenario.yaml").write_text(HOLDS + "strict: true\n")
    assert try_scenario(folder / "scenario.yaml").failures == ["the scenario has no answer for https://application.example/next"]


def test_a_hook_that_is_never_asked_is_noted(folder: Path) -> None:
    (folder / "scenario.yaml").write_text(HOLDS + "hooks: {/menu: {}}\n")
    assert "the scenario's hook /menu was never asked" in [line.text for line in try_scenario(folder / "scenario.yaml").lines]


def test_a_person_who_was_never_on_the_line_is_noted(folder: Path) -> None:
    """For example, because of a typing error in the number."""
    (folder / "flow.json").write_text('[{"verb": "dial", "target": [{"type": "phone", "number": "+14155550101"}]}]')
    (folder / "scenario.yaml").write_text('flow: flow.json\npeople: {"+14155550110": busy, "SIP:Jo@x.example": busy, b1: busy}\n')
    texts = [line.text for line in try_scenario(folder / "scenario.yaml").lines]
    assert [text for text in texts if "never" in text] == [
        "the scenario's person +14155550110 was never on the line",
        "the scenario's person SIP:Jo@x.example was never on the line",
    ]
    (folder / "scenario.yaml").write_text('flow: flow.json\npeople: {"+14155550100": {hangs_up: 1s}, "+14155550101": busy}\n')
    assert not [line for line in try_scenario(folder / "scenario.yaml").lines if "never" in line.text]


def test_a_flow_beside_an_application_is_the_first_document(folder: Path) -> None:
    (folder / "flow.json").write_text('[{"verb": "redirect", "actionHook": "/next"}]')
    (folder / "scenario.yaml").write_text(
        "flow: flow.json\napp: https://shop.example/call\nsettings: {base_url: 'https://other.example'}\n"
        "hooks: {/next: {reply: [{say: {text: Hello.}}]}, /call: {status: 204}}\n"
        "expect: [{hook: {url: 'https://shop.example/next'}}, {say: Hello.}, {never: {hook: /call}}]\n"
    )
    assert try_scenario(folder / "scenario.yaml").failures == []


def test_a_party_that_never_hangs_up_does_after_the_limit(folder: Path) -> None:
    (folder / "flow.json").write_text('[{"verb": "pause", "length": 3000}]')
    (folder / "scenario.yaml").write_text(
        "flow: flow.json\nfor: 30s\nexpect: [{note: {contains: the caller hangs up after 30 s}}, {ended: {by: caller}}]\n"
    )
    assert try_scenario(folder / "scenario.yaml").failures == []


def test_a_call_that_was_never_placed_was_ended_by_the_carrier(folder: Path) -> None:
    (folder / "flow.json").write_text('[{"verb": "pause", "length": 1}]')
    (folder / "scenario.yaml").write_text(
        "flow: flow.json\ngiven: {direction: outbound}\nsettings: {connection_id: ''}\nexpect: [{ended: {by: carrier, status: failed}}]\n"
    )
    assert try_scenario(folder / "scenario.yaml").failures == []


def test_scenarios_are_found_by_their_names(tmp_path: Path) -> None:
    for name in (
        "b/scenario.yaml",
        "a.scenario.yaml",
        "b/c/night-scenario.yaml",
        ".hidden/scenario.yaml",
        "node_modules/scenario.yaml",
        "people.yaml",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    assert [str(path.relative_to(tmp_path)) for path in find_scenarios([tmp_path])] == [
        "a.scenario.yaml",
        "b/c/night-scenario.yaml",
        "b/scenario.yaml",
    ]
    assert find_scenarios([tmp_path / "people.yaml", tmp_path / "b", tmp_path / "b/scenario.yaml"]) == [
        tmp_path / "people.yaml",
        tmp_path / "b/c/night-scenario.yaml",
        tmp_path / "b/scenario.yaml",
    ]


@pytest.mark.parametrize(
    ("name", "ladder"),
    [
        ("scenario.yaml", "ladder.txt"),
        ("menu.scenario.yaml", "menu.ladder.txt"),
        ("menu-scenario.yaml", "menu-ladder.txt"),
        ("people.yaml", "people.ladder.txt"),
    ],
)
def test_every_scenario_of_a_folder_has_a_ladder_of_its_own(name: str, ladder: str) -> None:
    assert ladder_path(Path("a") / name) == Path("a") / ladder


def test_what_a_sensitive_gather_hears_is_for_its_hook_alone(folder: Path) -> None:
    """Its hook gets the keys: it answers with 1234 only. No line has them."""
    (folder / "flow.json").write_text('[{"verb": "gather", "numDigits": 4, "sensitive": true, "actionHook": "/pin"}]')
    (folder / "scenario.yaml").write_text(
        "flow: flow.json\ncaller: {presses: ['1234']}\n"
        "hooks: {/pin: {when: {digits: '1234'}, reply: [{say: {text: Right.}}]}}\nexpect: [{say: Right.}]\n"
    )
    trial = try_scenario(folder / "scenario.yaml")
    assert trial.failures == []
    assert "1234" not in "".join(to_json(line) for line in trial.lines)
    assert "••••" in "".join(to_json(line) for line in trial.lines)


def test_a_scenario_has_the_limits_of_a_server(folder: Path) -> None:
    """A redirect to itself ends, and says which setting says so."""
    (folder / "flow.json").write_text('[{"verb": "answer"}, {"verb": "redirect", "actionHook": "/again"}]')
    (folder / "scenario.yaml").write_text(
        "flow: flow.json\nsettings: {apology: Sorry.}\nhooks: {/again: {reply: [{redirect: {actionHook: /again}}]}}\n"
        "expect: [{note: {contains: hooks_per_minute under}}, {say: Sorry.}, {ended: {by: callverbs}}]\n"
    )
    assert try_scenario(folder / "scenario.yaml").failures == []
    (folder / "flow.json").write_text('[{"verb": "dial", "target": [{"type": "phone", "number": "+881612345678"}]}]')
    (folder / "scenario.yaml").write_text("flow: flow.json\nexpect: [{note: {contains: refused_prefixes}}, {never: dial}]\n")
    assert try_scenario(folder / "scenario.yaml").failures == []
    (folder / "scenario.yaml").write_text("flow: flow.json\nsettings: {limits: {called_prefixes: ['+8816']}}\nexpect: [dial]\n")
    assert try_scenario(folder / "scenario.yaml").failures == []
