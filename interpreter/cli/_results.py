"""What scenarios came to: a line each and a summary, or the whole as JSON or JUnit."""

from collections.abc import Callable, Sequence
from pathlib import Path
from xml.etree import ElementTree

import click
import msgspec

from interpreter.simulator.trial import Trial

Results = Sequence[tuple[Path, Trial]]


def line(path: Path, trial: Trial, colour: bool) -> None:
    """One scenario: passed or not, and why not."""
    mark = click.style("ok  ", fg="green") if trial.passed else click.style("FAIL", fg="red")
    called = [trial.name] if trial.name != str(path) else []
    lasted = [f"{len(trial.lines)} lines, {trial.seconds:g} s"] if trial.lines else []
    click.echo("  ".join([f"{mark} {path}", *called, *lasted]), color=colour)
    for reason in reasons(trial):
        click.echo("\n".join(f"     {row}" for row in reason.splitlines()))


def reasons(trial: Trial) -> list[str]:
    """Why a scenario has failed."""
    wrong = [f"{one.path}:{one.line}:{one.column}: {one.code} {one.message}" for one in trial.findings if one.severity == "error"]
    return wrong + trial.failures


def _text(results: Results) -> None:
    failed = sum(not trial.passed for _, trial in results)
    click.echo(f"\n{len(results)} scenario{'' if len(results) == 1 else 's'}, {failed} failed")


def _json(results: Results) -> None:
    told = [
        {"path": str(path), "name": trial.name, "passed": trial.passed, "seconds": trial.seconds, "failures": reasons(trial)}
        for path, trial in results
    ]
    summary = {"scenarios": len(results), "failed": sum(not trial.passed for _, trial in results)}
    click.echo(msgspec.json.format(msgspec.json.encode({"version": 1, "results": told, "summary": summary})))


def _junit(results: Results) -> None:
    failed = sum(not trial.passed for _, trial in results)
    suite = ElementTree.Element("testsuite", name="callverbs", tests=str(len(results)), failures=str(failed), errors="0")
    for path, trial in results:
        case = ElementTree.SubElement(suite, "testcase", classname=str(path), name=trial.name, time=f"{trial.seconds:.3f}")
        if not trial.passed:
            ElementTree.SubElement(case, "failure", message=reasons(trial)[0].splitlines()[0]).text = "\n".join(reasons(trial))
    ElementTree.indent(suite)
    click.echo(ElementTree.tostring(suite, encoding="unicode", xml_declaration=True))


SUMMARIES: dict[str, Callable[[Results], None]] = {"text": _text, "json": _json, "junit": _junit}
