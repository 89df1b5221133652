"""Conversations with agents: they start, sentences are spoken, and they end once, with their webhook. One at a time on a leg.

Of the reasons of an end SPEC names `customer_disconnect` alone; the others here are ours.
"""

from collections.abc import Callable

from callverbs.interpreter.simulator import media
from callverbs.interpreter.simulator.agents import ASK, Agent
from callverbs.interpreter.simulator.exchange import Exchange
from callverbs.interpreter.simulator.legs import Conversation, SimulatedLeg
from callverbs.interpreter.simulator.refusals import Body, RefusalError
from callverbs.verbs.parts.speech import is_ssml

CONNECT_SECONDS = 0.1
"""How long it takes to find out that a socket does not answer."""
DISCONNECTED, COMPLETED, STOPPED, HANGUP, ERROR = "customer_disconnect", "completed", "stopped", "hangup", "error"
SILENT_AGENT = Agent(after=0)
"""Whom a scenario without an agent at that address has: it ends the conversation after the greeting."""


def start_relay(exchange: Exchange, leg: SimulatedLeg, body: Body) -> Body:
    """Starts a relay with the agent at a URL, and returns what the response names. Raises RefusalError during another conversation.

    An agent of the scenario comes first; any other is connected with, where there is a network.
    """
    conversation = _begin(exchange, leg, body)
    if exchange.connect_agent and not exchange.agents.has(body["url"]):
        conversation.connection = exchange.connect_agent(leg, conversation, body)
        return {"conversation_id": conversation.id}
    agent = _agent(exchange, leg, body["url"])
    if agent.fault == "refused":
        exchange.call_later(leg, CONNECT_SECONDS, lambda: _end_if_current(exchange, leg, conversation, DISCONNECTED))
    else:
        reason = DISCONNECTED if agent.fault else COMPLETED
        _play_script(exchange, leg, conversation, agent, body.get("greeting", ""), lambda: _end(exchange, leg, reason))
    return {"conversation_id": conversation.id}


def start_asking(exchange: Exchange, leg: SimulatedLeg, body: Body) -> Body:
    """Lets the carrier's assistant ask for values, and returns what the response names. Raises RefusalError during another conversation.

    The values come one after the other. Without one that is required, the assistant gives up after the longest silence.
    """
    conversation = _begin(exchange, leg, body)
    agent = _agent(exchange, leg, ASK)
    if agent.fault == "refused":
        exchange.call_later(leg, CONNECT_SECONDS, lambda: _end_if_current(exchange, leg, conversation, ERROR))
    else:
        _play_script(
            exchange,
            leg,
            conversation,
            agent,
            body.get("greeting", ""),
            lambda: _end(exchange, leg, ERROR) if agent.fault else _gather_values(exchange, leg, conversation, agent, body),
        )
    return {"conversation_id": conversation.id}


def start_assistant(exchange: Exchange, leg: SimulatedLeg, body: Body) -> Body:
    """Lets an assistant of the scenario, by its id, talk with the party, and returns what the response names.

    Raises RefusalError during another conversation.
    """
    conversation = _begin(exchange, leg, body)
    agent = _agent(exchange, leg, body.get("assistant", {}).get("id", ""))
    greeting = body.get("greeting", "") or body.get("assistant", {}).get("greeting", "")
    if agent.fault == "refused":
        exchange.call_later(leg, CONNECT_SECONDS, lambda: _end_if_current(exchange, leg, conversation, ERROR))
    else:
        reason = ERROR if agent.fault else COMPLETED
        _play_script(exchange, leg, conversation, agent, greeting, lambda: _end(exchange, leg, reason))
    return {"conversation_id": conversation.id}


