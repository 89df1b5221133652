"""The command line: `callverbs`. A command is a module of this package, which is imported when the command is called.

All commands have the same exit codes: 0 success, 1 something was found, 2 wrong usage, 3 there is nothing to read, 4 an error of
callverbs itself, 130 interrupted, 141 the reader of the output has closed the pipe.
"""

import os
import sys
from pathlib import Path
from typing import Any

import click

from callverbs.interpreter.cli._group import EXIT_PIPE_CLOSED, CommandGroup

EXIT_FINDINGS, EXIT_USAGE, EXIT_NO_INPUT, EXIT_INTERNAL_ERROR = 1, 2, 3, 4


@click.group(
    name="callverbs",
    cls=CommandGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 success, 1 something was found, 2 wrong usage, 3 nothing to read, 4 internal error, "
    "141 the reader of the output closed the pipe.",
)
@click.version_option(package_name="callverbs", prog_name="callverbs")
def command_group() -> None:
    r"""Runs phone call flows that are written as lists of verbs: checks, simulates and serves them.

    \b
    callverbs lint flow.yaml               finds mistakes
    callverbs simulate flow.yaml --press 1 runs a call without a phone
    callverbs test                         runs every scenario
    callverbs serve --app flow.yaml --base-url http://127.0.0.1:3000 --carrier simulated
    """


def colours_enabled(stream: Any = None) -> bool:
    """Returns whether output has colours: on a terminal only, and not where NO_COLOR is set. The default is the standard output."""
    return bool((stream or sys.stdout).isatty()) and not os.environ.get("NO_COLOR")


def main() -> None:
    """Runs the console script, and exits with its code."""
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - None where it was closed from the start
    try:
        code = command_group(standalone_mode=False) or 0
        sys.stdout.flush()
        sys.exit(code)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_PIPE_CLOSED)
    except OSError as error:  # for example, the disk is full
        click.echo(f"callverbs has failed: {error}", err=True)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_INTERNAL_ERROR)
    except Exception as error:  # an error of our own
        if os.environ.get("CALLVERBS_DEBUG"):
            raise
        click.echo(f"callverbs has failed: {type(error).__name__}: {error} (CALLVERBS_DEBUG=1 shows where; please report it)", err=True)
        sys.exit(EXIT_INTERNAL_ERROR)
