"""The command line: `callverbs`. A command is a module of this package; what it needs is imported when it is called.

Exit codes are the same for all: 0 all is well, 1 something was found, 2 it was called wrongly, 3 there is nothing to read,
4 callverbs itself has failed, 130 it was interrupted, 141 whoever read its output has gone (as a shell tells of SIGPIPE).
"""

import os
import sys
from pathlib import Path
from typing import Any

import click

from interpreter.cli._group import UNREAD, Commands

FOUND, USAGE, NOTHING, INTERNAL = 1, 2, 3, 4


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 all is well, 1 something was found, 2 called wrongly, 3 nothing to read, 4 internal error, "
    "141 the reader of the output has gone.",
)
@click.version_option(package_name="callverbs", prog_name="callverbs")
def callverbs() -> None:
    r"""Runs phone call flows that are written as lists of verbs: checks them, tries them without a phone, serves them to a carrier.

    \b
    callverbs lint flow.yaml               is it right?
    callverbs simulate flow.yaml --press 1 what would happen?
    callverbs test                         does every scenario still hold?
    callverbs serve --app flow.yaml --base-url http://127.0.0.1:3000 --carrier simulated
    """


def colours(stream: Any = None) -> bool:
    """Whether to paint: on a terminal only, and not where NO_COLOR is set."""
    return bool((stream or sys.stdout).isatty()) and not os.environ.get("NO_COLOR")


def main() -> None:
    """The console script."""
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - closed from the start: nobody wants to read
    try:
        code = callverbs(standalone_mode=False) or 0
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
        sys.exit(UNREAD)
    except OSError as error:  # a disk that is full, say
        click.echo(f"callverbs has failed: {error}", err=True)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(INTERNAL)
    except Exception as error:  # a fault of ours: say so, and how to report it
        if os.environ.get("CALLVERBS_DEBUG"):
            raise
        click.echo(f"callverbs has failed: {type(error).__name__}: {error} (CALLVERBS_DEBUG=1 shows where; please report it)", err=True)
        sys.exit(INTERNAL)
