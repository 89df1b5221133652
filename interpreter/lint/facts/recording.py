"""Calls that are recorded, by the parameters `record…` under `carrier`, and by `record` of a config."""

from callverbs.interpreter.lint.document import DocumentVerb


def records_from_answer(verb: DocumentVerb) -> bool:
    """Returns whether a verb makes the carrier record from the answer on."""
    carrier = verb.item.body.get("carrier")
    return isinstance(carrier, dict) and bool(carrier.get("record"))


def is_recorded_after(verb: DocumentVerb, before: bool) -> bool:
    """Returns whether the call is recorded after a verb: from its answer on, or as a config says; otherwise as before it."""
    record = verb.item.body.get("record") if verb.item.name == "config" else None
    if isinstance(record, dict):
        starts = record.get("action") == "startCallRecording"
        return before or record.get("type") == "cloud" if starts else record.get("action") == "resumeCallRecording"
    return before or (verb.type.command == "answer" and records_from_answer(verb))
