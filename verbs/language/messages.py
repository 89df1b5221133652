"""What a call sends once its new state is saved: the base of every outbox message, and the request to a hook."""

from typing import Any, ClassVar, Literal

from callverbs.verbs.language.names import snake_case
from callverbs.verbs.language.spec import Credentials
from callverbs.verbs.language.word import Word


class OutboxMessage(Word, tag_field="message", tag=snake_case):
    """Something to be sent: a command to the carrier, or a request to a hook."""

    outlives_call: ClassVar[bool] = False
    """It is sent though everybody has hung up meanwhile, and the call is over when it has its result."""

    def ordering_keys(self) -> tuple[str, ...]:
        """Messages that share a key are sent one after the other, in the order in which they were made."""
        return ()


AllowedVerbs = Literal["", "screening", "waiting", "queueing"]
"""The fact of a verb's class that lets it stand in a reply; without one every verb may."""


class HookRequest(OutboxMessage):
    """A question to the application.

    call: the first hook, whose reply is the program. action: a verb's own, whose reply may replace the rest of its program, and whose
    failure the status hook hears. verb: the running verb handles the reply. notify, status: nobody reads the reply; a verb may want to
    know that it came. data: the payload is the verb's own, without the call's fields, and the running verb handles the JSON of the reply.
    """

    outlives_call: ClassVar[bool] = True
    kind: Literal["call", "action", "verb", "notify", "status", "data"]
    url: str
    method: str = "POST"
    auth: Credentials | None = None
    payload: dict[str, Any] = {}
    reply: str = ""
    """Names the handler `on_<reply>_reply` of the verb that asks."""
    about: str = ""
    """The leg that the handler is called with."""
    allowed: AllowedVerbs = ""
    ordering_key: str = ""
    sensitive: bool = False
    """Its payload is for the hook alone: nobody reads it in a log."""

    def ordering_keys(self) -> tuple[str, ...]:
        return (self.ordering_key,) if self.ordering_key else ()
