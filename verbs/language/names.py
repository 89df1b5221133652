"""How classes, tags and handlers are spelled: one rule for each, so that nothing is named twice."""

import re

NAMESPACES = ("sip",)
"""Prefixes that jambonz sets off with a colon: `sip:decline` is the class `SipDecline` in `sip_decline.py`."""


def snake_case(name: str) -> str:
    """`LegAnswered` becomes `leg_answered`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def verb_name(class_name: str) -> str:
    """The verb that a class is, or the spec of: `SipDecline` and `SipDeclineSpec` are `sip:decline`."""
    name = snake_case(class_name.removesuffix("Spec"))
    prefix, _, rest = name.partition("_")
    return f"{prefix}:{rest}" if prefix in NAMESPACES else name


def file_name(verb: str) -> str:
    """What the files of a verb are called: those of `sip:decline` are `sip_decline.*`."""
    return verb.replace(":", "_")
