"""Webhooks without its processes: endpoints, events to send, and what became of them."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

from services.webhooks.clients.http_sender import HttpSender
from services.webhooks.clients.key_ring import KeyRing
from services.webhooks.use_cases.endpoints import register_endpoint
from services.webhooks.use_cases.fan_out import fanning_out
from services.webhooks.use_cases.sending import Sender, SendingPolicy
from services.webhooks.worker import SUBSCRIPTIONS
from shared.contracts.envelope import Envelope
from shared.db import Database
from shared.kernel.clock import real_now
from shared.kernel.identity import PARK, Principal, Role
from shared.kernel.ids import new_id
from tests.kit.clock import ManualClock
from tests.kit.intake import intake
from tests.kit.waiting import until
from tests.support.events.envelopes import an_envelope

QUICK = SendingPolicy(
    timeout_s=1.0, lease_s=2.0, schedule_s=(0.0, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05)
)
SCOPES = ["webhooks:read", "webhooks:write"]


@dataclass(frozen=True)
class MadeEndpoint:
    id: str
    secret: str
    tenant: str


class WebhooksWorld:
    """Endpoints and events of a test, and a look at what became of them; for the whole park."""

    def __init__(self, db: Database, key_ring: KeyRing) -> None:
        self.db = db
        self.key_ring = key_ring
        self._made: list[str] = []

    def event(
        self,
        *,
        tenant: str,
        event_type: str = "customs.declaration.released",
        data: str = '{"a":1}',
    ) -> Envelope:
        return an_envelope(type=event_type, time=real_now(), tenant_id=tenant, data=data.encode())

    async def make_endpoint(
        self,
        url: str,
        *,
        event_types: Sequence[str] = ("*",),
        tenant: str | None = None,
        sees: tuple[str, ...] | None = (),
        role: Role = Role.MERCHANT,
    ) -> MadeEndpoint:
        """Registers as a merchant, or as a partner that sees the tenants given."""
        tenant = tenant or new_id("mer")
        principal = Principal(
            subject="test",
            tenant=tenant,
            role=role,
            scopes=frozenset(),
            acts_as=PARK if role is Role.OPERATOR else tenant,
        )
        if role is Role.PARTNER:
            await self.sql(
                "INSERT INTO webhooks.partner_rights VALUES ($1, $2, 1) ON CONFLICT DO NOTHING",
                tenant,
                None if sees is None else list(sees),
            )
        async with self.db.transaction(principal.acts_as) as uow:
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
        self._made.append(secret.endpoint_id)
        return MadeEndpoint(secret.endpoint_id, secret.secret, tenant)

    async def delete_endpoints(self) -> None:
        """Those that were made here, so that other tests' events do not go to them."""
        await self.sql(
            "UPDATE webhooks.endpoints SET status = 'deleted' WHERE id = ANY ($1)", self._made
        )

    async def publish(self, *events: Envelope, wake: Callable[[], None] = lambda: None) -> None:
        """Runs the consumer on the events, as the worker does after its inbox."""
        take_in = intake(SUBSCRIPTIONS, fanning_out(wake), ManualClock())
        async with self.db.transaction(PARK) as uow:
            await take_in(uow, events)

    @asynccontextmanager
    async def sending(
        self,
        *,
        allow_private: bool = True,
        nameservers: Sequence[str] | None = None,
        stoppable: bool = False,
        grace_s: float = 1.0,
        **policy: Any,
    ) -> AsyncIterator[Any]:
        """`async with sending(timeout_s=…) as sender:` a sender that runs meanwhile and is
        cancelled at the end. With `stoppable`, (sender, its stop event, its task).
        """
        rules = replace(QUICK, **policy)
        async with HttpSender(
            timeout_s=rules.timeout_s,
            allow_private_addresses=allow_private,
            nameservers=nameservers,
        ) as post:
            sender = Sender(
                db=self.db,
                post=post,
                key_ring=self.key_ring,
                clock=ManualClock(),
                policy=rules,
                rng=random.Random(7),
            )
            stop = asyncio.Event()
            task = asyncio.create_task(sender.run(stop, grace_s=grace_s))
            try:
                yield (sender, stop, task) if stoppable else sender
            finally:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

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
        """All deliveries of the endpoint, and there are some, have that status."""
        rows = await self.deliveries(endpoint_id)
        return bool(rows) and all(row["status"] == status for row in rows)

    async def is_disabled(self, endpoint_id: str) -> bool:
        (row,) = await self.sql("SELECT status FROM webhooks.endpoints WHERE id = $1", endpoint_id)
        return bool(row["status"] == "disabled")

    async def until(self, condition: Callable[[], Awaitable[bool]]) -> None:
        await until(condition, within_s=8)
