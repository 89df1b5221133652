"""Writes the skeleton of a verb: `make new-verb NAME=wait`. It waits for `length` seconds, and is whole: tested, drawn and documented."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.verb_files import FILES, SAMPLE

ROOT = Path(__file__).parent.parent
NAME = re.compile(r"(?:sip:)?[a-z][a-z0-9_]*")
FOREIGN = ROOT / "schemas" / "foreign.json"
"""The verbs of jambonz that callverbs lacks."""
GENERATORS = (("callverbs.schemas._bundle",), ("tests.pages",))


def write(verb: str) -> list[Path]:
    """Writes the files of a verb, and returns them. Raises ValueError, before it writes any, where that cannot be done."""
    if not NAME.fullmatch(verb):
        raise ValueError(f"a verb is called like dtmf or sip:refer, not {verb!r}")
    texts = {ROOT / file.path_of(verb): file.example_of(verb) for file in (*FILES.values(), *SAMPLE.values())}
    for path in texts:
        if path.exists():
            raise ValueError(f"{path.relative_to(ROOT)} is there already")
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    foreign = json.loads(FOREIGN.read_text(encoding="utf-8"))
    if foreign["verbs"].pop(verb, None):
        FOREIGN.write_text(json.dumps(foreign, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return list(texts)


def main() -> int:
    """Writes the skeleton, and what is generated from it."""
    try:
        (verb,) = sys.argv[1:]
        written = write(verb)
    except ValueError as error:
        print(error if len(sys.argv) == 2 else "say which verb: make new-verb NAME=wait", file=sys.stderr)
        return 2
    scenario = ROOT / SAMPLE["scenario"].path_of(verb)
    for module, *arguments in (*GENERATORS, ("callverbs", "test", "--update", str(scenario))):
        subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    for path in written:
        print(f"wrote {path.relative_to(ROOT)}")
    transcript, module = (FILES[kind].path_of(verb) for kind in ("transcript", "module"))
    print(f"{verb} waits for `length` seconds, and `make check test` is green.")
    print(f"Now write into {transcript} what it should do, see it fail, and go on in {module}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
