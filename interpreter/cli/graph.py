"""`callverbs graph`."""

import importlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from msgspec import UNSET

from interpreter.cli import FOUND, USAGE, colours
from interpreter.graph.flow import Answer, Answers, graph
from interpreter.graph.layout import TooLargeError
from interpreter.graph.mermaid import MOST
from interpreter.graph.words import spaced
from interpreter.lint import formats
from interpreter.lint.formats import Linted
from interpreter.lint.judging import judge
from interpreter.lint.replies import place
from interpreter.lint.run import Asked, Job
from interpreter.lint.selection import Layer, Terms
from interpreter.lint.settings import SettingsError
from interpreter.simulator import scenario
from interpreter.simulator.scenario import ScenarioError, Stub
from interpreter.text.source import Source


@click.command("graph")
@click.argument("flow", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["mermaid", "dot", "svg"]),
    default="mermaid",
    show_default=True,
    help="Text for Mermaid or Graphviz, or a picture.",
)
@click.option("--scenario", "scenario_file", type=click.Path(path_type=Path), help="What hooks reply is drawn, too.")
@click.option("--dialect", type=click.Choice(["jambonz", "cognigy"]), help="Whose names hooks use.  [default: jambonz]")
def command(flow: Path, form: str, scenario_file: Path | None, dialect: Any) -> int:
    r"""Draw a flow: its verbs, what follows what, what hooks reply, and what lint finds.

    \b
    callverbs graph flow.json
    callverbs graph flow.yaml --scenario scenario.yaml --format svg > flow.svg

    Hooks are followed to the documents that a scenario names, or `replies` of the settings of lint.
    """
    try:
        wanted = scenario.read(scenario_file) if scenario_file else None
        dialect = dialect or (wanted.dialect if wanted else UNSET)
        terms = Job(Asked(layer=Layer(dialect=dialect))).terms(flow)
        source = Source.read(flow)
    except (ScenarioError, SettingsError) as error:
        click.echo(str(error), err=True)
        return USAGE
    except OSError as error:
        click.echo(f"{flow}: {error.strerror}", err=True)
        return USAGE
    findings = judge(source, terms)
    if not isinstance(source.value, list):
        click.echo(formats.write("text", [Linted(source, findings)], colours(sys.stderr)), err=True, nl=False)
        return FOUND
    drawn = graph(source, findings, terms.surroundings, _answers(wanted.hooks if wanted else {}, terms))
    if form == "mermaid" and len(drawn.edges) > MOST:
        click.echo(f"Mermaid draws {MOST} edges, unless its maxEdges is more; this flow has {len(drawn.edges)}: try --format svg", err=True)
    try:
        click.echo(importlib.import_module(f"interpreter.graph.{form}").draw(drawn), nl=False)
    except TooLargeError as error:
        click.echo(f"{flow}: {error}: try --format dot", err=True)
        return FOUND
    return 0


def _answers(stubs: Mapping[str, list[Stub] | Stub], terms: Terms) -> Answers:
    """What hooks reply, by their addresses: as a scenario has it, else as the settings have it."""
    book: dict[str, list[Answer]] = {}
    for url, file in terms.surroundings.replies.items():
        try:
            book[place(url, terms.surroundings)] = [_answer("", Source.read(file), terms)]
        except OSError:  # whoever lints the settings hears of it
            continue
    for url, given in stubs.items():
        several = [given] if isinstance(given, Stub) else given
        book[place(url, terms.surroundings)] = [_stubbed(url, stub, terms) for stub in several]
    return lambda where: book.get(where, book.get(where.partition("?")[0], []))


def _stubbed(url: str, stub: Stub, terms: Terms) -> Answer:
    when = " ".join(f"{spaced(name)} {value}" for name, value in stub.when.items())
    if stub.status >= 400 or stub.fault:
        return Answer(" ".join(filter(None, (when, "fails"))))
    text = stub.body if stub.body is not None else json.dumps(stub.reply or [], ensure_ascii=False)
    return _answer(when, Source.read(url, text), terms)


def _answer(when: str, source: Source, terms: Terms) -> Answer:
    """A reply; what is no list of verbs replaces nothing."""
    if not isinstance(source.value, list) or not source.value:
        return Answer(when)
    return Answer(when, source, judge(source, terms))
