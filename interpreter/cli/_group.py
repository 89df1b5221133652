"""Finds commands: every module of this package whose name has no leading underscore has a command, called `command`."""

import contextlib
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from callverbs.schemas.diagnostic import nearest

SYNONYMS = {
    **dict.fromkeys(("check", "validate", "verify"), "lint"),
    **dict.fromkeys(("run", "sim", "play", "call", "try"), "simulate"),
    **dict.fromkeys(("draw", "diagram", "show"), "graph"),
    **dict.fromkeys(("server", "start", "listen"), "serve"),
    **dict.fromkeys(("docs", "doc", "man"), "explain"),
}
"""What other tools call a command."""
EXIT_PIPE_CLOSED = 141
"""The exit code where the reader of the output has closed the pipe: 128 + SIGPIPE, as a shell reports it."""


@contextlib.contextmanager
def _exit_on_closed_pipe() -> Iterator[None]:
    """Turns a closed pipe into an exit code of its own. Click would exit with 1, which means here that something was found."""
    try:
        yield
    except BrokenPipeError:
        raise click.exceptions.Exit(EXIT_PIPE_CLOSED) from None


class CommandGroup(click.Group):
    """Imports a command when it is called, so that `lint` does not wait for the imports of `serve`."""

    def __init__(self, *args: Any, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.help = _mark_verbatim(self.help)

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        with _exit_on_closed_pipe():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with _exit_on_closed_pipe():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        found = [module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)])]
        return sorted(name for name in found if not name.startswith("_"))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Returns a command and its arguments. Of a misspelt one it says which one is probably meant."""
        word, known = args[0] if args else "", self.list_commands(ctx)
        if word and not word.startswith("-") and word not in known:
            meant = SYNONYMS.get(word.lower(), "") or nearest(word, known)
            advice = f"did you mean {meant}?" if meant else f"there are {', '.join(known)}"
            raise click.UsageError(f"there is no command {word}; {advice}", ctx)
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"callverbs.interpreter.cli.{cmd_name}").command
        command.help = _mark_verbatim(command.help)
        return command


def _mark_verbatim(text: str | None) -> str | None:
    r"""Returns a help text in which `\b` is the one character before a paragraph that click does not wrap. Raw docstrings have two."""
    return text and text.replace("\\b\n", "\b\n")
