"""The properties on Cognigy's pages about Voice Gateway's verbs, and what becomes of each here.

The names are those of Cognigy's documentation of October 2025 (docs/sources.md). What becomes of them is that of our own properties
of the same name: the table of the language says it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from callverbs import schemas, verbs
from callverbs.interpreter.text.source import Source
from tests.language_page import Row, fate, rows
from tests.shown import Key, places

ROOT = Path(__file__).parent.parent
SAMPLES = sorted(path.parent for path in (ROOT / "samples").glob("cognigy-*/scenario.yaml"))
PAGES = {
    "amd": (
        "components/amd",
        (
            "actionHook thresholdWordCount recognizer timers timers.noSpeechTimeoutMs timers.decisionTimeoutMs timers.toneTimeoutMs "
            "timers.greetingCompletionTimeoutMs"
        ),
    ),
    "config": (
        "verbs/config",
        (
            "amd bargeIn bargeIn.enable bargeIn.sticky bargeIn.actionHook bargeIn.input bargeIn.finishOnKey bargeIn.numDigits "
            "bargeIn.minDigits bargeIn.maxDigits bargeIn.interDigitTimeout boostAudioSignal listen notifyEvents onHoldMusic recognizer "
            "reset record record.action record.siprecServerURL record.recordingID sipRequestWithinDialogHook synthesizer"
        ),
    ),
    "dial": (
        "verbs/dial",
        (
            "actionHook amd anchorMedia answerOnBridge callerId confirmHook dialMusic dtmfCapture dtmfHook headers listen referHook target "
            "timeLimit timeout transcribe"
        ),
    ),
    "dial (a target)": ("components/target", "type confirmHook number trunk sipUri auth name tenant"),
    "dtmf": ("verbs/dtmf", "dtmf duration"),
    "gather": (
        "verbs/gather",
        (
            "actionHook bargein dtmfBargein finishOnKey input interDigitTimeout listenDuringPrompt minBargeinWordCount minDigits maxDigits "
            "numDigits partialResultHook play recognizer say timeout"
        ),
    ),
    "hangup": ("verbs/hangup", "headers"),
    "listen": (
        "verbs/listen",
        (
            "actionHook bidirectionalAudio bidirectionalAudio.enabled bidirectionalAudio.sampleRate bidirectionalAudio.streaming "
            "disableBidirectionalAudio finishOnKey maxLength metadata mixType passDtmf playBeep sampleRate timeout transcribe url wsAuth"
        ),
    ),
    "play": ("verbs/play", "url loop earlyMedia timeoutSecs seekOffset actionHook"),
    "say": ("verbs/say", "text synthesizer loop earlyMedia"),
    "say (synthesizer)": ("components/synthesizer", "vendor language voice"),
    "gather (recognizer)": ("components/recognizer", "vendor language hints hintsBoost interim"),
    "SIP:refer": ("verbs/sip_refer", "referTo referredBy actionHook eventHook headers"),
    "SIP:request": ("verbs/sip_request", "method headers body actionHook"),
    "transcribe": ("verbs/transcribe", "transcriptionHook recognizer"),
}
"""By page, the part of ours that has its properties, and their names."""
FOREIGN = {"dub": ("dub", "action track play say loop gain")}
"""By page, a verb that callverbs does not have, and its properties."""


class CognigyRow(NamedTuple):
    """A property of a page, our own, and the sample that has it."""

    page: str
    row: Row
    sample: str


def table() -> Iterator[CognigyRow]:
    """Yields every property of every page, except those of verbs that callverbs does not have."""
    samples = having()
    for page, (part, names) in PAGES.items():
        known = {row.name: row for row in rows(part)}
        for name in names.split():
            yield CognigyRow(page, known[name], samples.get((part, name), ""))


def having() -> dict[Key, str]:
    """Returns by property the sample in Cognigy's dialect that has it, in its flow or in the reply of a hook."""
    found: dict[Key, str] = {}
    for sample in SAMPLES:
        for document in documents(sample):
            for place in places({"document": document}):
                found.setdefault(place.key, sample.name)
    return found


def documents(sample: Path) -> Iterator[list[Any]]:
    """Yields the documents of a sample: its flow, and the verbs that its hooks reply with."""
    (flow,) = sample.glob("flow.*")
    yield Source.read(flow).value
    yield from _replies(Source.read(sample / "scenario.yaml").value)


def _replies(value: Any) -> Iterator[list[Any]]:
    if isinstance(value, list) and verbs.items(value)[0]:
        yield value
    for inside in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _replies(inside)


def draw() -> str:
    """Returns the table: page, property, how it is done, what is different, and the sample."""
    lines = ["| page | property | how | what is different | sample |", "| --- | --- | --- | --- | --- |"]
    for page, row, sample in table():
        how, what = fate(row)
        lines.append(f"| {page} | `{row.name}` | {how} | {what.replace('|', chr(92) + '|')} | {_link(sample)} |")
    foreign: dict[str, str] = schemas.load_table("foreign")["verbs"]
    for page, (verb, names) in FOREIGN.items():
        lines += [f"| {page} | `{name}` | impossible | {foreign[verb]} |  |" for name in names.split()]
    return "\n".join(lines)


def _link(sample: str) -> str:
    return f"[{sample}](../samples/{sample}/README.md)" if sample else ""
