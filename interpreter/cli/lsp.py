"""`callverbs lsp`."""

import click


@click.command("lsp")
@click.option("--stdio", is_flag=True, help="The default; many editors add this option by themselves.")
def command(stdio: bool) -> int:
    r"""Check flows in an editor: a language server over the standard input and output.

    \b
    pip install "callverbs[lsp]"     # it comes as an extra
    callverbs lsp                    # what an editor starts
    callverbs lsp --stdio            # the same

    The rules are those of callverbs.toml, as for `callverbs lint`. docs/editors.md says how editors start it.
    """
    try:
        from callverbs.interpreter.lsp.server import serve  # needs the extra `lsp`
    except ModuleNotFoundError as error:
        if error.name not in ("pygls", "lsprotocol"):
            raise
        raise click.UsageError('the language server needs pygls: pip install "callverbs[lsp]"') from None
    from callverbs.interpreter.cli._file_kinds import FILE_KINDS
    from callverbs.interpreter.lint.run import LintOptions

    return serve(LintOptions(), FILE_KINDS)
