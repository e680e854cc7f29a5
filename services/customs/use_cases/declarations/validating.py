"""What the match would find is told before anything is sent. Nothing is stored or locked."""

from datetime import datetime

from services.customs.domain.declarations.errors import DeclarationNotFound
from services.customs.domain.declarations.examining import Examined, Papers, examine_early
from services.customs.repository import declarations
from services.customs.repository.documents import stored as documents
from services.customs.use_cases.declarations.rulebooks import Rulebooks
from shared.db import Reader


async def validate_declaration(
    reader: Reader, *, declaration_id: str, rulebooks: Rulebooks, now: datetime
) -> Examined:
    """As a list drawn up from what is on file would be. The reader acts for the park: that the
    declaration is the caller's was looked up before.
    """
    dossier = await declarations.load_dossier(reader, declaration_id)
    if dossier is None:
        raise DeclarationNotFound(declaration_id=declaration_id)
    papers = Papers(declaration_id, dossier.order, dossier.waybill, dossier.cop_no, dossier.repairs)
    merchant_id = dossier.subject.merchant_id
    return await validate_papers(
        reader, papers, merchant_id=merchant_id, rulebooks=rulebooks, now=now
    )


async def validate_papers(
    reader: Reader, papers: Papers, *, merchant_id: str, rulebooks: Rulebooks, now: datetime
) -> Examined:
    """By the registrations of the merchant and the park's. The reader acts for the park."""
    of_merchant = await rulebooks.of(reader, [merchant_id], now=now)
    order = papers.corrected
    if order is not None and rulebooks.books.sends_orders:
        takers = await documents.takers_of(reader, [order.order_no])
    else:
        takers = {}
    return examine_early(papers, rulebook=of_merchant[merchant_id], takers=takers, now=now)
