"""Starts the programs of a benchmark, each on a processor of its own, and stops them."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent


@contextlib.contextmanager
def program(command: list[str], processor: int | None, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a program on one processor, or on all, and stops it at the end."""
    pinned = [sys.executable, *command]
    with subprocess.Popen(
        pinned, env={**os.environ, "PYTHONPATH": str(ROOT), **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        processors = range(os.cpu_count() or 1)
        os.sched_setaffinity(process.pid, processors if processor is None else {processor % len(processors)})
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


def free_port() -> int:
    """Returns a port that is not in use."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def wait_for(port: int) -> None:
    """Waits until a program listens on a port."""
    for _ in range(400):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise TimeoutError(port)


def ask(url: str, body: Any = None) -> Any:
    """Sends a request to a program, and returns its answer."""
    request = urllib.request.Request(url, json.dumps(body).encode() if body is not None else None)
    with urllib.request.urlopen(request, timeout=300) as response:
        return json.load(response)


def processor_seconds(process: subprocess.Popen[bytes]) -> float:
    """Returns how many seconds of processor a program and its workers have used."""
    return sum(
        _seconds(pid) for pid in (process.pid, *map(int, Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()))
    )


def _seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
