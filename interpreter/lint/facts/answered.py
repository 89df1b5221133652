"""Which verb answers an inbound call: what can be done before, and what only then."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import DocumentVerb


def with_answering_verb(program: list[DocumentVerb]) -> Iterator[tuple[DocumentVerb, DocumentVerb | None]]:
    """Yields each verb, and the one before it that has answered the call; up to the first with a diagnostic, whose effect is unknown."""
    answering = None
    for verb in program:
        yield verb, answering
        if verb.spec is None:
            return
        if answering is None and (verb.type.command == "answer" or verb.type.answers(verb.spec)):
            answering = verb
