"""Several processes that serve on one socket: `workers` of the settings.

uvicorn's supervisor starts them, replaces one that has died, and at SIGHUP replaces all, one after the other: a new worker reads the
settings anew and listens before an old one stops. They share nothing but the socket and the store.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from callverbs.interpreter.server.app import create_app
from callverbs.interpreter.server.run import SOCKET_BACKLOG, BoundServer, server_options
from callverbs.interpreter.server.runtime import Runtime
from callverbs.interpreter.server.settings import Settings, SettingsError


@dataclass(frozen=True)
class WorkerApp:
    """Makes the application of a worker, in its process. `read` returns the settings, `prepare` sets up its log; both are pickled."""

    read: Callable[[], Settings]
    prepare: Callable[[Settings], None]

    def __call__(self) -> Any:
        try:
            settings = self.read()
        except SettingsError as error:  # the supervisor keeps the workers that it has
            sys.exit("\n".join(f"the settings are not reloaded: {reason}" for reason in error.reasons))
        self.prepare(settings)
        threading.Thread(target=_stop_with_parent, daemon=True).start()
        return create_app(Runtime(settings))


def _stop_with_parent() -> None:
    """Stops this worker as SIGTERM does when the supervisor is gone, whatever killed it."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def run_workers(bound: BoundServer, app: WorkerApp, announce: Callable[[str], None]) -> bool:
    """Serves until SIGTERM or SIGINT, then lets every worker finish what it is sending. Returns False where a worker could not start."""
    count = bound.settings.workers
    bound.socket.listen(SOCKET_BACKLOG)  # requests wait here until a worker is ready
    announce(f"callverbs serves on {bound.address}\n{count} workers: SIGHUP replaces them one after the other")
    config = uvicorn.Config(app, factory=True, workers=count, log_config=None, **server_options(bound.settings))
    supervisor = Multiprocess(config, sockets=[bound.socket])
    supervisor.run()
    bound.socket.close()
    return all(one.exitcode != STARTUP_FAILURE for one in supervisor.processes)
