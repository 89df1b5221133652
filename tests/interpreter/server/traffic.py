"""One call that every crash test plays: what the application replies, who answers the phones, what each party hears, and all requests.

Tests kill servers in the middle of it; the requests on the network show whether it came to its end, and did everything once.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from callverbs.interpreter.engine.session import Session
from callverbs.interpreter.simulator.legs import LegView
from callverbs.interpreter.simulator.people import Person, Reaction

Kind = Literal["webhook", "command", "hook"]
NAMES = {"00": "a", "01": "b1", "02": "b2"}
"""The last digits of a number, and the leg of the party that has it."""


@dataclass
class Request:
    """A request on the network: of which call and which leg, its own id, its body, and the status with which it was answered, if it was."""

    kind: Kind
    name: str
    call: str
    leg: str
    id: str
    body: dict[str, Any]
    status: int = 0


def place_of(leg: LegView) -> tuple[str, str]:
    """Returns the call of a leg (the beginning that all its numbers share), and the name of the leg there."""
    return place_of_number(leg.from_ if leg.direction == "incoming" else leg.to)


def place_of_number(number: str) -> tuple[str, str]:
    return number[:-2], NAMES.get(number[-2:], number)


WELCOME, PROMPT, LET_IN, WELL, GOODBYE = "Hi.", "1?", "Go.", "So.", "Bye."
RINGING = "(a file of its own)"


def documents(path: str, payload: dict[str, Any]) -> list[dict[str, Any]]:
    """Two phones ring, the first that answers is asked to press 1, two talk, and the caller hears a text afterwards.

    Where we place the call, there is only the first text and the last.
    """
    if payload["direction"] == "outbound" and path == "/call":
        return [{"verb": "say", "text": WELCOME}, {"verb": "say", "text": GOODBYE}, {"verb": "hangup"}]
    target = [{"type": "phone", "number": payload["from"][:-2] + last} for last in ("01", "02")]
    replies: dict[str, list[dict[str, Any]]] = {
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
    return replies[path]


COMMANDS = Counter(
    [
        *(("answer", "a"), ("speak", "a"), ("playback_start", "a"), ("dial", "b1"), ("dial", "b2")),
        *(("gather_using_speak", "b1"), ("speak", "b1"), ("hangup", "b2"), ("playback_stop", "a"), ("bridge", "a")),
        *(("speak", "a"), ("speak", "a"), ("hangup", "a")),
    ]
)
HOOKS = Counter([("/call", "a"), ("/screen", "b1"), ("/pressed", "b1"), ("/dialled", "a")])
HEARD = {"a": [WELCOME, RINGING, WELL, GOODBYE], "b1": [PROMPT, LET_IN], "b2": []}

QUICK = Person(answers=0.2, hears=(Reaction(PROMPT, press="1", after=0.1),), talks=0.3)
"""Answers, accepts, talks for a moment and hangs up."""
RINGS = Person(no_answer=True, hears=QUICK.hears, talks=0.3)
LISTENS = Person(answers=0.2, talks=0.3)
STAYS = Person(answers=0.2, hears=QUICK.hears, talks=None)
NO_ANSWER = Person(no_answer=True)


def check_call(
    legs: dict[str, LegView],
    requests: Iterable[Request],
    session: Session,
    *,
    contested: bool = False,
    repeated: Collection[tuple[str, str]] = (),
) -> None:
    """Checks that everything has happened, and that only what may be `repeated` was sent again.

    Where it is `contested`, both phones are answered: either may win, but one does.
    """
    came: dict[Kind, list[Request]] = {"command": [], "hook": [], "webhook": []}
    for one in requests:
        came[one.kind].append(one)
    commands, hooks = (Counter({one.id: (one.name, one.leg) for one in some}.values()) for some in (came["command"], came["hook"]))
    heard = {name: [one.what for one in leg.heard] for name, leg in legs.items()}
    if contested:
        assert heard["a"] == HEARD["a"]
        assert (_of_caller(commands), _of_caller(hooks)) == (_of_caller(COMMANDS), _of_caller(HOOKS))
        assert commands["hangup", "b1"] + commands["hangup", "b2"] == 1
    else:
        assert (heard, commands, hooks) == (HEARD, COMMANDS, HOOKS)
        assert all(one.whole for leg in (legs["a"], legs["b1"]) for one in leg.heard if one.what != RINGING)
    times = Counter(one.id for one in (*came["command"], *came["hook"]))
    assert {(one.name, one.leg) for one in (*came["command"], *came["hook"]) if times[one.id] > 1} <= set(repeated)
    assert len({one.id for one in came["webhook"] if one.name == "call.bridged"}) == 2
    assert {one.body["dial_call_status"] for one in came["hook"] if one.name == "/dialled"} == {"completed"}
    assert session.ended
    assert session.problems == []


def _of_caller(counted: Counter[tuple[str, str]]) -> Counter[tuple[str, str]]:
    return Counter({(name, leg): times for (name, leg), times in counted.items() if leg == "a"})
