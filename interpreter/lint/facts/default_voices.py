"""The voice that a verb has by default, as far as the document says it: what the configs before it have set."""

from callverbs.interpreter.lint.document import Document
from callverbs.schemas import ValuePath
from callverbs.verbs.config import ConfigSpec
from callverbs.verbs.language.spec import Synthesizer

UNKNOWN = Synthesizer()
"""The voice of the application's settings: "default" in every property."""


def default_voice(document: Document, path: ValuePath) -> Synthesizer:
    """Returns the voice that the configs before a path of the document leave; UNKNOWN where there is none, or the last one resets it."""
    found = UNKNOWN
    for verb in document.main_program:
        if verb.path[0] == path[0]:
            break
        if isinstance(verb.spec, ConfigSpec):
            found = UNKNOWN if "synthesizer" in verb.spec.resets else found
            found = verb.spec.synthesizer.over(found) if verb.spec.synthesizer else found
    return found
