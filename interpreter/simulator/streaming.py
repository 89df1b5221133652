"""Streams a leg's audio to a WebSocket: what begins and ends a stream, and the webhooks about it.

The carrier documents one stream for each call. What connects it, a socket or a stub of the scenario, is `exchange.connect`.
"""

from callverbs.interpreter.simulator.exchange import Exchange
from callverbs.interpreter.simulator.legs import SimulatedLeg, Stream
from callverbs.interpreter.simulator.refusals import Body, RefusalError

CONNECTION_FAILED = "connection_failed"
"""Why a stream fails that nobody accepts (Telnyx streaming.failed: failure_reason)."""


def start(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    """Begins to connect a stream."""
    if leg.stream:
        raise RefusalError("90045", f"the audio of this call is streamed to {leg.stream.url} already")
    leg.stream = Stream(exchange.ids.uuid("stream"), body)
    leg.stream.connection = exchange.connect(leg, leg.stream)


def opened(exchange: Exchange, leg: SimulatedLeg, stream: Stream) -> None:
    """Handles a connection that was made."""
    if leg.stream is stream:
        stream.is_open = True
        exchange.send_webhook(leg, "streaming.started", {"stream_url": stream.url})


def failed(exchange: Exchange, leg: SimulatedLeg, stream: Stream, reason: str = CONNECTION_FAILED) -> None:
    """Handles a connection that could not be made."""
    if leg.stream is not stream:
        return
    leg.stream = None
    params = {"stream_url": stream.url, "track": stream.track}
    fields: Body = {"failure_reason": reason, "stream_id": stream.id, "stream_params": params, "stream_type": "websocket"}
    exchange.send_webhook(leg, "streaming.failed", fields)


def closed(exchange: Exchange, leg: SimulatedLeg, stream: Stream) -> None:
    """Handles a connection that the far end has closed, or that broke."""
    if leg.stream is stream:
        leg.stream = None
        exchange.send_webhook(leg, "streaming.stopped", {"stream_url": stream.url})


def stop(exchange: Exchange, leg: SimulatedLeg, stream_id: str = "") -> None:
    """Ends the stream of a leg."""
    if leg.stream is None or stream_id not in ("", leg.stream.id):
        raise RefusalError("90048", "the audio of this call is not streamed")
    _end(exchange, leg, leg.stream)


def end_with_leg(exchange: Exchange, leg: SimulatedLeg) -> None:
    """Ends the stream of a leg that is about to end. That its webhook comes before the hangup's is our reading: no source says."""
    if leg.stream:
        _end(exchange, leg, leg.stream)


def press(leg: SimulatedLeg, key: str) -> None:
    """Tells the WebSocket about a key that the party has pressed."""
    if leg.stream and leg.stream.is_open and leg.stream.connection:
        leg.stream.connection.press(key)


def _end(exchange: Exchange, leg: SimulatedLeg, stream: Stream) -> None:
    if stream.connection:
        stream.connection.close()
    closed(exchange, leg, stream)
