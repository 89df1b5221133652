"""Prints the results of scenarios: as text with one line for each, as JSON, or as JUnit."""

from collections.abc import Callable, Sequence
from pathlib import Path
from xml.etree import ElementTree

import click
import msgspec

from callverbs.interpreter.simulator.trial import Trial

Results = Sequence[tuple[Path, Trial]]


def print_line(path: Path, trial: Trial, colour: bool) -> None:
    """Prints the result of one scenario: whether it has passed, why it has not, and what of it was not used."""
    mark = click.style("ok  ", fg="green") if trial.passed else click.style("FAIL", fg="red")
    name = [trial.name] if trial.name != str(path) else []
    length = [f"{len(trial.lines)} lines, {trial.seconds:g} s"] if trial.lines else []
    click.echo("  ".join([f"{mark} {path}", *name, *length]), color=colour)
    for reason in reasons(trial):
        click.echo("\n".join(f"     {row}" for row in reason.splitlines()))
    for remark in trial.remarks:
        click.echo(f"     note: {remark}")


def reasons(trial: Trial) -> list[str]:
    """Returns why a scenario has failed: errors in its flow, then expectations that were not met."""
    errors = [f"{one.path}:{one.line}:{one.column}: {one.code} {one.message}" for one in trial.findings if one.severity == "error"]
    return errors + trial.failures


def _text(results: Results) -> None:
    failed = sum(not trial.passed for _, trial in results)
    click.echo(f"\n{len(results)} scenario{'' if len(results) == 1 else 's'}, {failed} failed")


def _json(results: Results) -> None:
    rows = [
        {
            "path": str(path),
            "name": trial.name,
            "passed": trial.passed,
            "seconds": trial.seconds,
            "failures": reasons(trial),
            "notes": trial.remarks,
        }
        for path, trial in results
    ]
    summary = {"scenarios": len(results), "failed": sum(not trial.passed for _, trial in results)}
    click.echo(msgspec.json.format(msgspec.json.encode({"version": 1, "results": rows, "summary": summary})))


def _junit(results: Results) -> None:
    failed = sum(not trial.passed for _, trial in results)
    suite = ElementTree.Element("testsuite", name="callverbs", tests=str(len(results)), failures=str(failed), errors="0")
    for path, trial in results:
        case = ElementTree.SubElement(suite, "testcase", classname=str(path), name=trial.name, time=f"{trial.seconds:.3f}")
        if not trial.passed:
            ElementTree.SubElement(case, "failure", message=reasons(trial)[0].splitlines()[0]).text = "\n".join(reasons(trial))
        if trial.remarks:
            ElementTree.SubElement(case, "system-out").text = "\n".join(trial.remarks)
    ElementTree.indent(suite)
    click.echo(ElementTree.tostring(suite, encoding="unicode", xml_declaration=True))


PRINTERS: dict[str, Callable[[Results], None]] = {"text": _text, "json": _json, "junit": _junit}
