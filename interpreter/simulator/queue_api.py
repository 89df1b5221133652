"""The requests about queues, which are no commands on a leg: `/queues`, and the calls that wait in one."""

from collections.abc import Callable, Sequence

from callverbs.interpreter.simulator import queues
from callverbs.interpreter.simulator.exchange import Exchange
from callverbs.interpreter.simulator.pages import Query, page
from callverbs.interpreter.simulator.refusals import ApiResponse, Body, RefusalError


def respond(exchange: Exchange, method: str, path: Sequence[str], body: object, query: Query) -> ApiResponse:
    """Returns the response to a request below `/queues`. Raises RefusalError."""
    match method, list(path):
        case "GET", []:
            return page([queues.queue_data(one) for one in exchange.queues.values()], query)
        case "POST", []:
            return _create(exchange, exchange.checked("create_queue", body))
        case "GET", [name]:
            return ApiResponse(200, {"data": queues.queue_data(queues.find(exchange, name))})
        case "POST", [name]:
            queue = queues.find(exchange, name)
            queue.max_size = exchange.checked("update_queue", body)["max_size"]
            return ApiResponse(200, {"data": queues.queue_data(queue)})
        case "DELETE", [name]:
            queues.delete(exchange, name)
            return NO_CONTENT
        case "GET", [name, "calls"]:
            return page([queues.call_data(exchange, leg) for leg in queues.find(exchange, name).legs], query)
        case _, [name, "calls", leg_id] if method in CALL_REQUESTS:
            return CALL_REQUESTS[method](exchange, name, leg_id, body)
    raise RefusalError("10005", f"there is no {method} /{'/'.join(('queues', *path))}")


def _create(exchange: Exchange, body: Body) -> ApiResponse:
    """Creates a queue; one that is there stays as it is."""
    name = body["queue_name"]
    queue = exchange.queues.get(name) or queues.create(exchange, name, body.get("max_size", queues.CREATED_MAX_SIZE))
    return ApiResponse(200, {"data": queues.queue_data(queue)})


def _retrieve_call(exchange: Exchange, name: str, leg_id: str, body: object) -> ApiResponse:
    return ApiResponse(200, {"data": queues.call_data(exchange, queues.waiting_leg(exchange, name, leg_id))})


def _update_call(exchange: Exchange, name: str, leg_id: str, body: object) -> ApiResponse:
    leg = queues.waiting_leg(exchange, name, leg_id)
    wait = queues.find(exchange, name).legs[leg]
    wait.keeps = exchange.checked("update_call_in_queue", body).get("keep_after_hangup", wait.keeps)
    return NO_CONTENT


def _remove_call(exchange: Exchange, name: str, leg_id: str, body: object) -> ApiResponse:
    queues.leave(exchange, queues.waiting_leg(exchange, name, leg_id), "leave")
    return NO_CONTENT


CALL_REQUESTS: dict[str, Callable[[Exchange, str, str, object], ApiResponse]] = {
    "GET": _retrieve_call,
    "PATCH": _update_call,
    "DELETE": _remove_call,
}
"""By method, the request about one call of a queue."""
NO_CONTENT = ApiResponse(204, {})
