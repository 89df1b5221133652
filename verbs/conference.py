"""`conference`: put the caller into a conference of the carrier, and make it if there is none of that name."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from callverbs.schemas import Diagnostic
from callverbs.verbs.language import meeting_commands as commands
from callverbs.verbs.language.context import Reply, VerbContext
from callverbs.verbs.language.events import CommandFailed, LegJoinedConference, LegLeftConference, ProgramEnded
from callverbs.verbs.language.query_answers import ConferenceFound, ParticipantFound
from callverbs.verbs.language.spec import Hook, Spec
from callverbs.verbs.language.verb import Verb
from callverbs.verbs.parts.calling import CALL_MAX_SECONDS

REPORT_SECONDS = 5.0
"""For the webhook that the caller is in: after that, the carrier is asked, or the caller counts as in."""
RETRY_SECONDS = 1.0
MAX_ATTEMPTS = 5
"""To find, make or join the conference: others do that in the same moment."""
LOOK_SECONDS = 5.0
"""Who waits for the conference looks for it so often."""
SECONDS_BETWEEN_REQUESTS = 0.75
"""From the end of what is heard to the next request (jambonz conference.js)."""
NAME_IN_USE, HAS_ENDED, UNKNOWN, IN_ALREADY = "90033", "90019", "90058", "90044"
LOST_RACES = (NAME_IN_USE, HAS_ENDED, UNKNOWN)
"""Codes of a command that was right a moment ago."""
JOINING = frozenset({"soft_end_conference_on_exit", "supervisor_role", "whisper_call_control_ids"})
"""Parameters of `carrier` that only the command to join has."""
TALK_EVENTS = ("start-talking", "stop-talking")

StatusEvent = Literal["start", "end", "join", "leave", "start-talking", "stop-talking"]


class ConferenceSpec(Spec):
    """A conference as written."""

    name: str
    beep: bool = False
    speak_only_to: str | None = None
    start_conference_on_enter: bool = True
    end_conference_on_exit: bool = False
    max_participants: int | None = None
    join_muted: bool = False
    action_hook: Hook | None = None
    wait_hook: Hook | None = None
    enter_hook: Hook | None = None
    status_hook: Hook | None = None
    status_events: list[StatusEvent] = []
    carrier: dict[str, Any] = {}

    @property
    def is_muted(self) -> bool:
        """Whoever speaks to some members only is heard by nobody: the carrier knows no tags."""
        return self.join_muted or self.speak_only_to is not None


class Conference(Verb[ConferenceSpec], synonyms=("room",), needs_answer=True, connects=True, command="create_conference"):
    """entering → finding → making or joining → in → over; whoever may not start it waits in between, and looks for it.

    The music of a wait: `due` where the hook is to be asked, then asked and playing; `over` where it has said nothing.
    """

    phase: Literal["entering", "finding", "waiting", "making", "joining", "in"] = "finding"
    music: Literal["due", "asked", "playing", "over"] = "due"
    conference: str = ""
    """The carrier's id."""
    made: bool = False
    asking: bool = False
    """The carrier was asked for the conference, and has not answered."""
    attempts: int = 0
    began: float = 0.0
    """When the caller was in, in UTC seconds; 0 before."""

    @classmethod
    def without_effect(cls, body: Mapping[str, Any]) -> Iterable[Diagnostic]:
        if body.get("speakOnlyTo"):
            why = "speakOnlyTo: the carrier has no tags: this member hears everybody, and is heard by nobody"
            yield Diagnostic(("speakOnlyTo",), "CV108", why, at_key=True)
        for index, one in enumerate(body.get("statusEvents", ())):
            if one in TALK_EVENTS:
                yield Diagnostic(("statusEvents", index), "CV109", f"{one} is never reported: the carrier does not say who talks")
        if "statusHook" in body and not body.get("statusEvents"):
            yield Diagnostic(("statusHook",), "CV109", "statusHook without statusEvents is never asked", at_key=True)

    # ------------------------------------------------------------- on the way in

    def start(self, call: VerbContext) -> None:
        if self.spec.enter_hook:
            self.phase = "entering"
            call.ask(self.spec.enter_hook, self.on_enter_reply, allowed="waiting")
        else:
            self.on_look_timer(call)

    def on_enter_reply(self, call: VerbContext, leg: str, reply: Reply) -> None:
        if reply.verbs:
            call.run(leg, reply.verbs)
        else:
            self._find(call)

    def on_program_ended(self, call: VerbContext, event: ProgramEnded) -> None:
        if self.phase == "entering":
            self._find(call)
        elif self.phase == "waiting":
            self.music = "over" if event.result == "failed" else "due"
            if self.music == "due":
                call.start_timer(self.on_music_timer, SECONDS_BETWEEN_REQUESTS)

    def _find(self, call: VerbContext) -> None:
        self.phase = "finding"
        self.on_look_timer(call)

    def on_look_timer(self, call: VerbContext) -> None:
        """Looks for the conference: to join it, to know that there is none, or whether it has been made after all."""
        call.start_timer(self.on_look_timer, LOOK_SECONDS)
        if not self.asking:
            self.asking = True
            call.command(commands.FindConference(leg=call.leg.name, name=self.spec.name))

    def on_conference_found(self, call: VerbContext, event: ConferenceFound) -> None:
        self.asking = False
        if self.phase == "making" and event.conference:
            self._enter(call, event.conference)
        elif self.phase == "making":
            self._retry(call)
        elif self.phase in ("finding", "waiting") and event.conference:
            self._join(call, event.conference)
        elif self.phase == "finding" and self.spec.start_conference_on_enter:
            self._make(call)
        elif self.phase == "finding":
            self.phase = "waiting"
            self.on_music_timer(call)

    def _make(self, call: VerbContext) -> None:
        spec = self.spec
        self.phase = "making"
        call.stop_timer(self.on_look_timer)
        if joining := sorted(JOINING & set(spec.carrier)):
            call.note(f"{', '.join(joining)}: whoever makes a conference has none; the parameter is for those who join it")
        call.command(
            commands.CreateConference(
                leg=call.leg.name, name=spec.name, beep=spec.beep, max_members=spec.max_participants or 0, carrier=spec.carrier
            )
        )
        call.start_timer(self.on_join_timer, REPORT_SECONDS)

    def _join(self, call: VerbContext, conference: str) -> None:
        spec = self.spec
        self.phase, self.conference = "joining", conference
        call.stop(call.leg.name)
        for handler in (self.on_look_timer, self.on_music_timer):
            call.stop_timer(handler)
        call.command(
            commands.JoinConference(
                leg=call.leg.name,
                conference=conference,
                muted=spec.is_muted,
                beep=spec.beep,
                ends=spec.end_conference_on_exit,
                carrier=spec.carrier,
            )
        )
        call.start_timer(self.on_join_timer, REPORT_SECONDS)

    def on_join_timer(self, call: VerbContext) -> None:
        """The webhook that the caller is in has not come."""
        if self.phase == "joining":
            self._enter(call, self.conference)
        else:
            self.on_look_timer(call)

    def on_command_failed(self, call: VerbContext, event: CommandFailed) -> None:
        if event.command == "find_conference":
            self.asking = False
            if self.phase == "finding" or self.phase == "making":
                self._retry(call)
        elif event.command == "join_conference" and event.code == IN_ALREADY:
            self._enter(call, self.conference)
        elif event.command in ("create_conference", "join_conference"):
            call.stop_timer(self.on_join_timer)
            if event.code in LOST_RACES:
                self._retry(call)
            else:
                call.finish()

    def _retry(self, call: VerbContext) -> None:
        """Looks for the conference again: it has been made, or has ended, in the same moment."""
        self.attempts += 1
        self.phase = "finding"
        if self.attempts < MAX_ATTEMPTS:
            call.start_timer(self.on_look_timer, RETRY_SECONDS)
        else:
            call.note(f"{call.leg.name} could not get into the conference {self.spec.name}")
            call.finish()

    # ------------------------------------------------------------- waiting for it to start

    def on_music_timer(self, call: VerbContext) -> None:
        if self.spec.wait_hook and self.music == "due":
            self.music = "asked"
            call.ask(self.spec.wait_hook, self.on_wait_reply, allowed="waiting")

    def on_wait_reply(self, call: VerbContext, leg: str, reply: Reply) -> None:
        if self.phase != "waiting":
            return
        self.music = "playing" if reply.verbs else "over"
        if reply.verbs:
            call.run(leg, reply.verbs)

    # ------------------------------------------------------------- in it

    def on_leg_joined_conference(self, call: VerbContext, event: LegJoinedConference) -> None:
        if self.phase in ("making", "joining") and self.conference in ("", event.conference):
            self._enter(call, event.conference)

    def _enter(self, call: VerbContext, conference: str) -> None:
        self.made = self.phase == "making"
        self.phase, self.conference, self.began = "in", conference, call.at
        for handler in (self.on_join_timer, self.on_look_timer):
            call.stop_timer(handler)
        call.start_timer(self.on_limit_timer, CALL_MAX_SECONDS)
        if self.made and self.spec.is_muted:
            call.command(commands.MuteMember(leg=call.leg.name, conference=conference))
        if self.made and self.spec.end_conference_on_exit:
            call.command(commands.FindParticipant(leg=call.leg.name, conference=conference))
        if self.made:
            self._report(call, "start")
        self._report(call, "join")

    def on_participant_found(self, call: VerbContext, event: ParticipantFound) -> None:
        """The command that makes a conference cannot say that it ends with its maker."""
        if event.participant:
            call.command(commands.EndWithMember(leg=call.leg.name, conference=self.conference, participant=event.participant))
        else:
            call.note(f"the conference {self.spec.name} may go on without {call.leg.name}: the carrier does not list them")

    def on_leg_left_conference(self, call: VerbContext, event: LegLeftConference) -> None:
        """It may come before we hear that the caller is in."""
        if self.phase == "making" or (self.phase in ("joining", "in") and event.conference == self.conference):
            self._finish(call)

    def on_limit_timer(self, call: VerbContext) -> None:
        self._finish(call)

    def on_interrupted(self, call: VerbContext) -> None:
        if self.conference and not call.leg.gone:
            call.command(commands.LeaveConference(leg=call.leg.name, conference=self.conference))
        self._finish(call)

    def _finish(self, call: VerbContext) -> None:
        if self.phase == "in":
            self._report(call, "leave")
            if self.spec.end_conference_on_exit:
                self._report(call, "end")
        call.finish()

    def _report(self, call: VerbContext, event: StatusEvent) -> None:
        if self.spec.status_hook and event in self.spec.status_events:
            extra = {
                "event": event,
                "conference_sid": f"conf:{call.app.account_sid}:{self.spec.name}",
                "friendly_name": self.spec.name,
                "duration": int(call.at - self.began),
                "time": datetime.fromtimestamp(call.at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            }
            call.notify(self.spec.status_hook, extra=extra)
