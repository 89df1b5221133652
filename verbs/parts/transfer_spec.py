"""A transfer as written: how it is to be done, whom it rings, and what happens where nobody is reached."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from callverbs.schemas import Diagnostic
from callverbs.verbs.language.spec import Amd, Hook, Spec, Synthesizer
from callverbs.verbs.language.target import Target, unique_targets
from callverbs.verbs.language.word import Word
from callverbs.verbs.parts import calling, machine_detection

RING_SECONDS = 30.0
MAX_TARGETS = 10
"""As of a dial."""
WARM_ONLY = ("brief", "callerPresent", "onHoldHook")
"""Properties that a blind transfer has no use for."""
NOT_IN_REFER = ("callerId", "callerName", "timeout", "timeLimit", "amd", "confirm", "carrier")
"""Properties of a blind transfer that a REFER has no place for."""
OWN_STATE, TARGET_STATE = "client_state", "target_leg_client_state"
TRANSFER_COMMAND_ONLY = (OWN_STATE, "early_media")
"""Parameters in `carrier` of the carrier's transfer command, where the target is called with a command of its own."""

Then = Literal["return", "voicemail", "hangup"]


class Disposition(Word, rename="camel"):
    """What to do when the target is not reached."""

    on_no_answer: Then = "return"
    on_busy: Then = "return"
    on_decline: Then = "return"
    on_failure: Then = "return"
    voicemail_url: str = ""


class Brief(Word):
    """What a target is told before it talks to the caller."""

    text: str
    synthesizer: Synthesizer = Synthesizer()


class Confirm(Word):
    """What a target is asked, a text or the URL of a file, and the key with which it accepts."""

    prompt: str
    digit: str


class TransferSpec(Spec):
    """A transfer as written. Times in seconds."""

    mode: Literal["blind", "warm"]
    target: list[Target]
    blind_method: Literal["dial", "refer"] = "dial"
    caller_present: bool = False
    brief: Brief | None = None
    confirm: Confirm | None = None
    on_hold_hook: Hook | None = None
    caller_id: str | None = None
    caller_name: str | None = None
    timeout: float = RING_SECONDS
    time_limit: float | None = None
    headers: dict[str, Any] = {}
    amd: Amd | None = None
    disposition: Disposition = Disposition()
    action_hook: Hook | None = None
    event_hook: Hook | None = None
    carrier: dict[str, Any] = {}

    @property
    def targets(self) -> list[Target]:
        """The targets, each address once."""
        return unique_targets(self.target)

    @property
    def is_warm(self) -> bool:
        return self.mode == "warm"

    @property
    def method(self) -> Literal["refer", "transfer", "dial"]:
        """How it is done: by a REFER, by the carrier's transfer command, or by calls of our own and a bridge, where that cannot do it."""
        if not self.is_warm and self.blind_method == "refer":
            return "refer"
        simple = not (self.is_warm or self.confirm or len(self.targets) > 1 or any(target.trunk for target in self.target))
        return "transfer" if simple else "dial"

    @property
    def dial_carrier(self) -> dict[str, Any]:
        """The author's parameters of the carrier, for a call to a target."""
        rest = {key: value for key, value in self.carrier.items() if key not in (*TRANSFER_COMMAND_ONLY, TARGET_STATE)}
        return rest | ({OWN_STATE: self.carrier[TARGET_STATE]} if TARGET_STATE in self.carrier else {})


def diagnose(spec: TransferSpec) -> Iterator[Diagnostic]:
    """Yields what the schema cannot say: too many targets, and numbers that nobody can call."""
    count = len(spec.targets)
    if spec.method == "refer" and count > 1:
        yield Diagnostic(("target",), "CV302", f"a REFER names exactly one target; this one has {count}: use blindMethod dial")
    elif count > MAX_TARGETS:
        yield Diagnostic(("target",), "CV302", f"target may have at most {MAX_TARGETS} addresses; it has {count}")
    if spec.method != "refer":
        yield from calling.diagnose_numbers(spec.target)


def without_effect(body: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Yields what of a transfer, as written, has no effect in its combination."""
    warm = body.get("mode") == "warm"
    refer = not warm and body.get("blindMethod") == "refer"
    for key, why in {**_of_mode(body, warm), **_of_refer(body, refer)}.items():
        yield Diagnostic((key,), "CV109", why, at_key=True)
    for index, target in enumerate(body["target"]):
        if "confirmHook" in target:
            why = "a transfer has no confirmHook: write confirm, or use dial"
            yield Diagnostic(("target", index, "confirmHook"), "CV109", why, at_key=True)
        if refer and "trunk" in target:
            why = "with blindMethod refer, trunk has no effect: the far end makes the call"
            yield Diagnostic(("target", index, "trunk"), "CV109", why, at_key=True)
    if not refer:
        yield from calling.changed_numbers(body)
        yield from machine_detection.without_effect(body)
        if warm or "confirm" in body or len(body["target"]) > 1 or any("trunk" in target for target in body["target"]):
            for key in TRANSFER_COMMAND_ONLY:
                if key in body.get("carrier", {}):
                    why = f"{key} has no effect here: the target is called and bridged, and not by the carrier's transfer command"
                    yield Diagnostic(("carrier", key), "CV109", why, at_key=True)


def _of_mode(body: Mapping[str, Any], warm: bool) -> dict[str, str]:
    """Returns the properties that have no effect in this mode, each with the reason."""
    if not warm:
        return {key: f"in a blind transfer, {key} has no effect: write mode: warm" for key in WARM_ONLY if key in body}
    found = (
        {"blindMethod": "in a warm transfer, blindMethod has no effect: the target is called and bridged"} if "blindMethod" in body else {}
    )
    if body.get("callerPresent") and "onHoldHook" in body:
        found["onHoldHook"] = "with callerPresent, onHoldHook is never asked: the caller hears the brief"
    return found


def _of_refer(body: Mapping[str, Any], refer: bool) -> dict[str, str]:
    """Returns the properties that have no effect on a REFER, each with the reason."""
    why = "with blindMethod refer, {} has no effect: the far end makes the call"
    return {key: why.format(key) for key in NOT_IN_REFER if refer and key in body}
