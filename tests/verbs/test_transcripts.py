"""Plays every transcript: straight, with a JSON round trip after every event, and with every event twice.

A transcript says what one call does, in `tests/transcripts/<verb>/<what>.yaml`:

    about:     what is promised, and who promises it (T1 to T24 are the worked traces of jambonz's runtime)
    app:       settings of the application
    caller:    the caller's number; or `call:`, the request of an operator
    first:     what is sent at once; notes: parts of sentences that are recorded with it
    document:  the reply to the first hook
    steps:     - when:     what happens, in the words of harness.py; seconds pass before it: 1, or `after`
                 then:     every message that is sent because of it, in order, with the fields to compare; null for an absent one
                 notes, problems:  parts of sentences that are recorded
                 timers:   the verbs' timers that run after it, with the seconds until they fire
    over:      false where the call goes on
"""

from pathlib import Path

import pytest

from callverbs.interpreter.text.source import Source
from tests.verbs.player import WAYS, play

FOLDER = Path(__file__).parent.parent / "transcripts"
TRANSCRIPTS = sorted(FOLDER.rglob("*.yaml"))


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("path", TRANSCRIPTS, ids=[str(path.relative_to(FOLDER)) for path in TRANSCRIPTS])
def test_transcript(path: Path, how: str) -> None:
    play(Source.read(path).value, how)


def test_every_transcript_says_what_it_is_about() -> None:
    for path in TRANSCRIPTS:
        assert str(Source.read(path).value["about"]).endswith("."), path
