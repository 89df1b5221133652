"""Commands about a recording that goes on. Those that begin and end one are in `commands`."""

from callverbs.verbs.language.commands import Command


class PauseRecording(Command):
    """Record nothing of a leg until it is resumed."""


class ResumeRecording(Command):
    """Go on with a recording that was paused."""
