"""The rule unknown-trunk (CV331)."""

from collections.abc import Iterator

from callverbs import schemas
from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.targets import calling_verbs, targets_of
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, Fix


class UnknownTrunk(Rule, code="CV331", severity=WARNING):
    """A target names a `trunk` that no application of the settings has.

    The rule needs a `callverbs.toml` with `[applications]`, in the folder of the document or above it.

    Why: the number is called over the connection of the application instead, as a number without a trunk.

    Bad:

        - verb: dial
          actionHook: /dialed
          target: [{type: phone, number: "+14155550100", trunk: Berlni}]

    Good:

        - verb: dial
          actionHook: /dialed
          target: [{type: phone, number: "+14155550100", trunk: Berlin}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        trunks = document.context.trunks
        if trunks is None:
            return
        for verb in calling_verbs(document):
            for target in targets_of(verb):
                trunk = target.text("trunk")
                if trunk and trunk not in trunks:
                    message = f"no application of the settings has a trunk {trunk}{schemas.did_you_mean(trunk, trunks)}"
                    guess = schemas.nearest(trunk, trunks)
                    fix = Fix("replace", guess, safe=False) if guess else None
                    yield self.diagnostic((*target.path, "trunk"), message, fix=fix)
