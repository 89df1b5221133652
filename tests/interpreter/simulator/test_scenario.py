"""A scenario is read in full before the call begins: what is wrong is reported with its line and column."""

from pathlib import Path

import pytest

from callverbs.interpreter.simulator import scenario
from callverbs.interpreter.simulator.scenario import MAX_FAULTS, CallSetup, Scenario, ScenarioError, Stub

BAD = [
    ("calls: {b1: {}}\n", "1:13: b1 cannot name a call"),
    ("calls: {Agent: {}}\n", "1:16: Agent cannot name a call"),
    ("calls: {agent: {after: soon}}\n", '1:16: "soon" is not a duration'),
    ("calls: {agent: {form: '+1'}}\n", "1:17: there is no property form; did you mean from?"),
    ("flow: flow.yaml\npeeple: {}\n", "2:1: there is no property peeple; did you mean people?"),
    ("given: {form: '+1'}\n", "1:9: there is no property form; did you mean from?; there are direction, from, to"),
    ("caller: {anwers: 3}\n", "1:10: there is no property anwers; did you mean answers?"),
    ("hooks:\n  /a: {}\n  /b: [{}, {statsu: 1}]\n", "3:13: there is no property statsu; did you mean status?"),
    ("hooks:\n  /a: {}\n  /b: {fault: tired}\n", "3:15: fault cannot be tired; there are timeout, refused"),
    ("hooks:\n  /a: {}\n  /b: {delay: soon}\n", '3:7: "soon" is not a duration'),
    ("hooks: {/a: {status: 700}}\n", "1:13: an HTTP status is a number from 100 to 599, not 700"),
    ("hooks: {/a: {times: -1}}\n", "1:13: times cannot be negative"),
    ("hooks: {/a: {reply: [], body: x}}\n", "1:13: a hook answers with a reply (JSON) or with a body (text), not with both"),
    ("hooks: {/a: 200}\n", "1:13: /a must be an object or a list, not 200"),
    ("dialect: twilio\n", "1:10: dialect cannot be twilio; there are jambonz, cognigy"),
    ("given: {direction: sideways}\n", "1:20: direction cannot be sideways; there are inbound, outbound"),
    ("given: {call: {timeout: 5}}\n", "1:15: call is the body of POST /calls: it belongs to direction: outbound"),
    ("given:\n  direction: outbound\n  call: {timeLimit: long}\n", '3:21: timeLimit must be a number, not "long"'),
    ("given: {direction: outbound, call: {amd: {}}}\n", "1:42: amd needs actionHook"),
    ("settings: {apologie: x}\n", "1:12: settings has no property apologie; did you mean apology?"),
    ("settings: {ringback: loud}\n", "1:22: "),
    ("people: {b1: bussy}\n", "1:14: bussy is not a way to take a call; there are answers, busy"),
    ("people: {b1: {answers: soon}}\n", '1:14: "soon" is not a duration'),
    ("people: {b1: {answer: 3}}\n", "1:15: there is no property answer; did you mean answers?; there are answers, busy"),
    (
        "people: {b1: {machine: {greting: 3}}}\n",
        "1:25: there is no property greting; did you mean greeting?; there are greeting, beep, answers",
    ),
    ("people: {b1: {hears: [{press: 1}]}}\n", "1:23: hears[0] needs pattern"),
    ("people: {b1: 5}\n", "1:14: a person must be an object, not 5"),
    ("caller: {machine: {greting: 3}}\n", "1:20: there is no property greting; did you mean greeting?; there are greeting, beep, answers"),
    ("strict: yes\n", '1:9: strict must be true or false, not "yes"'),
    ("hooks: {/a: {times: some}}\n", '1:21: times must be a whole number, not "some"'),
    ("hooks:\n  /a: {}\n  /b: {delay: []}\n", "3:15: delay must be a number or a text, not []"),
    ("people: {b1: {busy: true, unknown: true}}\n", "1:14: a person takes a call in one way, not 2: busy, unknown"),
    ("caller: {hears: [{pattern: a, press: 1}, {pattern: b}]}\n", "1:42: whoever hears something presses keys, says something or hangs up"),
    ("media: {a: 3s, b: forever}\n", '1:19: "forever" is not a duration'),
    ("for: a while\n", '1:6: "a while" is not a duration'),
    ("script:\n- press: 1\n- {expect: answer, whithin: 2s}\n", "3:3: a step with expect has no whithin; did you mean within?"),
    ("script: [press 1]\n", "1:10: a step of the script is an object, not 'press 1'"),
    ("script: [{jump: 3}]\n", "1:10: no step of a script is called jump"),
    ("script: [{caller: jump}]\n", "1:10: nobody can jump; there are press, say, hangup"),
    ("script: [{leg b1: {press: 1, hangup: true}}]\n", "1:10: leg b1 does one thing"),
    ("script: [{leg b1: busy, caller: hangup}]\n", "1:10: a step of the script does one thing, not leg b1, caller"),
    ("script: [{press: x}]\n", '1:10: "x" cannot be typed'),
    ("script: [{press: ''}]\n", "1:10: say which keys"),
    ("script: [{leg b1: {rejects: 200}}]\n", "1:10: a call is rejected with a SIP status from 400 to 699, not 200"),
    ("script: [{leg b1: {machine: {greting: 3}}}]\n", "1:10: "),
    ("script: [{hold: maybe}]\n", "1:10: hold is true or false"),
    ("script: [{wait: a bit}]\n", '1:10: "a bit" is not a duration'),
    ("script: [{expect: dail}]\n", "1:10: nothing that can be expected is called dail; did you mean dial?"),
    ("expect:\n- say\n- never: {say: {contain: x}}\n", "3:3: say has no condition contain; did you mean contains?"),
    ("expect: {say: x}\n", '1:9: expect must be a list, not {"say": "x"}'),
    ("- say: x\n", '1:1: a scenario must be an object, not [{"say": "x"}]'),
    ("flow: a.yaml\nflow: b.yaml\n", "2:1: flow is written twice in this object"),
    ("flow: a.yaml\n  x: [\n", "2:4: "),
    ("", "1:1: the file is empty"),
    ("hooks: {/a: {when: {digts: 1}}}\n", "1:21: no hook is told of a field digts; did you mean digits?"),
    ("hooks:\n  /a: [{}, {when: {from: x, raeson: null}}]\n", "2:29: no hook is told of a field raeson; did you mean reason?"),
    ("hooks: {/a: {when: {digits: {mathces: 1}}}}\n", "1:30: digits has no condition mathces; did you mean matches?; there are contains"),
]


