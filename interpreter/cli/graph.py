"""`callverbs graph`."""

import importlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from msgspec import UNSET

from callverbs.interpreter.cli import EXIT_FINDINGS, EXIT_USAGE, colours_enabled
from callverbs.interpreter.cli._flow import read_flow
from callverbs.interpreter.graph.flow import FindReplies, HookReply, build_graph
from callverbs.interpreter.graph.labels import split_words
from callverbs.interpreter.graph.layout import TooLargeError
from callverbs.interpreter.graph.mermaid import MAX_EDGES
from callverbs.interpreter.lint import formats
from callverbs.interpreter.lint.batch import lint_with
from callverbs.interpreter.lint.formats import LintResult
from callverbs.interpreter.lint.replies import hook_address
from callverbs.interpreter.lint.run import LintOptions, LintRun
from callverbs.interpreter.lint.selection import Layer, RuleConfig
from callverbs.interpreter.lint.settings import SettingsError
from callverbs.interpreter.simulator import scenario
from callverbs.interpreter.simulator.scenario import ScenarioError, Stub
from callverbs.interpreter.text.source import Source


@click.command("graph")
@click.argument("flow", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["mermaid", "dot", "svg"]),
    default="mermaid",
    show_default=True,
    help="Text for Mermaid or Graphviz, or a picture.",
)
@click.option("--scenario", "scenario_file", type=click.Path(path_type=Path), help="Draw what its hooks reply, too.")
@click.option("--dialect", type=click.Choice(["jambonz", "cognigy"]), help="Whose names hooks use.  [default: jambonz]")
def command(flow: Path, format_name: str, scenario_file: Path | None, dialect: Any) -> int:
    r"""Draw a flow: its verbs and their order, what hooks reply, and the findings of lint; - is the standard input.

    \b
    callverbs graph flow.json
    callverbs graph flow.yaml --scenario scenario.yaml --format svg > flow.svg

    The replies of hooks are those of the scenario, or of `replies` in the settings of lint.
    """
    try:
        loaded = scenario.read(scenario_file) if scenario_file else None
        dialect = dialect or (loaded.dialect if loaded else UNSET)
        config = LintRun(LintOptions(layer=Layer(dialect=dialect))).config_for(flow)
        source = read_flow(flow)
    except (ScenarioError, SettingsError) as error:
        click.echo(str(error), err=True)
        return EXIT_USAGE
    except OSError as error:
        click.echo(f"{flow}: {error.strerror}", err=True)
        return EXIT_USAGE
    findings = lint_with(source, config)
    if not isinstance(source.value, list):
        click.echo(formats.render("text", [LintResult(source, findings)], colours_enabled(sys.stderr)), err=True, nl=False)
        return EXIT_FINDINGS
    drawn = build_graph(source, findings, config.context, _find_replies(loaded.hooks if loaded else {}, config))
    if format_name == "mermaid" and len(drawn.edges) > MAX_EDGES:
        click.echo(
            f"Mermaid draws {MAX_EDGES} edges, unless its maxEdges is more; this flow has {len(drawn.edges)}: try --format svg", err=True
        )
    try:
        click.echo(importlib.import_module(f"callverbs.interpreter.graph.{format_name}").draw(drawn), nl=False)
    except TooLargeError as error:
        click.echo(f"{flow}: {error}: try --format dot", err=True)
        return EXIT_FINDINGS
    return 0


def _find_replies(stubs: Mapping[str, list[Stub] | Stub], config: RuleConfig) -> FindReplies:
    """Returns a function that finds the replies of a hook by its address: in the scenario, else in the settings."""
    replies: dict[str, list[HookReply]] = {}
    for url, file in config.context.replies.items():
        try:
            replies[hook_address(url, config.context)] = [_reply("", Source.read(file), config)]
        except OSError:  # linting that file reports why
            continue
    for url, given in stubs.items():
        several = [given] if isinstance(given, Stub) else given
        replies[hook_address(url, config.context)] = [_stubbed_reply(url, stub, config) for stub in several]
    return lambda address: replies.get(address, replies.get(address.partition("?")[0], []))


def _stubbed_reply(url: str, stub: Stub, config: RuleConfig) -> HookReply:
    """Returns the reply of a scenario's stub, with the values of the payload that it is for."""
    when = " ".join(f"{split_words(name)} {value}" for name, value in stub.when.items())
    if stub.status >= 400 or stub.fault:
        return HookReply(when, failed=True)
    text = stub.body if stub.body is not None else json.dumps(stub.reply or [], ensure_ascii=False)
    return _reply(when, Source.read(url, text), config)


def _reply(when: str, source: Source, config: RuleConfig) -> HookReply:
    """Returns a reply with its document and findings; without a document where it holds no list of verbs."""
    if not isinstance(source.value, list) or not source.value:
        return HookReply(when)
    return HookReply(when, source, lint_with(source, config))
