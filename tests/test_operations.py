"""The files of docs/operations, line by line: what they run exists, what they set is known, what they install is what callverbs needs."""

import configparser
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from callverbs.interpreter.cli import command_group
from callverbs.interpreter.server import run, runtime, settings
from callverbs.interpreter.server.settings import HOOK_SECRET_VARIABLE, SETTING_OF_VARIABLE
from callverbs.interpreter.server.webhook_middleware import MAX_WEBHOOK_BYTES, WEBHOOK_PATH
from callverbs.interpreter.telnyx.signature import Signer

HOUSE = Path(__file__).parent.parent
FOLDER = HOUSE / "docs" / "operations"
VARIABLES = {*SETTING_OF_VARIABLE, HOOK_SECRET_VARIABLE, "PGPASSWORD"}
SECRETS = {"TELNYX_API_KEY": "KEY", "TELNYX_PUBLIC_KEY": Signer(bytes(32)).public_key, "CALLVERBS_TOKEN": "0123456789abcdef" * 2}
STOP_SECONDS = run.STOP_GRACE_SECONDS + runtime.STOP_TIMEOUT_SECONDS + runtime.CLOSE_TIMEOUT_SECONDS


def read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def flags_of(arguments: list[str]) -> dict[str, Any]:
    """Returns the flags of a `callverbs serve`. Fails where one is unknown."""
    assert arguments[0] == "serve"
    serve = command_group.commands.get("serve") or command_group.get_command(None, "serve")  # type: ignore[arg-type]
    assert serve
    return dict(serve.make_context("serve", arguments[1:]).params)


def test_the_unit_runs_a_server_and_gives_it_time_to_stop() -> None:
    unit = configparser.ConfigParser(strict=True, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(read("callverbs.service"))
    service = unit["Service"]
    program, *arguments = shlex.split(service["ExecStart"])
    assert program.endswith("/bin/callverbs")
    assert flags_of(arguments)["config"] == Path("/etc/callverbs/callverbs.toml")
    assert service["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert float(service["TimeoutStopSec"]) > STOP_SECONDS
    assert service["KillMode"] == "mixed", "SIGTERM is for the supervisor, which stops its workers"
    assert set(unit) == {"DEFAULT", "Unit", "Service", "Install"}


def test_the_containers_run_what_there_is() -> None:
    services = yaml.safe_load(read("compose.yaml"))["services"]
    one = services["callverbs"]
    flags = flags_of(one["command"])
    assert (flags["host"], flags["workers"]) == ("0.0.0.0", 2)
    assert set(one["environment"]) <= VARIABLES
    assert f"./callverbs.toml:{flags['config']}:ro" in one["volumes"]
    assert (FOLDER / one["build"]["context"]).resolve() == HOUSE
    assert (HOUSE / one["build"]["dockerfile"]).is_file()
    assert float(one["stop_grace_period"].removesuffix("s")) > STOP_SECONDS
    user = services["db"]["environment"]["POSTGRES_USER"]
    assert one["environment"]["CALLVERBS_STORE"] == f"postgresql://{user}@db/{services['db']['environment']['POSTGRES_DB']}"
    environment = {**one["environment"], **SECRETS}
    loaded = settings.read({**flags, "config": None}, environment, FOLDER / "callverbs.toml")
    assert (loaded.port, loaded.workers, loaded.store) == (8080, 2, (one["environment"]["CALLVERBS_STORE"],))
    assert one["ports"] == [f"127.0.0.1:{loaded.port}:{loaded.port}"]


def test_the_container_file_copies_what_there_is_and_runs_a_server() -> None:
    lines = [line for line in read("Containerfile").splitlines() if line and not line.startswith("#")]
    instructions = [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines]
    assert instructions[0][0] == "FROM"
    known = {"FROM", "WORKDIR", "RUN", "COPY", "ENV", "USER", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
    assert {name for name, _ in instructions} <= known
    for name, rest in instructions:
        if name == "COPY" and not rest.startswith("--from=build "):
            for source in rest.split()[:-1]:
                assert (HOUSE / source).exists(), source
    copied = {source for name, rest in instructions if name == "COPY" for source in rest.split()[:-1]}
    links = {path.name for path in (HOUSE / "callverbs").iterdir() if path.is_symlink()}
    assert links <= copied, "the folders that the import package links to"
    values = dict(instructions)
    assert yaml.safe_load(values["ENTRYPOINT"]) == ["callverbs"]
    assert flags_of(yaml.safe_load(values["CMD"]))["host"] == "0.0.0.0"
    assert values["EXPOSE"] == str(settings.Settings().port)
    assert f"127.0.0.1:{values['EXPOSE']}/healthz" in values["HEALTHCHECK"]


def test_the_proxy_lets_webhooks_through_and_nothing_else() -> None:
    conf = read("nginx.conf")
    assert re.findall(r"location (.*) \{", conf) == [f"= {WEBHOOK_PATH}"]
    assert f"server 127.0.0.1:{settings.Settings().port};" in conf
    assert conf.count("{") == conf.count("}")
    assert "client_max_body_size 1m;" in conf
    assert MAX_WEBHOOK_BYTES <= 1 << 20


LOCKED = re.compile(r"^([a-z0-9.-]+)==(\S+)(?: ; .*)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)


def locked() -> dict[str, str]:
    return {name: version for name, version, _ in LOCKED.findall(read("requirements.lock"))}


def test_every_line_of_the_lock_has_its_hashes() -> None:
    text = read("requirements.lock")
    assert LOCKED.sub("", text).strip() == ""


@pytest.mark.parametrize("group", ["dependencies", "postgres"])
def test_the_lock_has_what_callverbs_needs(group: str) -> None:
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]
    for text in project.get(group) or project["optional-dependencies"][group]:
        needed = Requirement(text)
        version = locked().get(re.sub(r"[-_.]+", "-", needed.name.lower()))
        assert version, f"{needed.name} is not in the lock: docs/operations.md says how to make it anew"
        assert needed.specifier.contains(version), f"{needed} is not {version}"
