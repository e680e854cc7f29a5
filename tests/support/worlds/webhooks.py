"""Endpoints without a REST call, events without Kafka, and senders with short waits."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any, Final

from services.webhooks.clients.http_sender import HttpSender, Post
from services.webhooks.clients.key_ring import KeyRing
from services.webhooks.use_cases.deliveries.sending import Sender, SendingPolicy
from services.webhooks.use_cases.endpoints import register_endpoint
from services.webhooks.worker import SUBSCRIPTIONS, fanning_out
from shared.contracts.envelope import Envelope
from shared.db import Database, UnitOfWork
from shared.kernel.clock import real_now
from shared.kernel.identity import PARK, PARK_TENANT, Principal, Role
from shared.kernel.ids import new_id
from tests.kit.clock import ManualClock
from tests.kit.intake import intake
from tests.kit.waiting import until
from tests.support.events.envelopes import an_envelope

SECRET_KEY: Final = "test:" + "A" * 43 + "="
NOBODY_LISTENS: Final = "http://127.0.0.1:9/"  # the port `discard`

_QUICK: Final = SendingPolicy(
    timeout_s=1.0, lease_s=2.0, schedule_s=(0.0, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05)
)


def _nothing() -> None:
    return


@dataclass(frozen=True)
class RegisteredEndpoint:
    id: str
    secret: str
    tenant: str


@dataclass(frozen=True)
class RunningSender:
    """`stop()` lets it end as a stopping worker does."""

    wake: Callable[[], None]
    _stop: asyncio.Event
    _task: "asyncio.Task[None]"

    async def stop(self, *, within_s: float = 5.0) -> None:
        self._stop.set()
        async with asyncio.timeout(within_s):
            await self._task


class WebhooksWorld:
    def __init__(self, db: Database) -> None:
        self.db = db
        self.key_ring = KeyRing.parse(SECRET_KEY)
        self._registered: list[str] = []

    async def close(self) -> None:
        """Later senders leave these endpoints alone."""
        await self.sql(
            "UPDATE webhooks.endpoints SET status = 'deleted' WHERE id = ANY ($1)",
            self._registered,
        )

    # given

    async def register(
        self,
        url: str = NOBODY_LISTENS,
        *,
        event_types: Sequence[str] = ("*",),
        tenant: str | None = None,
    ) -> RegisteredEndpoint:
        """An endpoint of a merchant."""
        return await self._register(url, event_types, Role.MERCHANT, tenant or new_id("mer"))

    async def register_for_partner(self, *, sees: Sequence[str] | None = ()) -> RegisteredEndpoint:
        """`sees`: the merchants in the rights of the new partner; None: all."""
        tenant = new_id("prt")
        await self.sql(
            "INSERT INTO webhooks.partner_rights VALUES ($1, $2, 1)",
            tenant,
            None if sees is None else list(sees),
        )
        return await self._register(NOBODY_LISTENS, ("*",), Role.PARTNER, tenant)

    async def register_for_park(self) -> RegisteredEndpoint:
        return await self._register(NOBODY_LISTENS, ("*",), Role.OPERATOR, PARK_TENANT)

    async def _register(
        self, url: str, event_types: Sequence[str], role: Role, tenant: str
    ) -> RegisteredEndpoint:
        acts_as = PARK if role is Role.OPERATOR else tenant
        principal = Principal("test", tenant, role, scopes=frozenset(), acts_as=acts_as)
        async with self.db.transaction(acts_as) as uow:
            secret = await register_endpoint(
                uow,
                principal=principal,
                url=url,
                event_types=event_types,
                description=None,
                key_ring=self.key_ring,
                now=ManualClock().now(),
                real_now=real_now(),
            )
        self._registered.append(secret.endpoint_id)
        return RegisteredEndpoint(secret.endpoint_id, secret.secret, tenant)

    def event(
        self,
        *,
        tenant: str,
        event_type: str = "customs.declaration.released",
        data: str = '{"a":1}',
    ) -> Envelope:
        return an_envelope(type=event_type, time=real_now(), tenant_id=tenant, data=data.encode())

    # when

    async def publish(self, *events: Envelope, wake: Callable[[], None] = _nothing) -> None:
        """Consumes the events as one slice, as the worker does after its inbox."""
        async with self.db.transaction(PARK) as uow:
            await self.take_in(uow, *events, wake=wake)

    async def take_in(
        self, uow: UnitOfWork, *events: Envelope, wake: Callable[[], None] = _nothing
    ) -> None:
        await intake(SUBSCRIPTIONS, fanning_out(wake), ManualClock())(uow, events)

    @asynccontextmanager
    async def sending(
        self,
        *,
        allow_private: bool = True,
        nameservers: Sequence[str] | None = None,
        grace_s: float = 1.0,
        **policy: Any,
    ) -> AsyncIterator[RunningSender]:
        """A sender that runs meanwhile, and dies at the end unless it was stopped."""
        rules = replace(_QUICK, **policy)
        async with (
            HttpSender(
                timeout_s=rules.timeout_s,
                allow_private_addresses=allow_private,
                nameservers=nameservers,
            ) as post,
            self._running(self.sender(post, rules), grace_s) as sender,
        ):
            yield sender

    def sender(self, post: Post, policy: SendingPolicy | None = None) -> Sender:
        return Sender(
            db=self.db,
            post=post,
            key_ring=self.key_ring,
            clock=ManualClock(),
            policy=policy,
            rng=random.Random(7),
        )

    @asynccontextmanager
    async def _running(self, sender: Sender, grace_s: float) -> AsyncIterator[RunningSender]:
        stop = asyncio.Event()
        task = asyncio.create_task(sender.run(stop, grace_s=grace_s))
        try:
            yield RunningSender(sender.wake, stop, task)
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    # then

    async def sql(self, sql: str, *arguments: Any) -> list[Any]:
        async with self.db.transaction(PARK) as uow:
            rows: list[Any] = await uow._connection.fetch(sql, *arguments)
        return rows

    async def deliveries(self, endpoint_id: str) -> list[Any]:
        return await self.sql(
            "SELECT * FROM webhooks.deliveries WHERE endpoint_id = $1 ORDER BY id", endpoint_id
        )

    async def attempts(self, endpoint_id: str) -> list[Any]:
        return await self.sql(
            "SELECT a.* FROM webhooks.attempts a"
            " JOIN webhooks.deliveries d ON d.id = a.delivery_id"
            " WHERE d.endpoint_id = $1 ORDER BY a.delivery_id, a.number",
            endpoint_id,
        )

    async def has_status(self, endpoint_id: str, status: str) -> bool:
        """There are deliveries of the endpoint, and all of them have that status."""
        rows = await self.deliveries(endpoint_id)
        return bool(rows) and all(row["status"] == status for row in rows)

    async def is_disabled(self, endpoint_id: str) -> bool:
        (row,) = await self.sql("SELECT status FROM webhooks.endpoints WHERE id = $1", endpoint_id)
        return bool(row["status"] == "disabled")

    async def until_all_have(self, endpoint_id: str, status: str) -> None:
        await until(lambda: self.has_status(endpoint_id, status), within_s=8)
