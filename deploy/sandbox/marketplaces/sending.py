"""The marketplaces: they send the slice's orders to the park over one business day, some one by
one, some in batches, and cancel some of them again.

Every invoice ends in one bucket: what became of it, with the problem's code where it was refused.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Final

from deploy.sandbox.api_client import ApiResponse, ServiceClient
from deploy.sandbox.chance import share
from deploy.sandbox.concurrency import for_each
from deploy.sandbox.marketplaces.plan import CURRENCY, PlannedCancellation, PlannedOrder, SlicePlan
from deploy.sandbox.merchants.companies import exporter_of
from deploy.sandbox.park import SeededPark
from shared.kernel.clock import monotonic_s

_DAY: Final = timedelta(days=1)
_TICK_S: Final = 0.25
_AT_ONCE: Final = 8
_BATCH: Final = 50
_BY_BATCH: Final = 0.5  # of the invoices; the others come one by one


class Bucket(StrEnum):
    """Where an invoice ended; those set aside by the plan bear its reasons instead."""

    SENT = "sent"
    REFUSED = "refused"
    PARTLY_REFUSED = "some parts refused"
    CANCELLED = "cancellation sent"
    CANCELLATION_REFUSED = "cancellation refused"
    NOTHING_TO_CANCEL = "cancellation of a refused order"


@dataclass
class SendingOutcome:
    """What catalog answered. `accepted`: order number by order id; `by_invoice`: its order ids."""

    accepted: dict[str, str] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    cancellations_refused: Counter[str] = field(default_factory=Counter)
    by_invoice: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    refused_parts: Counter[str] = field(default_factory=Counter)
    cancelled: dict[str, Bucket] = field(default_factory=dict)
    done: int = 0

    def bucket_of(self, invoice: str) -> Bucket:
        """Of an invoice that was sent."""
        if not self.refused_parts[invoice]:
            return Bucket.SENT
        return Bucket.PARTLY_REFUSED if self.by_invoice[invoice] else Bucket.REFUSED


def merchant_of(seed: int, invoice: str) -> int:
    """The exporter that gets the invoice, by its place."""
    return exporter_of(share(seed, "exporter", invoice))


def buckets(plan: SlicePlan, outcome: SendingOutcome) -> dict[str, int]:
    """Every invoice of the slice, counted once."""
    counted: Counter[str] = Counter(str(reason) for reason in plan.aside.values())
    for invoice in {order.invoice for order in plan.orders}:
        counted[outcome.bucket_of(invoice)] += 1
    for step in plan.cancellations:
        counted[outcome.cancelled[step.invoice]] += 1
    return dict(counted.most_common())


class Marketplaces:
    """Plays a plan; `outcome` grows while it does."""

    def __init__(
        self, park: SeededPark, plan: SlicePlan, run: str, marks: Mapping[str, str] | None = None
    ) -> None:
        """`marks`: what an order number says besides, by invoice."""
        self._park, self._plan, self._run, self._marks = park, plan, run, marks or {}
        self._seed = park.settings.seed
        self._catalog = park.client("catalog")
        # One merchant has a program of its own; for the others the park's operator enters.
        self._own = park.client("catalog", "merchant")
        self.outcome = SendingOutcome()

    def number_of(self, order: PlannedOrder) -> str:
        """The slice's number with the run's mark, so that a slice can be played again."""
        return f"{order.number}-{self._run}{self.mark_of(order)}"

    def mark_of(self, order: PlannedOrder) -> str:
        return self._marks.get(order.invoice, "")

    async def play(self, on_tick: Callable[[float], None] = lambda _: None) -> None:
        """Sends step after step, evenly over one business day. Raises RequestFailed."""
        clock, steps = self._park.settings.clock, self._plan.steps
        day_s = clock.real_seconds(_DAY)
        started_s, at = monotonic_s(), 0
        while at < len(steps):
            passed = (monotonic_s() - started_s) / day_s
            due = min(len(steps), int(len(steps) * passed) + 1)
            if due > at:
                await self._hand_over(steps[at:due])
                at = due
            on_tick(at / len(steps))
            await asyncio.sleep(_TICK_S)

    async def _hand_over(self, steps: Sequence[PlannedOrder | PlannedCancellation]) -> None:
        """Orders first: a cancellation among them may be about one of them."""
        alone: list[PlannedOrder] = []
        batches: dict[int, list[PlannedOrder]] = defaultdict(list)
        for step in steps:
            if isinstance(step, PlannedOrder):
                if share(self._seed, "batch", step.invoice) < _BY_BATCH:
                    batches[merchant_of(self._seed, step.invoice)].append(step)
                else:
                    alone.append(step)
        cut = [
            (merchant, own[at : at + _BATCH])
            for merchant, own in batches.items()
            for at in range(0, len(own), _BATCH)
        ]
        async with asyncio.TaskGroup() as group:
            group.create_task(for_each(self._send_one, alone, _AT_ONCE))
            group.create_task(for_each(self._send_batch, cut, _AT_ONCE // 2))
        for step in steps:
            if isinstance(step, PlannedCancellation):
                await self._cancel(step)

    def _body(self, order: PlannedOrder) -> dict[str, object]:
        return {
            "store": order.store,
            "order_number": self.number_of(order),
            "ordered_at": self._park.settings.clock.now().isoformat(),
            "ship_to": {"country": order.country},
            "lines": [
                {
                    "line": number,
                    "sku": line.sku,
                    "quantity": line.quantity,
                    "unit_price": {"amount": line.unit_price, "currency": CURRENCY},
                }
                for number, line in enumerate(order.lines, 1)
            ],
        }

    def _client_of(self, merchant: int) -> tuple[ServiceClient, str | None]:
        """The client that acts for an exporter, and the tenant to name if it is the operator's."""
        if merchant == 0:
            return self._own, None
        return self._catalog, self._park.merchant_ids[merchant]

    async def _send_one(self, order: PlannedOrder) -> None:
        client, tenant = self._client_of(merchant_of(self._seed, order.invoice))
        body, key = self._body(order), self.number_of(order)
        answer = await client.post("/v1/orders", body, key=key, tenant=tenant)
        if answer.ok:
            self._note(order, str(answer.body["id"]))
        else:
            self._note_refusal(order, answer)

    async def _send_batch(self, batch: tuple[int, list[PlannedOrder]]) -> None:
        merchant, orders = batch
        client, tenant = self._client_of(merchant)
        items = [self._body(order) for order in orders]
        key = f"batch-{self.number_of(orders[0])}"
        path = "/v1/orders:batch"
        answer = (await client.post(path, {"items": items}, key=key, tenant=tenant)).must()
        for order, item in zip(orders, answer["items"], strict=True):
            if item["status"] < 300:
                self._note(order, item["id"])
            else:
                self._note_refusal(order, ApiResponse(item["status"], item["error"]))

    def _note(self, order: PlannedOrder, order_id: str) -> None:
        self.outcome.accepted[order_id] = self.number_of(order)
        self.outcome.by_invoice[order.invoice].append(order_id)
        self.outcome.done += 1

    def _note_refusal(self, order: PlannedOrder, answer: ApiResponse) -> None:
        self.outcome.refused[answer.code] += 1
        self.outcome.refused_parts[order.invoice] += 1
        self.outcome.done += 1

    async def _cancel(self, step: PlannedCancellation) -> None:
        outcome = self.outcome
        client, tenant = self._client_of(merchant_of(self._seed, step.cancels))
        bucket = Bucket.NOTHING_TO_CANCEL
        for order_id in outcome.by_invoice[step.cancels]:
            body = {"reason": f"taken back by invoice {step.invoice}"}
            key = f"cancel-{order_id}"
            answer = await client.post(
                f"/v1/orders/{order_id}:cancel", body, key=key, tenant=tenant
            )
            if not answer.ok:
                outcome.cancellations_refused[answer.code] += 1
            if bucket is not Bucket.CANCELLATION_REFUSED:
                bucket = Bucket.CANCELLED if answer.ok else Bucket.CANCELLATION_REFUSED
        outcome.cancelled[step.invoice] = bucket
        outcome.done += 1
