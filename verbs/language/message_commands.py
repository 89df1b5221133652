"""The command of text messages, which belong to no leg of a call."""

from typing import ClassVar

from callverbs.verbs.language.commands import Command


class SendMessage(Command, rename={"from_": "from"}):
    """Send a text message, or one with media. It belongs to no leg at the carrier: `leg` says only whose verb sends it."""

    repeatable: ClassVar[bool] = True
    outlives_call: ClassVar[bool] = True
    to: str
    from_: str
    text: str = ""
    files: list[str] = []

    def ordering_keys(self) -> tuple[str, ...]:
        return ()

    def required_legs(self) -> tuple[str, ...]:
        return ()
