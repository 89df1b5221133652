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
from callverbs.interpreter.server.run import BoundServer, server_options
from callverbs.interpreter.server.runtime import Runtime
from callverbs.interpreter.server.settings import Settings, SettingsError

START_SECONDS = 60
"""How long a worker may take to start, or to say that it lives, before it is replaced: longer than a busy machine takes."""


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


class Supervisor(Multiprocess):
    """uvicorn's supervisor, which says so when all workers serve."""

    def __init__(self, config: uvicorn.Config, bound: BoundServer, announce: Callable[[], None]) -> None:
        super().__init__(config, sockets=[bound.socket])
        self._announce = announce

    def init_processes(self) -> None:
        super().init_processes()
        if all(process.wait_until_ready(START_SECONDS, self.should_exit) for process in self.processes):
            self._announce()


def run_workers(bound: BoundServer, app: WorkerApp, announce: Callable[[str], None]) -> bool:
    """Serves until SIGTERM or SIGINT, then lets every worker finish what it is sending. Returns False where a worker could not start."""
    count = bound.settings.workers
    options = {**server_options(bound.settings), "log_config": None, "timeout_worker_healthcheck": START_SECONDS}
    config = uvicorn.Config(app, factory=True, workers=count, **options)
    text = f"callverbs serves on {bound.address}\n{count} workers: SIGHUP replaces them one after the other"
    supervisor = Supervisor(config, bound, lambda: announce(text))
    supervisor.run()
    bound.socket.close()
    return all(one.exitcode != STARTUP_FAILURE for one in supervisor.processes)
