"""The command that sets the author's own state of a leg at the carrier, and does nothing else."""

from callverbs.verbs.language.commands import Command


class UpdateClientState(Command):
    """Set the author's own state of a leg, which is in `carrier`."""
