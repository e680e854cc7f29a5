"""A partner's webhook receiver: a real HTTP server that trusts nobody.

Every request is verified on its raw bytes by two foreign implementations, the packages
`standardwebhooks` and `svix`, and written into a ledger, whatever the answer is.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self

import standardwebhooks
import svix
from aiohttp import web

from shared.kernel.clock import monotonic_s

# Besides their own error both verifiers let these through for malformed signature headers.
_VERIFY_ERRORS: Final = (
    standardwebhooks.WebhookVerificationError,
    svix.WebhookVerificationError,
    ValueError,
)


@dataclass(frozen=True)
class Hit:
    """One request: the `attempt`-th with this webhook-id, and what it was answered."""

    webhook_id: str
    attempt: int
    status: int
    verified: bool
    fault: str
    path: str
    target: str  # path and query, as they came over the wire
    headers: dict[str, str]
    body: bytes
    at_s: float


@dataclass
class Reply:
    """What to answer; `delay_s` is waited for first."""

    status: int = 200
    delay_s: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"ok"


class WebhookReceiver:
    """`receiver.trust(secret)`, then read `receiver.hits`; `receiver.replies` scripts answers."""

    def __init__(self) -> None:
        self.hits: list[Hit] = []
        self.replies: deque[Reply] = deque()
        self.always = Reply()
        self._secrets: list[str] = []
        self._attempts: Counter[str] = Counter()
        self._arrived = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self.url = ""

    def trust(self, *secrets: str) -> None:
        """The secrets (`whsec_…`) whose signatures are right from now on."""
        self._secrets = list(secrets)

    @property
    def accepted(self) -> list[Hit]:
        return [hit for hit in self.hits if hit.verified and 200 <= hit.status < 300]

    @property
    def rejected(self) -> list[Hit]:
        """Requests whose signature one of the two verifiers refused. Should be empty."""
        return [hit for hit in self.hits if not hit.verified]

    async def wait_for(self, count: int, *, timeout_s: float = 10.0) -> list[Hit]:
        """Returns as soon as `count` requests were accepted. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s), self._arrived:
            await self._arrived.wait_for(lambda: len(self.accepted) >= count)
        return self.accepted

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=2**20)
        app.router.add_route("*", "/{path:.*}", self._receive)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/hooks"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _receive(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        webhook_id = headers.get("webhook-id", "")
        fault = _fault(body, headers, self._secrets)
        reply = self.replies.popleft() if self.replies else self.always
        status = 401 if fault else reply.status
        if not fault:
            await asyncio.sleep(reply.delay_s)
        self._attempts[webhook_id] += 1
        hit = Hit(
            webhook_id=webhook_id,
            attempt=self._attempts[webhook_id],
            status=status,
            verified=not fault,
            fault=fault,
            path=request.path,
            target=request.raw_path,
            headers=headers,
            body=body,
            at_s=monotonic_s(),
        )
        async with self._arrived:
            self.hits.append(hit)
            self._arrived.notify_all()
        return web.Response(status=status, headers=reply.headers, body=reply.body)


def _fault(body: bytes, headers: dict[str, str], secrets: Iterable[str]) -> str:
    """Empty if both packages accept the request with one of the secrets, else the reason."""
    fault = "no secret is trusted"
    for secret in secrets:
        try:
            _verify(secret, body, headers)
        except _VERIFY_ERRORS as error:
            fault = f"{type(error).__name__}: {error}"
        else:
            return ""
    return fault


def _verify(secret: str, body: bytes, headers: dict[str, str]) -> None:
    verifiers: tuple[Any, ...] = (standardwebhooks.Webhook(secret), svix.Webhook(secret))
    for verifier in verifiers:
        verifier.verify(body, headers)
