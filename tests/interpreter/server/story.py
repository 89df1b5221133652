"""One call as a story: what the application answers, who has the phones, what each of them hears, and what it takes to bring it about.

Tests kill servers in the middle of it; what has come by on the roads tells whether it was told to its end, and once.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from interpreter.session import Session
from interpreter.simulator.legs import LegView
from interpreter.simulator.people import Hears, Person

Kind = Literal["webhook", "command", "hook"]
NAMES = {"00": "a", "01": "b1", "02": "b2"}
"""The last digits of a number, and the leg of whoever has it."""


@dataclass
class Passing:
    """Something that has come by, of which call and which leg; its own id, what it says, and its status once it was answered."""

    kind: Kind
    name: str
    call: str
    leg: str
    id: str
    told: dict[str, Any]
    status: int = 0


def whose(leg: LegView) -> tuple[str, str]:
    """Which call a leg is of (what all its numbers begin with), and its name there."""
    return who(leg.from_ if leg.direction == "incoming" else leg.to)


def who(number: str) -> tuple[str, str]:
    return number[:-2], NAMES.get(number[-2:], number)


WELCOME, PROMPT, LET_IN, WELL, GOODBYE = "Hi.", "1?", "Go.", "So.", "Bye."
RINGING = "(a file of its own)"


def documents(path: str, told: dict[str, Any]) -> list[dict[str, Any]]:
    """The story: two phones ring, the first that answers is asked to press 1, two talk, and the caller is spoken to afterwards.

    Where we call ourselves, there is only the first word and the last.
    """
    if told["direction"] == "outbound" and path == "/call":
        return [{"verb": "say", "text": WELCOME}, {"verb": "say", "text": GOODBYE}, {"verb": "hangup"}]
    target = [{"type": "phone", "number": told["from"][:-2] + last} for last in ("01", "02")]
    story: dict[str, list[dict[str, Any]]] = {
        "/call": [
            {"verb": "answer"},
            {"verb": "say", "text": WELCOME},
            {"verb": "dial", "target": target, "confirmHook": "/screen", "actionHook": "/dialled", "timeout": 60},
        ],
        "/screen": [
            {"verb": "gather", "actionHook": "/pressed", "numDigits": 1, "timeout": 60, "say": {"text": PROMPT}},
            {"verb": "hangup"},
        ],
        "/pressed": [{"verb": "say", "text": LET_IN}],
        "/dialled": [{"verb": "say", "text": WELL}, {"verb": "pause", "length": 0.6}, {"verb": "say", "text": GOODBYE}, {"verb": "hangup"}],
    }
    return story[path]


COMMANDS = Counter(
    [
        *(("answer", "a"), ("speak", "a"), ("playback_start", "a"), ("dial", "b1"), ("dial", "b2")),
        *(("gather_using_speak", "b1"), ("speak", "b1"), ("hangup", "b2"), ("playback_stop", "a"), ("bridge", "a")),
        *(("speak", "a"), ("speak", "a"), ("hangup", "a")),
    ]
)
HOOKS = Counter([("/call", "a"), ("/screen", "b1"), ("/pressed", "b1"), ("/dialled", "a")])
HEARD = {"a": [WELCOME, RINGING, WELL, GOODBYE], "b1": [PROMPT, LET_IN], "b2": []}

QUICK = Person(answers=0.2, hears=(Hears(PROMPT, press="1", after=0.1),), talks=0.3)
"""Answers, accepts, talks for a moment and leaves."""
RINGS = Person(no_answer=True, hears=QUICK.hears, talks=0.3)
LISTENS = Person(answers=0.2, talks=0.3)
STAYS = Person(answers=0.2, hears=QUICK.hears, talks=None)
NOBODY = Person(no_answer=True)


def told_right(
    legs: dict[str, LegView],
    passed: Iterable[Passing],
    session: Session,
    *,
    contested: bool = False,
    repeated: Collection[tuple[str, str]] = (),
) -> None:
    """The call has gone as the story goes, and only what may be `repeated` was tried again.

    Where it is `contested`, somebody answers both phones: who wins is nobody's business, but one does.
    """
    roads: dict[Kind, list[Passing]] = {"command": [], "hook": [], "webhook": []}
    for one in passed:
        roads[one.kind].append(one)
    commands, hooks = (Counter({one.id: (one.name, one.leg) for one in road}.values()) for road in (roads["command"], roads["hook"]))
    heard = {name: [one.what for one in leg.heard] for name, leg in legs.items()}
    if contested:
        assert heard["a"] == HEARD["a"]
        assert (_of_caller(commands), _of_caller(hooks)) == (_of_caller(COMMANDS), _of_caller(HOOKS))
        assert commands["hangup", "b1"] + commands["hangup", "b2"] == 1
    else:
        assert (heard, commands, hooks) == (HEARD, COMMANDS, HOOKS)
        assert all(one.whole for leg in (legs["a"], legs["b1"]) for one in leg.heard if one.what != RINGING)
    times = Counter(one.id for one in (*roads["command"], *roads["hook"]))
    assert {(one.name, one.leg) for one in (*roads["command"], *roads["hook"]) if times[one.id] > 1} <= set(repeated)
    assert len({one.id for one in roads["webhook"] if one.name == "call.bridged"}) == 2
    assert {one.told["dial_call_status"] for one in roads["hook"] if one.name == "/dialled"} == {"completed"}
    assert session.ended
    assert session.problems == []


def _of_caller(counted: Counter[tuple[str, str]]) -> Counter[tuple[str, str]]:
    return Counter({(name, leg): times for (name, leg), times in counted.items() if leg == "a"})
