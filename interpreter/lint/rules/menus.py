"""Menus: whether a caller can get through one, and what is left for a caller who presses nothing."""

from collections.abc import Iterator
from typing import ClassVar

from interpreter.lint.document import Document
from interpreter.lint.finding import Severity
from interpreter.lint.rules._rule import Rule
from interpreter.lint.rules._spoken import texts
from schemas import Fault, Fix
from verbs.gather import GatherSpec

PACE = 15.0
"""Characters that a voice speaks in a second, about."""
LONG = 20.0
"""Seconds of a prompt that most callers know by heart the second time."""


class LongPrompt(Rule):
    """A prompt of more than about 20 seconds that no key stops: `dtmfBargein` is false, or `listenDuringPrompt` is.

    Why: who has called before knows the key, presses it, and has to listen to the end all the same. With `listenDuringPrompt:
    false` the key is even lost.

    Bad:

        - verb: gather
          actionHook: /menu
          numDigits: 1
          dtmfBargein: false
          say:
            text: >-
              Welcome to Harbour Books, the shop for everybody who likes the sea. You can find us on the old pier, between the
              lighthouse and the fish market, every day of the week from nine in the morning until six in the evening. Please
              listen to all of our options, because they have changed since you called. Press 1 for orders, or 2 for events.

    Good:

        - verb: gather
          actionHook: /menu
          numDigits: 1
          say: {text: "Welcome to Harbour Books. Press 1 for orders, or 2 for events."}
    """

    code: ClassVar[str] = "CV409"
    name: ClassVar[str] = "long-prompt"
    severity: ClassVar[Severity] = "info"

    def check(self, document: Document) -> Iterator[Fault]:
        patient = {(*one.path, "say") for one in document.each("gather") if isinstance(one.spec, GatherSpec) and self._is_deaf(one.spec)}
        for written in document.each("say"):
            if written.path in patient:
                seconds = sum(len(one.words) for one in texts(written)) / PACE
                if seconds > LONG:
                    yield self.fault((*written.path, "text"), f"this takes about {seconds:.0f} s, and no key stops it")

    def _is_deaf(self, gather: GatherSpec) -> bool:
        """Whether it waits for keys, and none of them stops its prompt."""
        return gather.wants_keys and not (gather.dtmf_bargein and gather.listen_during_prompt)


class NothingAfterMenu(Rule):
    """A menu is the last verb: a gather with a prompt, for one key.

    Why: a caller who presses nothing is hung up without a word, and so is everybody while the application is down, unless the hook
    has something to say to them. A second try, or a way to a person, can stand behind the menu.

    Bad:

        [{"verb": "gather", "numDigits": 1, "say": {"text": "Press 1 for sales."}, "actionHook": "/menu"}]

    Good:

        - verb: gather
          numDigits: 1
          actionHook: /menu
          say: {text: Press 1 for sales.}
        - verb: say
          text: We have not heard anything. Goodbye.
    """

    code: ClassVar[str] = "CV410"
    name: ClassVar[str] = "nothing-after-menu"
    severity: ClassVar[Severity] = "info"

    def check(self, document: Document) -> Iterator[Fault]:
        for program in document.programs:
            last = program[-1] if program else None
            spec = last.spec if last else None
            if last and isinstance(spec, GatherSpec) and spec.action_hook and spec.wants_keys and spec.most == 1 and spec.prompt:
                path, at_key = last.named
                yield self.fault(path, "nothing follows if no key is pressed, or if the hook fails: the caller is hung up", at_key)


class IdleInterval(Rule):
    """`interDigitTimeout` without `minDigits`.

    It counts only when there are `minDigits` keys, and `minDigits` has no default, whatever the documentation of jambonz says. From
    then on it takes the place of the rest of `timeout`, so that it may well be longer than that.

    Why: the caller has typed everything and waits in silence until `timeout` is over; then the keys are thrown away, because
    nobody has said how many are enough.

    Bad:

        [{"verb": "gather", "maxDigits": 8, "interDigitTimeout": 3, "actionHook": "/account"}]

    Good:

        [{"verb": "gather", "minDigits": 1, "maxDigits": 8, "interDigitTimeout": 3, "actionHook": "/account"}]
    """

    code: ClassVar[str] = "CV411"
    name: ClassVar[str] = "idle-inter-digit-timeout"
    severity: ClassVar[Severity] = "warning"

    def check(self, document: Document) -> Iterator[Fault]:
        for written in document.each("gather"):
            spec = written.spec
            if isinstance(spec, GatherSpec) and spec.wants_keys and spec.inter_digit_timeout and spec.min_digits is None and spec.most > 1:
                yield self.fault(
                    (*written.path, "interDigitTimeout"),
                    "this has no effect without minDigits: the time between keys counts only when there are that many",
                    at_key=True,
                    fix=Fix("add", {"minDigits": 1}, safe=False, path=written.path),
                )
