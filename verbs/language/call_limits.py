"""What a call may use at the most, by its application's settings. Nothing here counts: the engine does."""

from callverbs.verbs.language.word import Word

SATELLITE_PREFIXES = ("+870", "+878", "+881", "+882", "+883", "+888", "+979")
"""Satellites, networks of no country, and international premium rate (ITU-T E.164, list of assigned country codes)."""
PREMIUM_PREFIXES = (
    *("+1900", "+27862", "+3090", "+31900", "+31906", "+31909", "+3290", "+3389", "+34803", "+34806", "+34807", "+34905", "+35176"),
    *("+35290", "+35315", "+358600", "+358700", "+35990", "+3690", "+3691", "+38560", "+38690", "+39892", "+39895", "+39899", "+4090"),
    *("+41900", "+41901", "+41906", "+42090", "+42190", "+43900", "+43901", "+43930", "+43931", "+449", "+4590", "+46900", "+46939"),
    *("+46944", "+47820", "+47829", "+4870", "+49900", "+52900", "+6119", "+64900", "+7809", "+81990", "+90900"),
)
"""Numbers whose callers pay whoever is called (libphonenumber: PREMIUM_RATE). The list is not complete: settings can add to it."""


class Full(Word):
    """There are too many calls: a sentence, and the section of the settings whose `calls` says so."""

    text: str
    section: str


class CallLimits(Word):
    """The limits of one call. Minutes are counted from the first use in them."""

    calls: int = 1_000
    """Calls of the application at once."""
    hooks_per_minute: int = 300
    hooks_per_call: int = 20_000
    dials_per_minute: int = 60
    dials_per_call: int = 1_000
    verbs_per_minute: int = 2_000
    verbs_per_call: int = 50_000
    legs: int = 50
    """Legs at once."""
    call_seconds: float = 14_400.0
    snapshot_bytes: int = 2_000_000
    called_prefixes: tuple[str, ...] = ()
    """What numbers in E.164 may be called begin with; empty, and all may."""
    refused_prefixes: tuple[str, ...] = SATELLITE_PREFIXES + PREMIUM_PREFIXES
    """What numbers that are never called begin with. A longer prefix of `called_prefixes` wins."""
