"""Pages of what the schemas refuse: names, types and values of properties."""

from typing import ClassVar

from interpreter.lint.finding import Severity
from interpreter.lint.rules._rule import Rule


class Refused(Rule):
    """The schema refuses the verb, and nothing more exact can be said of it.

    The validator that runs in production found a fault that the one that writes the messages does not see. Please report it.

    Why: the document is not run.

    Bad: no document is known that comes to this.

    Good:

        [{"verb": "say", "text": "Hello"}]
    """

    code: ClassVar[str] = "CV100"
    name: ClassVar[str] = "refused"
    severity: ClassVar[Severity] = "error"


class UnknownVerb(Rule):
    """There is no verb of this name, neither here nor in jambonz.

    Why: the document is not run. jambonz, too, refuses the whole list for one unknown verb, in the middle of a call if need be.

    Bad:

        [{"verb": "sey", "text": "Hello"}]

    Good:

        [{"verb": "say", "text": "Hello"}]
    """

    code: ClassVar[str] = "CV101"
    name: ClassVar[str] = "unknown-verb"
    severity: ClassVar[Severity] = "error"


class UnknownProperty(Rule):
    """The verb, or an object in it, has no property of this name. Upper and lower case count.

    Why: a misspelt property is a setting that the author believes in and nobody reads: a hook that is never asked, a time limit
    that never ends.

    Bad:

        [{"verb": "gather", "numDigits": 1, "actionhook": "/menu"}]

    Good:

        [{"verb": "gather", "numDigits": 1, "actionHook": "/menu"}]
    """

    code: ClassVar[str] = "CV102"
    name: ClassVar[str] = "unknown-property"
    severity: ClassVar[Severity] = "error"


class MissingProperty(Rule):
    """A property that the verb cannot do without is not there.

    Why: a say without text says nothing, a play without url plays nothing.

    Bad:

        [{"verb": "pause"}]

    Good:

        [{"verb": "pause", "length": 2}]
    """

    code: ClassVar[str] = "CV103"
    name: ClassVar[str] = "missing-property"
    severity: ClassVar[Severity] = "error"


class WrongType(Rule):
    """A value is of another type than the property takes; or the name of a property is not text.

    Of a number in quotes, and of a number that lacks them, CV110 says it.

    Why: the document is not run. What is true in quotes is text, and nobody reads it as it was meant.

    Bad:

        [{"verb": "pause", "length": "two"}]

    Good:

        [{"verb": "pause", "length": 2}]
    """

    code: ClassVar[str] = "CV104"
    name: ClassVar[str] = "wrong-type"
    severity: ClassVar[Severity] = "error"


class UnknownValue(Rule):
    """The property takes one of a few words, and this is none of them.

    Why: the document is not run: callverbs does not guess which of them was meant.

    Bad:

        [{"verb": "dial", "actionHook": "/dialed", "target": [{"type": "fone", "number": "+14155550100"}]}]

    Good:

        [{"verb": "dial", "actionHook": "/dialed", "target": [{"type": "phone", "number": "+14155550100"}]}]
    """

    code: ClassVar[str] = "CV105"
    name: ClassVar[str] = "unknown-value"
    severity: ClassVar[Severity] = "error"


class Conflict(Rule):
    """Two properties exclude each other.

    Why: the carrier refuses the command, and the caller hears nothing of what it should have done.

    Bad:

        - verb: dial
          actionHook: /dialed
          target: [{type: phone, number: "+14155550100"}]
          carrier: {audio_url: "https://example.com/hello.mp3", media_name: hello}

    Good:

        - verb: dial
          actionHook: /dialed
          target: [{type: phone, number: "+14155550100"}]
          carrier: {media_name: hello}
    """

    code: ClassVar[str] = "CV106"
    name: ClassVar[str] = "conflicting-properties"
    severity: ClassVar[Severity] = "error"


class OutOfRange(Rule):
    """A value is of the right type, and too small, too large, too long, or not of the form that is needed.

    Why: the carrier refuses the command in mid-call.

    Bad:

        [{"verb": "pause", "length": -1}]

    Good:

        [{"verb": "pause", "length": 1}]
    """

    code: ClassVar[str] = "CV111"
    name: ClassVar[str] = "out-of-range"
    severity: ClassVar[Severity] = "error"
