"""`make demo`: a whole call over real sockets. No real phone rings.

Three programs run: the customer's application, a simulated carrier with people on the line, and callverbs between them. The
call is printed while it happens: every webhook, command, hook and reply, with its time.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CALLVERBS = [sys.executable, "-m", "callverbs"]
TOKEN, SECRET = "demo-token", "demo-secret"
CALLER, OURS = "+14155550100", "+14155550199"
MAX_SECONDS = 60.0
"""A demo that takes longer has failed."""


@contextlib.contextmanager
def program(command: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a program, and stops it at the end."""
    with log.open("wb") as output, subprocess.Popen(command, env={**os.environ, **environment}, stdout=output, stderr=output) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def free_port() -> int:
    """Returns a port that is not in use."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def ask(url: str, body: dict[str, Any] | None = None) -> bytes:
    """Sends a request to one of the programs."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=5) as response:
        answer: bytes = response.read()
        return answer


def wait_for(url: str) -> bytes:
    """Asks until there is an answer: the program may still be starting."""
    until = time.monotonic() + MAX_SECONDS
    while True:
        try:
            return ask(url)
        except urllib.error.HTTPError:
            return b""
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def main() -> int:
    """Starts the three programs, places a call, prints it, and stops them."""
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as running:
        folder = Path(name)
        app, carrier, server = (f"http://127.0.0.1:{free_port()}" for _ in range(3))

        def start(who: str, command: list[str], **environment: str) -> None:
            running.enter_context(program(command, environment, folder / f"{who}.log"))

        start("application", [sys.executable, str(HERE / "application.py"), app.rpartition(":")[2]], CALLVERBS_HOOK_SECRET=SECRET)
        people = str(HERE / "people.yaml")
        webhook = f"{server}/webhooks/telnyx"
        start("carrier", [*CALLVERBS, "carrier", "--port", carrier.rpartition(":")[2], "--webhook", webhook, "--scenario", people])
        key = json.loads(wait_for(f"{carrier}/_sim/public_key"))["public_key"]
        start(
            "callverbs",
            [
                *CALLVERBS,
                "serve",
                "--app",
                f"{app}/call",
                "--port",
                server.rpartition(":")[2],
                "--store",
                f"sqlite:///{folder}/calls.sqlite",
            ],
            TELNYX_API_KEY="demo",
            TELNYX_PUBLIC_KEY=key,
            TELNYX_BASE_URL=f"{carrier}/v2",
            CALLVERBS_CONNECTION_ID="1",
            CALLVERBS_TOKEN=TOKEN,
            CALLVERBS_HOOK_SECRET=SECRET,
        )
        wait_for(f"{server}/healthz")
        wait_for(f"{app}/call")
        print(f"{CALLER} calls {OURS}: the caller presses 1, and three phones of sales ring.\n", flush=True)
        ask(f"{carrier}/_sim/calls", {"from": CALLER, "to": OURS})
        status = watch(server)
        print(f"\nThe call is over: {status}.")
        if status != "completed":
            for log in sorted(folder.glob("*.log")):
                print(f"\n--- {log.name}\n{log.read_text(errors='replace')}")
            return 1
        print(NEXT)
        return 0


NEXT = """
Try next:
  .venv/bin/callverbs lint samples/ivr-menu/flow.json
  .venv/bin/callverbs simulate --scenario samples/speech-menu/scenario.yaml
  .venv/bin/callverbs test samples"""


def watch(server: str) -> str:
    """Prints the call's ladder as it grows, and returns how the call ended."""
    printed = 0
    until = time.monotonic() + MAX_SECONDS
    while time.monotonic() < until:
        calls = json.loads(ask(f"{server}/calls"))
        if calls:
            call = calls[0]
            rows = ask(f"{server}/calls/{call['id']}?format=ladder").decode().splitlines()
            print("\n".join(rows[printed:]) + "\n" if rows[printed:] else "", end="", flush=True)
            printed = len(rows)
            if call["ended"]:
                return str(call["call_status"])
        time.sleep(0.25)
    return "it has taken too long"


if __name__ == "__main__":
    sys.exit(main())
