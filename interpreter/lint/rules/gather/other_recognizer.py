"""The rule other-recognizer (CV420)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.recognizers import recognizers
from callverbs.interpreter.lint.finding import INFO
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic
from callverbs.schemas.recognizers import transcription


class OtherRecognizer(Rule, code="CV420", severity=INFO):
    """The carrier has no engine of this vendor, or the engine lacks a model or a setting. The message says what happens instead.

    The carrier recognises speech with engines of Google, Deepgram, Telnyx (Whisper), AssemblyAI, Speechmatics, Soniox, xAI and NVIDIA.

    Why: another engine understands callers differently from what the author has tried.

    Bad:

        [{"verb": "gather", "input": ["speech"], "actionHook": "/said", "recognizer": {"vendor": "aws", "language": "en-US"}}]

    Good:

        [{"verb": "gather", "input": ["speech"], "actionHook": "/said", "recognizer": {"vendor": "google", "language": "en-US"}}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for path, recognizer in recognizers(document):
            for loss in transcription(recognizer).losses:
                if loss.property != "language":
                    where = (*path, loss.property) if loss.property in recognizer else path
                    yield self.diagnostic(where, f"{loss.property}: {loss.reason}")
