"""Who gets the call where several phones ring, and what is run to those who are screened or put on hold: across local hooks."""

from collections.abc import Iterator
from typing import Any, ClassVar

from interpreter.lint.document import Document, Written
from interpreter.lint.finding import Severity
from interpreter.lint.rules._rule import Rule
from interpreter.lint.rules._targets import parties, race
from interpreter.text.place import Steps
from schemas import Fault
from verbs.gather import GatherSpec


class UnscreenedRace(Rule):
    """A dial rings several phones at once, and one of them has no `confirmHook`.

    Why: a voicemail answers like a person, and often before one. The first that answers has the call: everybody else stops
    ringing, and the caller talks to a machine. Where all phones are desks without a voicemail, all is well.

    Bad:

        - verb: dial
          actionHook: /dialed
          target: [{type: phone, number: "+14155550100"}, {type: phone, number: "+14155550101"}]

    Good:

        - verb: dial
          actionHook: /dialed
          confirmHook: /screen
          target: [{type: phone, number: "+14155550100"}, {type: phone, number: "+14155550101"}]
    """

    code: ClassVar[str] = "CV311"
    name: ClassVar[str] = "unscreened-race"
    severity: ClassVar[Severity] = "info"

    def check(self, document: Document) -> Iterator[Fault]:
        for written in document.each("dial"):
            if written.spec and "amd" not in written.item.body and not all(party.is_screened for party in race(written)):
                yield self.fault(
                    (*written.path, "target"),
                    "the first voicemail that answers takes the call from the other phones: screen them with confirmHook",
                    at_key=True,
                )


class ScreeningWithoutQuestion(Rule):
    """A screening that a machine passes, or that never ends. It is looked for where the hook is answered by a local document.

    Whoever is still there when its verbs are over has accepted. So where several phones ring, a screening needs a `gather` with an
    `actionHook`, and a `hangup` behind it for those who press nothing; and no gather may wait for ever (`timeout: 0`).

    Why: a voicemail listens to the announcement to its end, and has the call; or it is waited for, while the caller hears the
    ringback.

    Bad:

        # /announce is answered by a say alone
        - verb: dial
          actionHook: /dialed
          confirmHook: /announce
          target: [{type: phone, number: "+14155550100"}, {type: phone, number: "+14155550101"}]

    Good:

        # /screen is answered by a gather and a hangup
        - verb: dial
          actionHook: /dialed
          confirmHook: /screen
          target: [{type: phone, number: "+14155550100"}, {type: phone, number: "+14155550101"}]
    """

    code: ClassVar[str] = "CV312"
    name: ClassVar[str] = "screening-without-question"
    severity: ClassVar[Severity] = "warning"

    def check(self, document: Document) -> Iterator[Fault]:
        for written in document.each("dial"):
            for path, url in _screens(written):
                screen = document.follow(url)
                if screen is None or screen.faults:
                    continue
                gathers = [one.spec for one in screen.main if isinstance(one.spec, GatherSpec)]
                asks = any(gather.wants_keys and gather.action_hook for gather in gathers)
                hangs_up = any(one.kind.ends_call for one in screen.main)
                if any(not gather.timeout for gather in gathers):
                    yield self.fault(path, f"{url} waits for a key for ever (timeout: 0), and a machine presses none")
                elif race(written) and not asks and not hangs_up:
                    yield self.fault(path, f"{url} asks for no key, so the first voicemail that hears it out takes the call")


class ImpossibleReply(Rule):
    """The local document that answers a `confirmHook` or an `onHoldHook` holds a verb that cannot run there.

    To a callee who is being screened run say, play, pause, gather, tag, answer and hangup, also in the replies to the hook of a
    gather there; to somebody on hold say, play and pause.

    Why: one such verb, and nothing of the reply is run. A callee who was to be screened is hung up; who is on hold hears nothing.

    Bad:

        # /callback is answered by a dial
        - verb: dial
          actionHook: /dialed
          confirmHook: /callback
          target: [{type: phone, number: "+14155550100"}]

    Good:

        # /screen is answered by a gather and a hangup
        - verb: dial
          actionHook: /dialed
          confirmHook: /screen
          target: [{type: phone, number: "+14155550100"}]
    """

    code: ClassVar[str] = "CV313"
    name: ClassVar[str] = "impossible-reply"
    severity: ClassVar[Severity] = "error"

    def check(self, document: Document) -> Iterator[Fault]:
        for written in document.each("dial"):
            for path, url in _screens(written):
                yield from self._strange(document, path, url, "screening", "a callee who is being screened")
            for path, url in _hook(written.item.body.get("onHoldHook"), (*written.path, "onHoldHook")):
                yield from self._strange(document, path, url, "waiting", "somebody on hold")

    def _strange(self, document: Document, path: Steps, url: str, fact: str, whom: str) -> Iterator[Fault]:
        """The first verb that cannot run, of the reply and of the replies to the gathers in it."""
        seen: list[Document] = []
        asked = [(document, url)]
        for home, hook in asked:
            reply = home.follow(hook)
            if reply is None or reply in seen:
                continue
            seen.append(reply)
            for one in reply.main:
                if not getattr(one.kind, fact):
                    yield self.fault(path, f"{hook} replies with {one.item.written}, which cannot run to {whom}: its reply is not used")
                    return
                if one.item.name == "gather":
                    asked += [(reply, found) for _, found in _hook(one.item.body.get("actionHook"), ())]


def _screens(written: Written) -> Iterator[tuple[Steps, str]]:
    """Every screening application of a dial."""
    yield from _hook(written.item.body.get("confirmHook"), (*written.path, "confirmHook"))
    for party in parties(written):
        yield from _hook(party.body.get("confirmHook"), (*party.path, "confirmHook"))


def _hook(hook: Any, path: Steps) -> Iterator[tuple[Steps, str]]:
    """A hook, as text or as an object, with the place of its URL."""
    if isinstance(hook, str):
        yield path, hook
    elif isinstance(hook, dict) and isinstance(hook.get("url"), str):
        yield (*path, "url"), hook["url"]
