"""What other repositories call: the GitHub Action and the pre-commit hooks, run as they would be."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from callverbs.interpreter.cli import command_group
from tests.interpreter.lint.repository import DRAFT, FLOW, Repository

ROOT = Path(__file__).parents[3]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))


def act(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Runs the last step of the action, as a runner would."""
    step = ACTION["runs"]["steps"][-1]
    given = {name: inputs.get(name, one["default"]) for name, one in ACTION["inputs"].items()}
    values = {f"${{{{ inputs.{name} }}}}": text for name, text in given.items()} | {
        "${{ steps.python.outputs.python-path }}": sys.executable
    }
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **{name: values[text] for name, text in step["env"].items()}}
    bash = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]]
    return subprocess.run(bash, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_action_shows_what_is_wrong_at_its_line(repository: Repository) -> None:
    repository.put("flows/a.json", DRAFT)
    repository.put("callverbs/__init__.py", "raise ImportError('a folder of theirs')")
    done = act(repository.folder)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("::error file=flows/a.json,line=1,")


def test_the_action_takes_paths_and_options(repository: Repository) -> None:
    repository.put("flows/a.json", DRAFT)
    repository.put("flows/b.json", FLOW)
    assert act(repository.folder, paths="flows/b*.json flows/b.json").returncode == 0
    assert act(repository.folder, arguments="--exit-zero --select CV1").returncode == 0
    attack = act(repository.folder, paths="$(touch hacked) ; touch hacked")
    assert attack.returncode == 2
    assert not (repository.folder / "hacked").exists()


def test_no_input_is_a_part_of_a_script() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_calls_a_command_that_there_is(hook: dict[str, Any]) -> None:
    program, name, *_ = shlex.split(hook["entry"])
    assert program == "callverbs"
    assert isinstance(command_group.get_command(click.Context(command_group), name), click.Command)


def test_the_hook_is_called_for_flows() -> None:
    (hook,) = [one for one in HOOKS if one["id"] == "callverbs-lint"]
    names = ["flow.json", "flows/x/flow.yaml", "flow.yml", "workflow.yml", "flow.json.bak", "scenario.yaml"]
    assert [bool(re.search(hook["files"], name)) for name in names] == [True, True, True, False, False, False]
