"""Quotes that were made."""

from collections.abc import Sequence
from typing import Final

from services.routing.domain.rates.quote import Quote
from services.routing.domain.rates.quoted import quote_document
from shared.db import JSON, UnitOfWork, sql
from shared.kernel.json import JsonObject

_ADD: Final = sql(
    """
    INSERT INTO routing.quotes (id, tenant_id, quoted_at, valid_until, rates_version, cost_minor,
        margin_minor, price_minor, document)
    SELECT id, tenant_id, quoted_at, valid_until, rates_version, cost_minor, margin_minor,
        price_minor, document
    FROM jsonb_populate_recordset(CAST(NULL AS routing.quotes), :rows)
    """,
    rows=JSON,
)


async def add_quotes(uow: UnitOfWork, quotes: Sequence[Quote]) -> None:
    if quotes:
        await uow.execute(_ADD, rows=[_row(quote) for quote in quotes])


def _row(quote: Quote) -> JsonObject:
    return {
        "id": quote.id,
        "tenant_id": quote.merchant_id,
        "quoted_at": quote.quoted_at.isoformat(),
        "valid_until": quote.valid_until.isoformat(),
        "rates_version": quote.rates_version,
        "cost_minor": quote.cost.total_minor,
        "margin_minor": quote.margin_minor,
        "price_minor": quote.price_minor,
        "document": quote_document(quote),
    }
