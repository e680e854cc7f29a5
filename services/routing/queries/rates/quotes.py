"""Reads for screens: quotes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.routing.domain.rates.quote import QuoteNotFound
from services.routing.domain.rates.quoted import QuoteDocument
from shared.db import TEXT, Listing, Reader, Window


@dataclass(frozen=True, slots=True)
class QuoteView:
    """Amounts in minor units of the park's currency."""

    id: str
    merchant_id: str
    quoted_at: datetime
    valid_until: datetime
    rates_version: str
    cost_minor: int
    margin_minor: int
    price_minor: int
    document: QuoteDocument


_QUOTE: Final = Listing(
    """
    SELECT id, tenant_id AS merchant_id, quoted_at, valid_until, rates_version, cost_minor,
        margin_minor, price_minor, document
    FROM routing.quotes
    """,
    QuoteView,
    order_by="id",
    after="id > :after_id",
    tenant="tenant_id = :tenant",
    where="id = :quote_id",
    after_id=TEXT,
    quote_id=TEXT,
)


async def get_quote(reader: Reader, *, quote_id: str) -> QuoteView:
    """Raises QuoteNotFound."""
    found = await _QUOTE.page(reader, Window(1), quote_id=quote_id)
    if not found:
        raise QuoteNotFound(quote=quote_id)
    return found[0]
