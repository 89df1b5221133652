"""`callverbs schema`."""

import json

import click

from callverbs.schemas import bundle, bundle_settings


@click.command("schema")
@click.option("--settings", is_flag=True, help="The schema of callverbs.toml instead.")
def command(settings: bool) -> int:
    r"""Print the JSON Schema of documents as one file, for editors.

    \b
    callverbs schema > callverbs.schema.json
    # yaml-language-server: $schema=callverbs.schema.json

    \b
    callverbs schema --settings > settings.schema.json
    #:schema settings.schema.json
    """
    click.echo(json.dumps(bundle_settings() if settings else bundle(), indent=2, ensure_ascii=False))
    return 0
