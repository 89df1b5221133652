"""What people install: a wheel with one package at its top, in an environment where another project owns `interpreter`."""

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interpreter.cli.conftest import FLOW, SCENARIO

ROOT = Path(__file__).parent.parent
FORMER = ("schemas", "verbs", "interpreter")
"""The packages that a wheel of callverbs 0.1.0 had at its top."""


def build(folder: Path, source: Path, target: str) -> Path:
    """Builds a distribution of the project in a folder, without asking the network."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("wheel"), ROOT, "wheel")


def test_one_package_is_at_the_top_of_the_wheel(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {"callverbs"}
    assert {f"callverbs/{name}/__init__.py" for name in FORMER} | {"callverbs/py.typed"} <= set(names)


def test_the_wheel_of_the_source_distribution_is_the_same(wheel: Path, tmp_path: Path) -> None:
    (tmp_path / "sdist").mkdir()
    (tmp_path / "wheel").mkdir()
    with tarfile.open(build(tmp_path / "sdist", ROOT, "sdist")) as packed:
        packed.extractall(tmp_path / "source", filter="data")
    (source,) = (tmp_path / "source").iterdir()
    again = build(tmp_path / "wheel", source, "wheel")
    assert zipfile.ZipFile(again).namelist() == zipfile.ZipFile(wheel).namelist()


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a folder with an environment `bare`: the wheel is in it, and packages of others that are called like our folders."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder / "bare", with_pip=False)
    (site,) = (folder / "bare").glob("lib/python*/site-packages")
    for name in FORMER:
        (site / name).mkdir()
        (site / name / "__init__.py").write_text("OWNER = 'another project'\n")
    install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--offline", "--no-deps"]
    subprocess.run([*install, "--python", str(folder / "bare" / "bin" / "python"), str(wheel)], check=True, capture_output=True)
    # What callverbs needs is borrowed from the environment of the tests; a .pth file that lies there is not read, so callverbs is not.
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (folder / "flow.yaml").write_text(FLOW)
    (folder / "scenario.yaml").write_text(SCENARIO)
    return folder


def run(folder: Path, *arguments: str) -> str:
    """Runs a program of the bare environment, and returns what it prints."""
    command = [str(folder / "bare" / "bin" / arguments[0]), *arguments[1:]]
    done = subprocess.run(command, cwd=folder, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_packages_of_others_keep_their_names(installed: Path) -> None:
    code = "import callverbs, interpreter, schemas, verbs; print(interpreter.OWNER, schemas.OWNER, verbs.OWNER, callverbs.__file__)"
    found = run(installed, "python", "-c", code)
    assert found.count("another project") == len(FORMER)
    assert str(installed) in found, "callverbs is the one of the wheel"


def test_an_installed_linter_finds_nothing_in_a_clean_flow(installed: Path) -> None:
    assert "nothing found" in run(installed, "callverbs", "lint", "flow.yaml")


def test_an_installed_simulator_draws_a_call(installed: Path) -> None:
    assert 'speak "This is sales."' in run(installed, "callverbs", "simulate", "--scenario", "scenario.yaml")


@pytest.fixture
def address(installed: Path) -> Iterator[str]:
    """Yields the address of a server of the wheel."""
    (installed / "hello.yaml").write_text("- say: {text: Hello.}\n")
    command = [str(installed / "bare" / "bin" / "callverbs"), "serve", "--app", "hello.yaml", "--carrier", "simulated", "--port", "0"]
    environment = {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=installed, env=environment) as process:
        try:
            assert process.stdout
            yield process.stdout.readline().removeprefix("callverbs serves on ").strip()
        finally:
            process.kill()


def test_an_installed_server_serves(address: str) -> None:
    with urllib.request.urlopen(f"{address}/healthz", timeout=10) as response:
        assert json.loads(response.read())["status"] == "ok"
