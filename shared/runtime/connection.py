"""One HTTP/1.1 connection of an API process: uvicorn's protocol with bounds on what a client may
make us keep, and on how long it may make us wait.

uvicorn leaves both to a proxy. Here a head that does not end is refused (431), and a client that
connects and stays silent, that sends its request a byte at a time, or that never reads its answer
is disconnected. Bodies have their own bounds, in `shared.http.admission`.
"""

import json
from asyncio import Transport
from asyncio.events import TimerHandle
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from shared.http.errors import HeadTooLarge, problem
from shared.http.head import HEAD_BYTES_MAX

# For a whole head, from its first byte, or from the connection's beginning.
HEAD_S: Final = 10.0
# For a client to read enough of its answer that we may write again.
READ_ANSWER_S: Final = 60.0

_PROBLEM: Final = json.dumps(
    problem(HeadTooLarge(limit=f"{HEAD_BYTES_MAX} bytes"), locale="en", instance="/")
).encode()
_REFUSAL: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: application/problem+json\r\n"
    b"content-length: %d\r\nconnection: close\r\n\r\n%b"
) % (len(_PROBLEM), _PROBLEM)


class Connection(HttpToolsProtocol):
    """Handed to uvicorn in place of its own protocol class."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._progressed = False
        self._stuck_bytes = 0
        self._message_ended = True
        self._client_deadline: TimerHandle | None = None
        self._read_deadline: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_client()

    def connection_lost(self, exc: Exception | None) -> None:
        self._client_came()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._progressed = False
        super().data_received(data)
        if self.transport.is_closing():
            return
        # A header that grows, trailers, the extension of a chunk: kept by the parser, shown to
        # nobody until they end.
        self._stuck_bytes = 0 if self._progressed else self._stuck_bytes + len(data)
        if self._stuck_bytes > HEAD_BYTES_MAX:
            self._refuse()
        elif self._is_idle and self.timeout_keep_alive_task is None:
            self._await_client()

    def on_message_begin(self) -> None:
        self._progressed = True
        self._message_ended = False
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._progressed = True
        self._client_came()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._progressed = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._progressed = True
        self._message_ended = True
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self._message_ended:
            # Answered before its body was read: the rest is awaited, and dropped, for a while.
            self._await_client()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._read_deadline is None:
            self._read_deadline = self.loop.call_later(READ_ANSWER_S, self.transport.abort)

    def resume_writing(self) -> None:
        if self._read_deadline is not None:
            self._read_deadline.cancel()
            self._read_deadline = None
        super().resume_writing()

    @property
    def _is_idle(self) -> bool:
        """No request of this connection is in work: the next move is the client's."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete

    def _await_client(self) -> None:
        if self._client_deadline is None and not self.transport.is_closing():
            self._client_deadline = self.loop.call_later(HEAD_S, self._client_is_late)

    def _client_came(self) -> None:
        if self._client_deadline is not None:
            self._client_deadline.cancel()
            self._client_deadline = None

    def _client_is_late(self) -> None:
        self._client_deadline = None
        if self._is_idle:
            self.transport.close()

    def _refuse(self) -> None:
        if self._is_idle:
            self.transport.write(_REFUSAL)
            self.transport.close()
        else:
            self.transport.abort()  # another answer is being written: nothing fits in between
