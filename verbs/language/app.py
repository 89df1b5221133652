"""What a call knows of the application it belongs to. Secrets are not here: only the shells that need them read those."""

from collections.abc import Mapping

from callverbs.verbs.language.call_limits import CallLimits, Full
from callverbs.verbs.language.spec import Hook, Synthesizer
from callverbs.verbs.language.word import Word

RINGBACK = "ringback"
"""Name of our own ringback tone; the carrier's border puts the audio in."""


class App(Word):
    """An application's settings as they were when the call began."""

    name: str = ""
    sid: str = ""
    account_sid: str = ""
    service_provider_sid: str = ""
    sip_address: str = "127.0.0.1:5060"
    """What hooks are told of the SIP server, of which callverbs has none: address and port."""
    public_ip: str = "127.0.0.1"
    """What hooks are told of where callverbs is reached."""
    call_hook: Hook = ""
    fallback_hook: Hook = ""
    """Asked when `call_hook` fails; empty where there is none."""
    status_hook: Hook = ""
    base_url: str = ""
    """Origin against which relative hooks are resolved; empty where there is none."""
    dialect: str = "jambonz"
    connection_id: str = ""
    trunks: dict[str, str] = {}
    synthesizer: Synthesizer = Synthesizer(vendor="aws", language="en-US", voice="Joanna", engine="neural")
    ringback: str = RINGBACK
    """What an answered caller hears while phones ring: our own tone, a URL, or nothing."""
    apology: str = ""
    """Spoken where a hook's failure leaves an answered caller with nothing to run."""
    env_vars: dict[str, str] = {}
    limits: CallLimits = CallLimits()
    full: Full | None = None
    """Why this call is not taken: there are too many. The caller hears busy."""

    @property
    def trunk(self) -> str:
        """What the settings call the connection of the carrier; `carrier` where they have no name for it."""
        return next((name for name, connection in self.trunks.items() if connection == self.connection_id), "carrier")

    def default_hook(self, hooks: Mapping[str, str]) -> str | None:
        """Returns the hook of this dialect that is asked where none is written; None without an origin that it would be a path of."""
        return hooks.get(self.dialect) if self.base_url else None
