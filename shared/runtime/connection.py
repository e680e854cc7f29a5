"""One HTTP/1.1 connection of an API process: uvicorn's protocol with bounds on how much a client
may make us keep and how long it may make us wait.

uvicorn leaves both to a proxy. Here a head that does not end is refused (431). A client that
connects and stays silent, sends its request a byte at a time, or never reads its answer is
disconnected. Bodies have their own bounds, in `shared.http.admission`.
"""

import json
from asyncio import Transport
from asyncio.events import TimerHandle
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from shared.http.admission import BODY_IS_HERE
from shared.http.errors import HeadTooLarge, NotHttp, problem
from shared.http.head import HEAD_BYTES_MAX
from shared.kernel.errors import AirlaneError

# For a whole head, from its first byte or from the start of the connection.
HEAD_S: Final = 10.0
# For a client to read enough of its answer for us to write again.
READ_ANSWER_S: Final = 60.0


def _refusal(status: bytes, error: AirlaneError) -> bytes:
    body = json.dumps(problem(error, locale="en", instance="/")).encode()
    return (
        b"HTTP/1.1 %b\r\ncontent-type: application/problem+json\r\n"
        b"content-length: %d\r\nconnection: close\r\n\r\n%b"
    ) % (status, len(body), body)


class Connection(HttpToolsProtocol):
    """Given to uvicorn in place of its own protocol class."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._progressed = False
        self._stuck_bytes = 0
        self._message_ended = True
        self._in_body = False
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
        # The parser keeps a growing header, trailers or a chunk extension to itself until they end.
        self._stuck_bytes = 0 if self._progressed else self._stuck_bytes + len(data)
        if self._stuck_bytes > HEAD_BYTES_MAX:
            self._refuse(
                b"431 Request Header Fields Too Large",
                HeadTooLarge(limit=f"{HEAD_BYTES_MAX} bytes"),
            )
        elif self._is_idle and self.timeout_keep_alive_task is None:
            self._await_client()

    def on_message_begin(self) -> None:
        self._progressed = True
        self._message_ended = self._in_body = False
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._progressed = self._in_body = True
        self._client_came()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._progressed = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._progressed = True
        self._message_ended = True
        self._in_body = False
        if self.scope is not None:
            # So reading the body does not wait and needs no deadline.
            cast("dict[str, object]", self.scope)[BODY_IS_HERE] = True
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self._message_ended:
            # Answered before its body was read: for a while the rest is received and dropped.
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
        """No request of this connection is in progress: it is the client's turn."""
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

    def send_400_response(self, _msg: str) -> None:
        """Replaces uvicorn's: the parser cannot read what was received."""
        self._refuse(b"400 Bad Request", NotHttp())

    def _refuse(self, status: bytes, error: AirlaneError) -> None:
        if self._is_idle or self._may_answer_body:
            self.transport.write(_refusal(status, error))
            self.transport.close()
        else:
            # An earlier request is in progress and would get this as its answer.
            self.transport.abort()

    @property
    def _may_answer_body(self) -> bool:
        """The malformed part is the body of the only request in progress, as yet unanswered."""
        cycle: RequestResponseCycle | None = self.cycle
        waits = cycle is not None and not cycle.response_started
        return self._in_body and waits and not self.pipeline
