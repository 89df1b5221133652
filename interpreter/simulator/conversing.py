"""Conversations with agents: they start, sentences are spoken, and they end once, with their webhook. One at a time on a leg.

Of the reasons of an end SPEC names `customer_disconnect` alone; the others here are ours.
"""

from collections.abc import Callable

from callverbs.interpreter.simulator import media
from callverbs.interpreter.simulator.agents import Agent
from callverbs.interpreter.simulator.exchange import Exchange
from callverbs.interpreter.simulator.legs import Conversation, SimulatedLeg
from callverbs.interpreter.simulator.refusals import Body, RefusalError

CONNECT_SECONDS = 0.1
"""How long it takes to find out that a socket does not answer."""
DISCONNECTED, COMPLETED, STOPPED, HANGUP = "customer_disconnect", "completed", "stopped", "hangup"
SILENT_AGENT = Agent(after=0)
"""Whom a scenario without an agent at that address has: it ends the conversation after the greeting."""


def start_relay(exchange: Exchange, leg: SimulatedLeg, body: Body) -> Body:
    """Starts a relay with the agent at a URL, and returns what the response names. Raises RefusalError during another conversation."""
    conversation = _begin(exchange, leg)
    agent = exchange.agents.take(body["url"])
    if agent is None:
        exchange.note(leg, f"the scenario has no agent at {body['url']}: it ends the conversation at once")
        agent = SILENT_AGENT
    if agent.fault == "refused":
        exchange.call_later(leg, CONNECT_SECONDS, lambda: _end_if_current(exchange, leg, conversation, DISCONNECTED))
    else:
        _play_script(exchange, leg, conversation, agent, body.get("greeting", ""))
    return {"conversation_id": conversation.id}


def stop(exchange: Exchange, leg: SimulatedLeg) -> None:
    """Ends the conversation in progress, because the application wants it."""
    _end(exchange, leg, STOPPED)


def end_with_leg(exchange: Exchange, leg: SimulatedLeg) -> None:
    """Ends the conversation of a leg that is about to end."""
    _end(exchange, leg, HANGUP)


def _begin(exchange: Exchange, leg: SimulatedLeg) -> Conversation:
    if leg.conversation:
        raise RefusalError("10015", "only one AI assistant or Conversation Relay can be active on a call")
    leg.conversation = Conversation(exchange.ids.uuid("conversation"), exchange.clock.now())
    return leg.conversation


def _play_script(exchange: Exchange, leg: SimulatedLeg, conversation: Conversation, agent: Agent, greeting: str) -> None:
    """Lets an agent say its sentences, each `after` the one before, and then end the conversation as its fault says."""
    sentences = iter(agent.sentences)

    def go_on() -> None:
        if leg.conversation is not conversation:
            return
        sentence = next(sentences, "")
        if sentence:
            _say(exchange, leg, conversation, sentence, wait)
        elif agent.fault != "silent":
            _end(exchange, leg, DISCONNECTED if agent.fault else COMPLETED)

    def wait() -> None:
        exchange.call_later(leg, agent.pause_seconds, go_on)

    if greeting:
        _say(exchange, leg, conversation, greeting, wait)
    else:
        wait()


def _say(exchange: Exchange, leg: SimulatedLeg, conversation: Conversation, sentence: str, on_ended: Callable[[], None]) -> None:
    exchange.note(leg, f'the agent says "{sentence}"')
    sound = media.speech_sound({"payload": sentence})
    sound.has_webhooks, sound.on_ended = False, on_ended
    conversation.sounds = [*(one for one in conversation.sounds if one in leg.sounds), sound]
    media.play(exchange, leg, sound)


def _end_if_current(exchange: Exchange, leg: SimulatedLeg, conversation: Conversation, reason: str) -> None:
    if leg.conversation is conversation:
        _end(exchange, leg, reason)


def _end(exchange: Exchange, leg: SimulatedLeg, reason: str) -> None:
    conversation, leg.conversation = leg.conversation, None
    if conversation is None:
        return
    for sound in reversed(conversation.sounds):  # the last one first, or it would begin when the one before it ends
        media.remove(exchange, leg, sound)
    fields: Body = {
        "conversation_id": conversation.id,
        "duration_sec": int(exchange.clock.now() - conversation.began),
        "calling_party_type": "sip" if leg.from_.startswith("sip:") else "pstn",
        "reason": reason,
    }
    exchange.send_webhook(leg, "call.conversation.ended", fields)