def written(folder: Path, text: str) -> Path:
    file = folder / "scenario.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(("text", "complaint"), BAD, ids=[text.replace("\n", " ").strip() for text, _ in BAD])
def test_what_is_wrong_is_reported_with_its_place(tmp_path: Path, text: str, complaint: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(ScenarioError) as error:
        scenario.read(file)
    assert str(error.value).startswith(f"{file}:{complaint}")


def test_faults_are_told_at_once_in_the_order_of_the_text() -> None:
    text = "given: {form: x}\nhooks: {/a: [{statsu: 1}, {when: {digts: 1}}], /b: {when: {digts: 1}}}\nscript: [{jump: 3}]\nexpect: [dail]\n"
    with pytest.raises(ScenarioError) as error:
        scenario.read(text)
    places = [line.split(": ")[0] for line in str(error.value).splitlines()]
    assert places == ["scenario:1:9", "scenario:2:15", "scenario:3:10", "scenario:4:10"], "of hooks, what cannot be read comes first"
    assert len(error.value.faults) == 4


def test_faults_are_told_up_to_a_limit() -> None:
    with pytest.raises(ScenarioError) as error:
        scenario.read("".join(f"x{n}: 1\n" for n in range(MAX_FAULTS + 1)))
    assert len(error.value.faults) == MAX_FAULTS


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="No such file"):
        scenario.read(tmp_path / "scenario.yaml")


def test_everything_is_read(tmp_path: Path) -> None:
    text = """
scenario: a call
flow: flow.yaml
dialect: cognigy
given: {from: +14155550147, to: "+14155550199", caller_name: Ann, headers: {X-A: b}}
settings: {apology: Sorry., trunks: {main: "7"}, hook_timeout: 3}
status_hook: true
hooks:
  /menu: [{when: {digits: 1}, reply: [], times: 2}, {status: 503, delay: 300ms}]
  /down: {fault: refused}
media: {https://media.example/a.mp3: 1m, https://media.example/b.mp3: missing}
people: {"+14155550101": busy, b2: {machine: {greeting: 4s, beep: false}}}
caller: {hears: [{pattern: press 1, press: 1}], talks: null}
script:
- {expect: {say: hello}, within: 2s}
- wait: 500ms
- press: 0012
- caller: {press: "#"}
- leg b1: answer
- leg b1: {answer: machine}
- leg b2: {machine: {greeting: 3s}}
- leg b1: {rejects: 486}
- leg b1: {rejects: true}
- leg b1: {hold: false}
- hangup: true
expect: [answer, {count: {say: 2}}]
strict: true
for: 5m
"""
    wanted = scenario.read(written(tmp_path, text))
    assert wanted.given.caller == "+14155550147"
    assert wanted.media_durations == {"https://media.example/a.mp3": 60.0, "https://media.example/b.mp3": "missing"}
    assert isinstance(wanted.hooks["/down"], Stub)
    assert wanted.is_complete


@pytest.mark.parametrize(
    ("given", "numbers"),
    [
        (CallSetup(), ("+14155550100", "+14155550199")),
        (CallSetup(direction="outbound"), ("+14155550199", "+14155550100")),
        (CallSetup(direction="outbound", to="+1"), ("+14155550199", "+1")),
        (CallSetup(from_="+2"), ("+2", "+14155550199")),
    ],
)
def test_a_party_that_is_not_named_has_a_number_for_examples(given: CallSetup, numbers: tuple[str, str]) -> None:
    assert (given.caller, given.callee) == numbers
    assert (given.request["from"], given.request["to"]) == numbers


def test_a_scenario_needs_something_to_run() -> None:
    assert not Scenario().is_complete
    assert Scenario(flow="flow.json").is_complete
    assert Scenario(app="https://application.example/call").is_complete
    assert Scenario(hooks={"/call": Stub()}).is_complete
