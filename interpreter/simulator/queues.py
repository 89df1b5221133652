"""Queues of the simulated carrier: calls wait in them in the order in which they came, until they are bridged, leave, or hang up."""

from callverbs.interpreter.simulator.exchange import Exchange, format_time
from callverbs.interpreter.simulator.legs import SimulatedLeg
from callverbs.interpreter.simulator.meeting_places import QueueWait, SimulatedQueue
from callverbs.interpreter.simulator.refusals import Body, RefusalError

CREATED_MAX_SIZE = 300
"""Calls in a queue that was created by itself (SPEC: POST /queues)."""
ENQUEUED_MAX_SIZE = 100
"""Calls in a queue that the first call in it has made (SPEC: enqueue)."""


def create(exchange: Exchange, name: str, max_size: int) -> SimulatedQueue:
    """Returns a new queue."""
    queue = SimulatedQueue(exchange.ids.uuid("queue"), name, max_size, exchange.clock.now())
    exchange.queues[name] = queue
    return queue


def find(exchange: Exchange, name: str) -> SimulatedQueue:
    """Returns the queue of a name. Raises RefusalError where there is none."""
    if name not in exchange.queues:
        raise RefusalError("10005", f"there is no queue {name}")
    return exchange.queues[name]


def check_can_enter(exchange: Exchange, leg: SimulatedLeg, name: str, max_size: int | None) -> None:
    """Raises RefusalError where a leg waits already, or the queue is full or of another size."""
    if leg.queue:
        raise RefusalError("90038", f"the call waits in the queue {leg.queue.name} already")
    queue = exchange.queues.get(name)
    if queue and max_size not in (None, queue.max_size):
        raise RefusalError(
            "90037", f"max_size of the queue {name} is {queue.max_size}: that of a queue that is there cannot be changed", "/max_size"
        )
    if queue and len(queue.legs) >= queue.max_size:
        raise RefusalError("90036", f"the queue {name} has {queue.max_size} calls, and takes no more")


def enter(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    """Puts a leg at the end of a queue, which is made where there is none."""
    name = body["queue_name"]
    queue = exchange.queues.get(name) or create(exchange, name, body.get("max_size", ENQUEUED_MAX_SIZE))
    wait = queue.legs[leg] = QueueWait(exchange.clock.now(), keeps=body.get("keep_after_hangup", False))
    leg.queue = queue
    if limit := body.get("max_wait_time_secs"):
        wait.timer = exchange.call_later(leg, limit, lambda: leave(exchange, leg, "timeout"))
    fields = {"queue": name, "current_position": queue.position(leg), "queue_avg_wait_time_secs": queue.average_wait_secs}
    exchange.send_webhook(leg, "call.enqueued", fields)


def leave(exchange: Exchange, leg: SimulatedLeg, reason: str) -> None:
    """Takes a leg out of its queue, if it waits in one. The leg is parked then, unless something else becomes of it."""
    queue = leg.queue
    if queue is None:
        return
    position, wait = queue.position(leg), queue.legs.pop(leg)
    seconds = exchange.clock.now() - wait.enqueued_at
    leg.queue, queue.total_wait, queue.served = None, queue.total_wait + seconds, queue.served + 1
    if wait.timer:
        wait.timer.cancel()
    fields = {"queue": queue.name, "queue_position": position, "reason": reason, "wait_time_secs": int(seconds)}
    exchange.send_webhook(leg, "call.dequeued", fields)


def hang_up(exchange: Exchange, leg: SimulatedLeg) -> None:
    """Takes a leg that is over out of its queue, unless it is to be kept there."""
    if leg.queue and not leg.queue.legs[leg].keeps:
        leave(exchange, leg, "hangup")


def first(exchange: Exchange, name: str) -> SimulatedLeg:
    """Returns the call that has waited longest. Raises RefusalError where none waits."""
    queue = exchange.queues.get(name)
    if queue is None or not queue.legs:
        raise RefusalError("90035", f"no call waits in the queue {name}", "/queue")
    return next(iter(queue.legs))


def waiting_leg(exchange: Exchange, name: str, leg_id: str) -> SimulatedLeg:
    """Returns a leg that waits in a queue. Raises RefusalError where it does not."""
    leg = exchange.legs.get(leg_id)
    if leg is None or leg.queue is not find(exchange, name):
        raise RefusalError("10005", f"no such call waits in the queue {name}")
    return leg


def delete(exchange: Exchange, name: str) -> None:
    """Removes an empty queue. Raises RefusalError where calls wait in it."""
    if find(exchange, name).legs:
        raise RefusalError("90050", f"calls wait in the queue {name}")
    del exchange.queues[name]


def queue_data(queue: SimulatedQueue) -> Body:
    """Returns what the carrier says of a queue."""
    created_at = format_time(queue.created_at)
    return {
        "record_type": "queue",
        "id": queue.id,
        "name": queue.name,
        "current_size": len(queue.legs),
        "max_size": queue.max_size,
        "average_wait_time_secs": queue.average_wait_secs,
        "created_at": created_at,
        "updated_at": created_at,
    }


def call_data(exchange: Exchange, leg: SimulatedLeg) -> Body:
    """Returns what the carrier says of a call that waits."""
    assert leg.queue
    enqueued_at = leg.queue.legs[leg].enqueued_at
    return {
        "record_type": "queue_call",
        "queue_id": leg.queue.id,
        "call_control_id": leg.id,
        "call_leg_id": leg.leg_id,
        "call_session_id": leg.session.id,
        "connection_id": leg.connection_id,
        "from": leg.from_,
        "to": leg.to,
        "is_alive": not leg.ended,
        "enqueued_at": format_time(enqueued_at),
        "wait_time_secs": int(exchange.clock.now() - enqueued_at),
        "queue_position": leg.queue.position(leg),
    }
