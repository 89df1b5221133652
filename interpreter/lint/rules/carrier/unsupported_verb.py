"""The rule unsupported-verb (CV701)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, versions
from callverbs.verbs import REGISTRY


class UnsupportedVerb(Rule, code="CV701", severity=ERROR):
    """A verb of jambonz that callverbs does not have. The message says why, and what to do instead.

    Some verbs are missing only if the settings choose version 1 of the carrier's API.

    Why: the document is not run. If callverbs skipped the verb, the call would not be the one that the author has written.

    Bad:

        [{"verb": "llm", "vendor": "openai", "llmOptions": {}}]

    Good:

        [{"verb": "assistant", "assistant": "assistant-2f6e", "instructions": "Be brief", "timeLimit": 600}, {"verb": "hangup"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        reasons = versions.unsupported(
            document.context.api, {verb.item.name: REGISTRY[verb.item.name].command for verb in document.main_program}
        )
        for verb in document.main_program:
            if reason := reasons.get(verb.item.name):
                path, at_key = verb.name_location
                yield self.diagnostic(path, reason, at_key)
