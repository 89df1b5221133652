"""Programs of others that read what we write: the schema of SARIF, and Mermaid's parser. `make test` installs them."""

import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PACKAGES = HERE / "node_modules"
NODE = shutil.which("node") or ""

needed = pytest.mark.skipif(not (NODE and PACKAGES.is_dir()), reason="Node or the readers are missing: install Node, then run make test")
"""For tests that ask them."""


def sarif_schema() -> Any:
    """The schema of SARIF 2.1.0."""
    return json.loads((PACKAGES / "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))


def mermaid_says(texts: Iterable[str]) -> list[str]:
    """What Mermaid's parser complains of, by text: nothing where it can read it."""
    asked = json.dumps(list(texts))
    done = subprocess.run([NODE, str(HERE / "mermaid.mjs")], input=asked, capture_output=True, text=True, check=True, timeout=120)
    said: list[str] = json.loads(done.stdout)
    return said
