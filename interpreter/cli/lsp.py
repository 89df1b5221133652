"""`callverbs lsp`."""

import click


@click.command("lsp")
@click.option("--stdio", is_flag=True, help="What many editors add by themselves: it is what happens anyway.")
def command(stdio: bool) -> int:
    r"""Check flows in an editor: a language server over the standard input and output.

    \b
    pip install "callverbs[lsp]"     # it comes as an extra
    callverbs lsp                    # what an editor starts
    callverbs lsp --stdio            # the same

    What is checked, and how strictly, stands in callverbs.toml, as for `callverbs lint`. How editors start it: docs/editors.md.
    """
    try:
        from callverbs.interpreter.lsp.server import serve  # needs the extra `lsp`
    except ModuleNotFoundError as error:
        if error.name not in ("pygls", "lsprotocol"):
            raise
        raise click.UsageError('the language server needs pygls: pip install "callverbs[lsp]"') from None
    from callverbs.interpreter.lint.run import LintOptions

    return serve(LintOptions())
