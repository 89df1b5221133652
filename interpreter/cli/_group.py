"""Finds commands: every module beside this one whose name has no leading underscore holds one, called `command`."""

import importlib
import pkgutil
from pathlib import Path
from typing import Any

import click


class Commands(click.Group):
    """Imports a command when it is asked for, so that `lint` does not pay for `serve`."""

    def __init__(self, *args: Any, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.help = _as_it_stands(self.help)

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
