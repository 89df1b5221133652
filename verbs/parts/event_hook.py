"""The eventHook of a verb: it is told what happens meanwhile, in order, and its replies are not read (jambonz sip-refer.js)."""

from typing import TYPE_CHECKING, Any

from callverbs.verbs.language.context import Reply, VerbContext


class EventReports:
    """The handlers of a verb whose spec has an `event_hook`."""

    __slots__ = ()

    if TYPE_CHECKING:  # fields of the verb, which msgspec would read here too
        n: int
        spec: Any

    def report_event(self, call: VerbContext, event: str, **more: Any) -> None:
        """Tells the hook of an event, if there is a hook."""
        if self.spec.event_hook:
            told = {"event": event, **more}
            call.ask(self.spec.event_hook, self.on_event_reply, ordering_key=f"events {self.n}", extra=told)

    def on_event_reply(self, call: VerbContext, leg: str, reply: Reply) -> None:
        """Nobody reads it."""
