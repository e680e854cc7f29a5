"""Products submitted as events: saved like those of a batch, or refused by an event."""

from collections.abc import Sequence
from datetime import datetime

from services.catalog.domain.products.product import Product
from services.catalog.domain.reference import Reference
from services.catalog.domain.submissions import Submission, in_rounds
from services.catalog.events import submissions as events
from services.catalog.use_cases.products import put_products
from shared.db import UnitOfWork
from shared.kernel.errors import AirlaneError


async def take_submissions(
    uow: UnitOfWork, submissions: Sequence[Submission], *, reference: Reference, now: datetime
) -> None:
    """In their order: the last one of a SKU wins. Raises MerchantNotFound."""
    for round_ in in_rounds(submissions):
        await uow.act_as(round_[0].merchant_id)
        for submission, refusal in await _save(uow, round_, reference=reference, now=now):
            uow.outbox.add(
                events.submission_refused(submission, refusal),
                subject=submission.id,
                version=1,
                at=now,
            )


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
