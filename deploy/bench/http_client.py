"""A closed-loop HTTP/1.1 load generator: some keep-alive connections, one request in flight each.

It speaks just enough HTTP to cost little of the two cores that it shares with the server. Run as a
process of its own: `python -m deploy.bench.http_client URL SECONDS CONNECTIONS REQUESTS_FILE`.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import uvloop


@dataclass(frozen=True)
class LoadResult:
    """`failures`: how many answers had which status of 300 or above."""

    requests: int
    per_s: float
    p50_ms: float
    p99_ms: float
    failures: dict[str, int]


def request_bytes(
    method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class _Connection(asyncio.Protocol):
    """Sends the next request as soon as the answer to the last one is complete."""

    def __init__(self, requests: Iterator[bytes], until: float) -> None:
        self.requests = requests
        self.until = until
        self.latencies_s: list[float] = []
        self.failures: Counter[str] = Counter()
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._buffer = b""
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are not subclasses of asyncio's.
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def _send(self) -> None:
        self._sent_at = time.perf_counter()
        if self._sent_at >= self.until:
            self._transport.close()
            if not self.done.done():
                self.done.set_result(None)
            return
        self._transport.write(next(self.requests))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head_end = self._buffer.find(b"\r\n\r\n")
        if head_end < 0:
            return
        head = self._buffer[:head_end].lower()
        at = head.find(b"content-length:")
        assert at >= 0, head
        length = int(head[at + 15 :].split(b"\r\n", 1)[0])
        if len(self._buffer) < head_end + 4 + length:
            return
        self._buffer = b""
        status = int(head[9:12])
        if status >= 300:
            self.failures[str(status)] += 1
        self.latencies_s.append(time.perf_counter() - self._sent_at)
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("closed by the server"))


async def _run(url: str, seconds: float, connections: int, requests: list[bytes]) -> LoadResult:
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    source = cycle(requests)
    started = time.perf_counter()
    loop = asyncio.get_running_loop()
    protocols = []
    for _ in range(connections):
        _, protocol = await loop.create_connection(
            lambda: _Connection(source, started + seconds), host, port
        )
        protocols.append(protocol)
    await asyncio.gather(*(p.done for p in protocols))
    took = time.perf_counter() - started
    latencies = sorted(x for p in protocols for x in p.latencies_s)
    failures: Counter[str] = Counter()
    for protocol in protocols:
        failures.update(protocol.failures)
    return LoadResult(
        requests=len(latencies),
        per_s=len(latencies) / took,
        p50_ms=1000 * latencies[len(latencies) // 2],
        p99_ms=1000 * latencies[int(len(latencies) * 0.99)],
        failures=dict(failures),
    )


def main() -> None:
    url, seconds, connections, file = sys.argv[1:5]
    # Requests are separated by a line that no request contains.
    requests = Path(file).read_bytes().split(b"\n%%\n")
    result = uvloop.run(_run(url, float(seconds), int(connections), requests))
    print(json.dumps(asdict(result)))


if __name__ == "__main__":
    main()
