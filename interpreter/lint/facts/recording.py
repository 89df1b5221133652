"""Calls that the carrier records, by the parameters `record…` under `carrier`."""

from callverbs.interpreter.lint.document import DocumentVerb


def records_from_answer(verb: DocumentVerb) -> bool:
    """Returns whether a verb makes the carrier record from the answer on."""
    carrier = verb.item.body.get("carrier")
    return isinstance(carrier, dict) and bool(carrier.get("record"))
