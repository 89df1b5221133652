"""Several processes that serve on one socket: `workers` of the settings.

uvicorn's supervisor starts them, replaces one that has died, and at SIGHUP replaces all, one after the other: a new worker reads the
settings anew and listens before an old one stops. They share nothing but the socket and the store.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from callverbs.interpreter.server.app import create_app
from callverbs.interpreter.server.run import SOCKET_BACKLOG, BoundServer, server_options
from callverbs.interpreter.server.runtime import Runtime
from callverbs.interpreter.server.settings import Settings


@dataclass(frozen=True)
class WorkerApp:
    """Makes the application of a worker, in its process. `read` returns the settings, `prepare` sets up its log; both are pickled."""

    read: Callable[[], Settings]
    prepare: Callable[[Settings], None]

    def __call__(self) -> Any:
        settings = self.read()
        self.prepare(settings)
        threading.Thread(target=_stop_with_parent, daemon=True).start()
        return create_app(Runtime(settings))


def _stop_with_parent() -> None:
    """Stops this worker as SIGTERM does when the supervisor is gone, whatever killed it."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def run_workers(bound: BoundServer, app: WorkerApp, announce: Callable[[str], None]) -> None:
    """Serves until SIGTERM or SIGINT, then lets every worker finish what it is sending."""
    count = bound.settings.workers
    bound.socket.listen(SOCKET_BACKLOG)  # requests wait here until a worker is ready
    announce(f"callverbs serves on {bound.address}\n{count} workers: SIGHUP replaces them one after the other")
    config = uvicorn.Config(app, factory=True, workers=count, log_config=None, **server_options())
    Multiprocess(config, sockets=[bound.socket]).run()
    bound.socket.close()
