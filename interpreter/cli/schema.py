"""`callverbs schema`."""

import json

import click

from schemas import bundle


@click.command("schema")
def command() -> int:
    r"""Print the JSON Schema of documents as one file, for editors.

    \b
    callverbs schema > callverbs.schema.json
    # yaml-language-server: $schema=callverbs.schema.json
    """
    click.echo(json.dumps(bundle(), indent=2, ensure_ascii=False))
    return 0
