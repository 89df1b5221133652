"""Programs that read what we write: the schema of SARIF, and Mermaid's parser. `make test` installs them."""

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
"""Skips a test where they are missing."""


def sarif_schema() -> Any:
    """Returns the schema of SARIF 2.1.0."""
    return json.loads((PACKAGES / "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))


def mermaid_errors(texts: Iterable[str]) -> list[str]:
    """Returns the error of Mermaid's parser for each text; empty where it can read it."""
    given = json.dumps(list(texts))
    done = subprocess.run([NODE, str(HERE / "mermaid.mjs")], input=given, capture_output=True, text=True, check=True, timeout=120)
    errors: list[str] = json.loads(done.stdout)
    return errors