def add_messages(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    """Adds messages to the conversation of a leg. Raises RefusalError where there is none."""
    if leg.conversation is None:
        raise RefusalError("10015", "no AI assistant is active on this call")
    leg.conversation.messages += body.get("messages", [])


def join_conversation(exchange: Exchange, leg: SimulatedLeg, body: Body) -> Body:
    """Lets a leg join a conversation that goes on. Raises RefusalError where there is none of that id."""
    conversations = [one.conversation for one in exchange.legs.values() if one.conversation]
    if not any(one.id == body["conversation_id"] for one in conversations):
        raise RefusalError("10015", f"there is no conversation {body['conversation_id']}", "/conversation_id")
    return {"conversation_id": body["conversation_id"]}


def _gather_values(exchange: Exchange, leg: SimulatedLeg, conversation: Conversation, agent: Agent, body: Body) -> None:
    """Finds out one value after the other, and ends with what is there."""
    values = list(agent.fields.items())
    valid = set(body["parameters"].get("required", ())) <= set(agent.fields)
    known: Body = {}

    def go_on() -> None:
        if leg.conversation is not conversation:
            return
        if len(known) == len(values):
            exchange.call_later(leg, 0 if valid else body.get("user_response_timeout_ms", 10_000) / 1000, finish)
            return
        known.update([values[len(known)]])
        if body.get("send_partial_results"):
            exchange.send_webhook(
                leg, "call.ai_gather.partial_results", {"partial_results": dict(known), "message_history": _history(conversation)}
            )
        exchange.call_later(leg, agent.pause_seconds, go_on)

    def finish() -> None:
        if leg.conversation is not conversation:
            return
        status = "valid" if valid else "invalid"
        exchange.send_webhook(leg, "call.ai_gather.ended", {"result": known, "status": status, "message_history": _history(conversation)})
        if valid and (closing := body.get("gather_ended_speech")):
            say(exchange, leg, conversation, closing, lambda: _end_if_current(exchange, leg, conversation, COMPLETED))
        else:
            _end(exchange, leg, COMPLETED)

    go_on()


def _agent(exchange: Exchange, leg: SimulatedLeg, address: str) -> Agent:
    """Returns the agent at an address: one that ends the conversation at once where the scenario has none."""
    agent = exchange.agents.take(address)
    if agent is None:
        exchange.note(leg, f"the scenario has no agent at {address}: it ends the conversation at once")
    return agent or SILENT_AGENT


def stop(exchange: Exchange, leg: SimulatedLeg) -> None:
    """Ends the conversation in progress, because the application wants it."""
    _end(exchange, leg, STOPPED)


def end_with_leg(exchange: Exchange, leg: SimulatedLeg) -> None:
    """Ends the conversation of a leg that is about to end."""
    _end(exchange, leg, HANGUP)


def disconnected(exchange: Exchange, leg: SimulatedLeg, conversation: Conversation) -> None:
    """Ends a conversation whose agent is gone, unless it has ended before."""
    _end_if_current(exchange, leg, conversation, DISCONNECTED)


def completed(exchange: Exchange, leg: SimulatedLeg, conversation: Conversation) -> None:
    """Ends a conversation because the agent wants it."""
    _end_if_current(exchange, leg, conversation, COMPLETED)


def hear(exchange: Exchange, leg: SimulatedLeg, text: str) -> None:
    """Tells the agent of a leg what the party has said, which may stop the agent's speech; nothing where nothing was understood."""
    if text and (conversation := leg.conversation) and conversation.connection:
        _interrupt(exchange, leg, conversation, "speech")
        language = conversation.body.get("language", "en")
        conversation.connection.tell({"type": "prompt", "voicePrompt": text, "lang": language, "last": True})


def press(exchange: Exchange, leg: SimulatedLeg, key: str) -> None:
    """Tells the agent of a leg that wants to know of a key that the party has pressed, which may stop the agent's speech."""
    if (conversation := leg.conversation) and conversation.connection:
        _interrupt(exchange, leg, conversation, "dtmf")
        if conversation.body.get("dtmf_detection", False):
            conversation.connection.tell({"type": "dtmf", "digit": key})


def _interrupt(exchange: Exchange, leg: SimulatedLeg, conversation: Conversation, by: str) -> None:
    """Stops what the agent says, if that can stop it, and tells the agent how much of it was heard."""
    sound = next((one for one in conversation.sounds if one.is_playing), None)
    if sound is None or not conversation.connection:
        return
    setting = "interruptible_greeting" if sound is conversation.greeting else "interruptible"
    if conversation.body.get(setting, "any") not in ("any", by):
        return
    seconds = exchange.clock.now() - sound.heard[-1].at if sound.heard else 0.0
    spoken = sound.content[: int(len(sound.content) * seconds / sound.seconds)]
    _silence(exchange, leg, conversation)
    frame = {"type": "interrupt", "utteranceUntilInterrupt": spoken, "durationUntilInterruptMs": int(seconds * 1000)}
    conversation.connection.tell(frame)


def _silence(exchange: Exchange, leg: SimulatedLeg, conversation: Conversation) -> None:
    for sound in reversed(conversation.sounds):  # the last one first, or it would begin when the one before it ends
        media.remove(exchange, leg, sound)
    conversation.sounds.clear()


def _begin(exchange: Exchange, leg: SimulatedLeg, body: Body) -> Conversation:
    if leg.conversation:
        raise RefusalError("90061", "only one AI assistant or Conversation Relay can be active on a call")
    leg.conversation = Conversation(exchange.ids.uuid("conversation"), exchange.clock.now(), body)
    return leg.conversation


def _play_script(
    exchange: Exchange, leg: SimulatedLeg, conversation: Conversation, agent: Agent, greeting: str, finish: Callable[[], None]
) -> None:
    """Lets an agent say its sentences, each `after` the one before, and then finish, unless it stays silent."""
    sentences = iter(agent.sentences)

    def go_on() -> None:
        if leg.conversation is not conversation:
            return
        sentence = next(sentences, "")
        if sentence:
            say(exchange, leg, conversation, sentence, wait)
        elif agent.fault != "silent":
            finish()

    def wait() -> None:
        exchange.call_later(leg, agent.pause_seconds, go_on)

    if greeting:
        say(exchange, leg, conversation, greeting, wait)
    else:
        wait()


def say(
    exchange: Exchange, leg: SimulatedLeg, conversation: Conversation, sentence: str, on_ended: Callable[[], None] | None = None
) -> None:
    """Lets an agent say something, behind what it says already."""
    exchange.note(leg, f'the agent says "{sentence}"')
    sound = media.speech_sound({"payload": sentence, "payload_type": "ssml" if is_ssml(sentence) else "text"})
    sound.has_webhooks, sound.on_ended = False, on_ended
    if not conversation.said and conversation.body.get("greeting") == sentence:
        conversation.greeting = sound
    conversation.said.append(sentence)
    if conversation.body.get("send_message_history_updates"):
        exchange.send_webhook(leg, "call.ai_gather.message_history_updated", {"message_history": _history(conversation)})
    conversation.sounds = [*(one for one in conversation.sounds if one in leg.sounds), sound]
    media.play(exchange, leg, sound)


def _history(conversation: Conversation) -> list[Body]:
    return [{"role": "assistant", "content": sentence} for sentence in conversation.said]


def _end_if_current(exchange: Exchange, leg: SimulatedLeg, conversation: Conversation, reason: str) -> None:
    if leg.conversation is conversation:
        _end(exchange, leg, reason)


def _end(exchange: Exchange, leg: SimulatedLeg, reason: str) -> None:
    conversation, leg.conversation = leg.conversation, None
    if conversation is None:
        return
    _silence(exchange, leg, conversation)
    if conversation.connection:
        conversation.connection.close()
    fields: Body = {
        "conversation_id": conversation.id,
        "duration_sec": int(exchange.clock.now() - conversation.began),
        "calling_party_type": leg.calling_party_type,
        "reason": reason,
    }
    exchange.send_webhook(leg, "call.conversation.ended", fields)
