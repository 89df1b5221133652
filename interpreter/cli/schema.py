"""`callverbs schema`."""

import json

import click

from callverbs.schemas import Schema, bundle, bundle_settings


@click.command("schema")
@click.option("--settings", is_flag=True, help="The schema of callverbs.toml instead.")
@click.option("--scenario", is_flag=True, help="The schema of scenarios instead.")
def command(settings: bool, scenario: bool) -> int:
    r"""Print the JSON Schema of documents as one file, for editors.

    \b
    callverbs schema > callverbs.schema.json
    # yaml-language-server: $schema=callverbs.schema.json

    \b
    callverbs schema --settings > settings.schema.json
    #:schema settings.schema.json

    \b
    callverbs schema --scenario > scenario.schema.json
    # yaml-language-server: $schema=scenario.schema.json
    """
    if settings and scenario:
        raise click.UsageError("choose one of --settings and --scenario")
    click.echo(json.dumps(_schema(settings, scenario), indent=2, ensure_ascii=False))
    return 0


def _schema(settings: bool, scenario: bool) -> Schema:
    if scenario:
        from callverbs.interpreter.simulator.scenario_schema import bundle_scenario  # the simulator is large

        return bundle_scenario()
    return bundle_settings() if settings else bundle()
