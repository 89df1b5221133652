"""Finds commands: every module beside this one whose name has no leading underscore holds one, called `command`."""

import contextlib
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

UNREAD = 141
"""Exit code where whoever read our output has gone: 128 + SIGPIPE. It is no finding, and nobody knows that all is well."""


@contextlib.contextmanager
def _reader() -> Iterator[None]:
    """Click would end with 1, which means here that something was found."""
    try:
        yield
    except BrokenPipeError:
        raise click.exceptions.Exit(UNREAD) from None


class Commands(click.Group):
    """Imports a command when it is asked for, so that `lint` does not pay for `serve`."""

    def __init__(self, *args: Any, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.help = _as_it_stands(self.help)

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        with _reader():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with _reader():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        found = [module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)])]
        return sorted(name for name in found if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"interpreter.cli.{cmd_name}").command
        command.help = _as_it_stands(command.help)
        return command


def _as_it_stands(text: str | None) -> str | None:
    """Docstrings are raw here: the mark of paragraphs that click must not wrap is two characters in them, and one for click."""
    return text and text.replace("\\b\n", "\b\n")
