"""Products submitted as events: saved like those of a batch, or refused by an event."""

from collections.abc import Sequence
from datetime import datetime

from services.catalog.domain.products.product import Product
from services.catalog.domain.reference import Reference
from services.catalog.domain.submissions import Submission, by_merchant, in_rounds
from services.catalog.events import submissions as events
from services.catalog.repository import parents, products
from services.catalog.use_cases.products import put_products
from shared.db import UnitOfWork
from shared.kernel.errors import AirlaneError


async def take_submissions(
    uow: UnitOfWork, submissions: Sequence[Submission], *, reference: Reference, now: datetime
) -> None:
    """In the order of each merchant: the last one of a SKU wins. Raises MerchantNotFound."""
    for of_merchant in by_merchant(submissions):
        await uow.act_as(of_merchant[0].merchant_id)
        rounds = in_rounds(of_merchant)
        if len(rounds) > 1:
            await _lock(uow, of_merchant)
        for round_ in rounds:
            for submission, refusal in await _save(uow, round_, reference=reference, now=now):
                uow.outbox.add(
                    events.submission_refused(submission, refusal),
                    subject=submission.id,
                    version=1,
                    at=now,
                )


async def _lock(uow: UnitOfWork, submissions: Sequence[Submission]) -> None:
    """All parents, then all products, each by SKU. Round by round they would be locked in an order
    of their own, and two writers could wait for each other.
    """
    tenant = submissions[0].merchant_id
    given = [one.product for one in submissions if isinstance(one.product, Product)]
    if variants := [one.variant for one in given if one.variant is not None]:
        skus = {variant.parent_sku for variant in variants}
        await parents.lock_for_variants(uow, tenant=tenant, skus=skus)
    await products.lock_products(uow, tenant=tenant, skus={one.sku for one in given})


async def _save(
    uow: UnitOfWork, submissions: Sequence[Submission], *, reference: Reference, now: datetime
) -> list[tuple[Submission, AirlaneError]]:
    """Those that were refused, and why."""
    refused = [(one, one.product) for one in submissions if isinstance(one.product, AirlaneError)]
    readable = [(one, one.product) for one in submissions if isinstance(one.product, Product)]
    if not readable:
        return refused
    outcomes = await put_products(
        uow,
        tenant=submissions[0].merchant_id,
        products=[product for _, product in readable],
        reference=reference,
        now=now,
    )
    for (submission, _), outcome in zip(readable, outcomes, strict=True):
        if isinstance(outcome, AirlaneError):
            refused.append((submission, outcome))
    return refused
