"""Serves one API process: uvicorn on uvloop and httptools, with a shutdown that drops no request.

On SIGTERM: /readyz answers 503, `drain_s` passes so that load balancers notice, the port closes,
requests in progress finish (within GRACE_S), connections to the database close, exit 0. It stops
the same way, but with another status, when a long-lived task of the process has ended by itself.
"""

import signal
import socket
from types import FrameType
from typing import Final

import uvicorn
from fastapi import FastAPI

from shared.kernel.clock import monotonic_s
from shared.runtime.connection import Connection
from shared.runtime.fall import EXIT_FELL, Fall
from shared.settings import ServiceSettings

GRACE_S: Final = 5
EXIT_NOT_STARTED: Final = 3


class _Server(uvicorn.Server):
    """uvicorn, but when asked to stop it answers 503 on /readyz and waits, then closes the port."""

    def __init__(self, config: uvicorn.Config, app: FastAPI, drain_s: float) -> None:
        super().__init__(config)
        self._app = app
        self._drain_s = drain_s
        self._close_at_s: float | None = None
        self.fall = Fall()

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        self.fall.watch()
        await super().serve(sockets)

    def handle_exit(self, sig: int, _frame: FrameType | None) -> None:
        # uvicorn's own would raise the signal again at the end, but a clean stop exits with 0.
        if self._close_at_s is None:
            self._app.state.airlane.probes.draining = True
            self._close_at_s = monotonic_s() + self._drain_s
        elif sig == signal.SIGINT:
            self.should_exit = self.force_exit = True

    async def on_tick(self, counter: int) -> bool:
        if self._close_at_s is not None and monotonic_s() >= self._close_at_s:
            self.should_exit = True
        return await super().on_tick(counter)


def serve(app: FastAPI, settings: ServiceSettings) -> int:
    """Runs until asked to stop. Returns the exit status of the process."""
    config = uvicorn.Config(
        app,
        host=settings.api_host,
        port=settings.api_port,
        loop="uvloop",
        http=Connection,
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
        # Longer than the idle timeout of common proxies, so that they close the connection first.
        timeout_keep_alive=75,
    )
    server = _Server(config, app, settings.drain_s)
    server.run()
    if server.fall.fell:
        return EXIT_FELL
    return 0 if server.started else EXIT_NOT_STARTED
