"""Pages of what is wrong with the comments and the settings that keep findings quiet."""

from typing import ClassVar

from interpreter.lint.finding import Severity
from interpreter.lint.rules._rule import Profile, Rule


class UnusedSuppression(Rule):
    """A comment, or the property `_` of a verb, keeps a finding quiet that is not there.

    It is looked for in documents without errors only: behind an error nobody can see what else there is.

    Why: what it was written for is mended, and the next mistake at this place would go unseen.

    Bad:

        # callverbs: ignore[CV301] the hook fills the list
        - say: {text: Hello}

    Good:

        - say: {text: Hello}
    """

    code: ClassVar[str] = "CV901"
    name: ClassVar[str] = "unused-suppression"
    severity: ClassVar[Severity] = "warning"


class SuppressionWithoutReason(Rule):
    """A comment, or the property `_` of a verb, keeps a finding quiet and does not say why.

    Why: whoever reads it next year cannot know whether the caller is still safe.

    Bad:

        # callverbs: ignore[CV401]
        - gather: {numDigits: 1}

    Good:

        # callverbs: ignore[CV401] any key ends the music, and which one does not matter
        - gather: {numDigits: 1}
    """

    code: ClassVar[str] = "CV902"
    name: ClassVar[str] = "suppression-without-reason"
    severity: ClassVar[Severity] = "info"
    profile: ClassVar[Profile] = "strict"


class UnknownCode(Rule):
    """The settings, a comment or an option name a rule that does not exist.

    Why: a misspelt code keeps nothing quiet and selects nothing: a check that somebody believes in is not made.

    Bad:

        # callverbs: ignore[no-such-rule] it is misspelt
        - say: {text: Hello}

    Good:

        - say: {text: Hello}
    """

    code: ClassVar[str] = "CV903"
    name: ClassVar[str] = "unknown-code"
    severity: ClassVar[Severity] = "error"
