"""Whole simring calls: callverbs, and a hand-written handler with the carrier's SDK, on the same carrier and the same calls.

What is compared is calls per second while the server's processor is busy, and the server's processor time per call, which
does not depend on how fast the carrier is.
"""

import statistics
import tempfile
from pathlib import Path

from programs import HERE, ask, free_port, processor_seconds, program, wait_for

CALLS, AT_ONCE, ROUNDS = 300, 60, 3


def run(contestant: str) -> tuple[float, float]:
    """Returns calls per second, and milliseconds of processor per call."""
    port, bench = free_port(), free_port()
    webhook, hook = f"http://127.0.0.1:{port}/webhooks/telnyx", f"http://127.0.0.1:{bench}"
    with program([str(HERE / "contestants/carrier.py"), str(bench), webhook], 0), tempfile.TemporaryDirectory() as folder:
        wait_for(bench)
        account = ask(f"{hook}/account")
        environment = {
            "TELNYX_API_KEY": "bench",
            "TELNYX_PUBLIC_KEY": account["public_key"],
            "TELNYX_BASE_URL": account["base_url"],
            "CALLVERBS_CONNECTION_ID": "1",
            "HOOK": hook,
        }
        store = f"sqlite:///{Path(folder) / 'calls.sqlite'}"
        commands = {
            "callverbs": ["-m", "callverbs", "serve", "--app", f"{hook}/call", "--port", str(port), "--store", store],
            "handwritten": [str(HERE / "contestants/handwritten.py"), str(port)],
        }
        with program(commands[contestant], 1, **environment) as server:
            wait_for(port)
            ask(f"{hook}/bench", {"calls": AT_ONCE, "at_once": AT_ONCE})
            before = processor_seconds(server)
            seconds = ask(f"{hook}/bench", {"calls": CALLS, "at_once": AT_ONCE})["seconds"]
            return CALLS / seconds, (processor_seconds(server) - before) / CALLS * 1000


def main() -> None:
    """Runs the two in turn."""
    found: dict[str, list[tuple[float, float]]] = {"callverbs": [], "handwritten": []}
    for _ in range(ROUNDS):
        for contestant, results in found.items():
            results.append(run(contestant))
    middle = {name: tuple(map(statistics.median, zip(*results, strict=True))) for name, results in found.items()}
    for name, (rate, cpu) in middle.items():
        print(f"{name:<12} {rate:7.1f} simring calls/s   {cpu:6.2f} ms of processor per call")
    ours, theirs = middle["callverbs"], middle["handwritten"]
    print(f"ratio        {ours[0] / theirs[0]:7.2f} (calls/s)          {theirs[1] / ours[1]:6.2f} (processor)")


if __name__ == "__main__":
    main()
