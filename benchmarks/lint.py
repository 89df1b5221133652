"""The linter beside `check-jsonschema` with our schema, and beside jambonz's own validator on node: one file, a thousand, and in process.

Cold start is a whole process for one small file. A thousand files are copies of the samples' flows, each with a text of its own,
linted on all processors. In process, documents are checked over and over; jambonz's validator knows no positions and no rules.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from programs import HERE, ROOT

from callverbs.interpreter.lint.linter import lint
from callverbs.interpreter.text.source import Source

RUNS, FILES, SECONDS = 7, 1000, 3.0
SMALL = '[{"verb": "gather", "actionHook": "/menu", "numDigits": 1, "say": {"text": "Press 1."}}, {"verb": "hangup"}]\n'
BIN = Path(sys.executable).parent
NODE = HERE / "contestants/validate.cjs"


def seconds(command: list[str], folder: Path) -> float:
    """How long a process takes; what it finds does not matter, as long as it does not fail."""
    began = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{command[0]}: {done.stderr.decode()}")
    return time.perf_counter() - began


def middle(command: list[str], folder: Path, runs: int = RUNS) -> float:
    """The median of a few runs."""
    seconds(command, folder)
    return statistics.median(seconds(command, folder) for _ in range(runs))


def rivals(schema: Path) -> dict[str, list[str]]:
    """Commands that check files, as far as they are here: the files' names follow."""
    found = {"callverbs": [str(BIN / "callverbs"), "lint"]}
    if (BIN / "check-jsonschema").exists():
        found["check-jsonschema"] = [str(BIN / "check-jsonschema"), "--schemafile", str(schema)]
    if shutil.which("node") and (ROOT / "tests/jambonz/node_modules").is_dir():
        found["@jambonz/schema"] = ["node", str(NODE)]
    return found


def flows(folder: Path) -> list[Path]:
    """A thousand files like the samples'."""
    samples = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "samples").glob("*/flow.json"))]
    made = []
    for n in range(FILES):
        document = [*samples[n % len(samples)], {"verb": "say", "text": f"This is file {n}."}]
        made.append(folder / f"flow{n}.json")
        made[-1].write_text(json.dumps(document, indent=2), encoding="utf-8")
    return made


def rate() -> float:
    """Documents per second in this process, with positions and all rules."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "samples").glob("*/flow.json"))]
    for text in texts:
        lint(Source.read("flow.json", text))
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < SECONDS:
        for text in texts:
            lint(Source.read("flow.json", text))
        count += len(texts)
    return count / (time.perf_counter() - began)


def rate_on_node() -> float:
    """The same of jambonz's validator, by its own clock."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "samples").glob("*/flow.json"))]
    given = json.dumps([json.loads(text) for text in texts])
    done = subprocess.run(["node", str(NODE), "--rate", str(SECONDS)], input=given, capture_output=True, text=True, check=True)
    return float(done.stdout)


def main() -> None:
    """One table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        schema = folder / "document.schema.json"
        schema.write_bytes((ROOT / "schemas/document.schema.json").read_bytes())
        (folder / "small.json").write_text(SMALL, encoding="utf-8")
        many = folder / "many"
        many.mkdir()
        names = [str(path) for path in flows(many)]
        print(f"{'':<18}{'one small file':>16}{f'{FILES} files':>16}   on {os.cpu_count()} processors")
        for rival, command in rivals(schema).items():
            one, all_ = middle([*command, "small.json"], folder), middle([*command, *names], folder, 3)
            print(f"{rival:<18}{one * 1e3:>13.0f} ms{all_:>14.2f} s")
    print(f"{'callverbs':<18}{rate():>10.0f} documents/s in process, with positions and all rules")
    if "@jambonz/schema" in rivals(schema):
        print(f"{'@jambonz/schema':<18}{rate_on_node():>10.0f} documents/s in process, yes or no")


if __name__ == "__main__":
    main()
