"""Products: put, patch, delete, and the batch of puts. One change, one version, one event."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from asyncpg import Record

from services.catalog.domain.merchants import MerchantNotFound
from services.catalog.domain.problems import refuse
from services.catalog.domain.products import (
    DuplicateInBatch,
    Product,
    ProductInUse,
    ProductNotFound,
    product_problems,
)
from services.catalog.domain.reference import Reference
from services.catalog.events import products as events
from services.catalog.repository import products as repository
from shared.db import UnitOfWork
from shared.kernel.errors import AirlaneError, Invalid
from shared.kernel.money import Money


class Check(Protocol):
    """The caller's conditions on the row as it is; None: there is no such product. `is_applied`:
    it is already what the caller wants. Raises if they do not hold.
    """

    def __call__(self, row: Mapping[str, Any] | None, *, is_applied: bool = False) -> None: ...


@dataclass(frozen=True)
class Saved:
    """A product after the call, which made it if `is_new`."""

    product_id: str
    tenant: str
    version: int
    product: Product
    created_at: datetime
    updated_at: datetime
    is_new: bool = False

    @classmethod
    def unchanged(cls, row: Record, product: Product, *, tenant: str) -> "Saved":
        return cls(row["id"], tenant, row["version"], product, row["created_at"], row["updated_at"])

    @property
    def row(self) -> dict[str, Any]:
        """As the table holds it."""
        return {
            "id": self.product_id,
            "tenant_id": self.tenant,
            "sku": self.product.sku,
            **repository.content(self.product),
            "version": self.version,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        }


async def put_product(
    uow: UnitOfWork,
    *,
    tenant: str,
    product: Product,
    check: Check,
    reference: Reference,
    now: datetime,
) -> Saved:
    """Creates or replaces. An equal product changes nothing and needs no If-Match.

    Raises Invalid, MerchantNotFound, PreconditionRequired or PreconditionFailed.
    """
    refuse(product_problems(product, reference.hs_subheadings))
    row = await _find_for_update(uow, tenant=tenant, sku=product.sku)
    if row is None:
        check(None)
        created = await repository.upsert_products(
            uow, [product], tenant=tenant, overwrite=False, now=now
        )
        if product.sku in created:
            product_id = created[product.sku]["id"]
            saved = Saved(product_id, tenant, 1, product, now, now, is_new=True)
            _announce(uow, saved, now=now)
            return saved
        # Somebody else created it a moment ago, or there is no such merchant.
        row = await _find_for_update(uow, tenant=tenant, sku=product.sku)
        if row is None:
            raise MerchantNotFound
    is_applied = repository.has_content(row, product)
    check(row, is_applied=is_applied)
    if is_applied:
        return Saved.unchanged(row, product, tenant=tenant)
    return await _update(uow, row, product, tenant=tenant, now=now)


async def patch_product(
    uow: UnitOfWork,
    *,
    tenant: str,
    sku: str,
    apply: Callable[[Product], Product],
    check: Check,
    reference: Reference,
    now: datetime,
) -> Saved:
    """`apply` merges the patch. Raises ProductNotFound, Invalid, Precondition…"""
    row = await _find_for_update(uow, tenant=tenant, sku=sku)
    if row is None:
        raise ProductNotFound
    check(row)
    product = apply(product_of(row))
    refuse(product_problems(product, reference.hs_subheadings))
    if repository.has_content(row, product):
        return Saved.unchanged(row, product, tenant=tenant)
    return await _update(uow, row, product, tenant=tenant, now=now)


async def delete_product(
    uow: UnitOfWork, *, tenant: str, sku: str, check: Check, now: datetime
) -> None:
    """Raises ProductNotFound, Precondition… or ProductInUse while orders need it."""
    row = await _find_for_update(uow, tenant=tenant, sku=sku)
    if row is None:
        raise ProductNotFound
    check(row)
    place = {"product_id": row["id"], "tenant": tenant}
    reserved = await uow.fetch_value(repository.LOCK_COUNTERS, **place)
    waiting = await uow.fetch_value(repository.WAITING_QUANTITY, **place)
    if reserved or waiting:
        raise ProductInUse(reserved=reserved, waiting=waiting)
    await uow.execute(repository.DELETE_PRODUCT, **place, now=now)
    uow.outbox.add(
        events.product_deleted(product_id=row["id"], merchant_id=tenant, sku=sku),
        subject=row["id"],
        version=row["version"] + 1,
        at=now,
    )


async def put_products(
    uow: UnitOfWork,
    *,
    tenant: str,
    products: Sequence[Product],
    reference: Reference,
    now: datetime,
) -> list[Saved | AirlaneError]:
    """Upserts all that are right, in the order given: what was saved, or why not.

    The batch overwrites: it has no If-Match. Raises MerchantNotFound.
    """
    outcomes: list[Saved | AirlaneError | None] = [None] * len(products)
    chosen: dict[str, int] = {}
    for index, product in enumerate(products):
        if problems := product_problems(product, reference.hs_subheadings):
            outcomes[index] = Invalid(problems=problems)
        elif product.sku in chosen:
            outcomes[index] = DuplicateInBatch(pointer="/sku", sku=product.sku)
        else:
            chosen[product.sku] = index
    if chosen:
        given = [products[index] for index in chosen.values()]
        saved = await _upsert(uow, given, tenant=tenant, now=now)
        for one in saved:
            outcomes[chosen[one.product.sku]] = one
    return [outcome for outcome in outcomes if outcome is not None]


async def _upsert(
    uow: UnitOfWork, given: list[Product], *, tenant: str, now: datetime
) -> list[Saved]:
    written = await repository.upsert_products(uow, given, tenant=tenant, overwrite=True, now=now)
    unchanged = [product.sku for product in given if product.sku not in written]
    same: dict[str, Record] = {}
    if unchanged:
        rows = await uow.fetch_all(repository.PRODUCT_IDS, tenant=tenant, skus=unchanged)
        same = {row["sku"]: row for row in rows}
        if not same.keys() >= set(unchanged):
            raise MerchantNotFound
    saved = []
    for product in given:
        if row := written.get(product.sku):
            one = Saved(
                row["id"],
                tenant,
                row["version"],
                product,
                row["created_at"],
                now,
                is_new=row["version"] == 1,
            )
            _announce(uow, one, now=now)
        else:
            one = Saved.unchanged(same[product.sku], product, tenant=tenant)
        saved.append(one)
    return saved


async def _find_for_update(uow: UnitOfWork, *, tenant: str, sku: str) -> Record | None:
    return await uow.fetch_first(repository.PRODUCT_FOR_UPDATE, tenant=tenant, sku=sku)


async def _update(
    uow: UnitOfWork, row: Record, product: Product, *, tenant: str, now: datetime
) -> Saved:
    version = row["version"] + 1
    await uow.execute(
        repository.UPDATE_PRODUCT,
        product_id=row["id"],
        tenant=tenant,
        version=version,
        now=now,
        **repository.content(product),
    )
    saved = Saved(row["id"], tenant, version, product, row["created_at"], now)
    _announce(uow, saved, now=now)
    return saved


def _announce(uow: UnitOfWork, saved: Saved, *, now: datetime) -> None:
    uow.outbox.add(
        events.product_updated(
            saved.product,
            product_id=saved.product_id,
            merchant_id=saved.tenant,
            version=saved.version,
        ),
        subject=saved.product_id,
        version=saved.version,
        at=now,
    )


def product_of(row: Any) -> Product:
    """A stored row as the domain's product."""
    return Product(
        sku=row["sku"],
        title=row["title"],
        hs_code=row["hs_code"],
        origin_country=row["origin_country"],
        net_weight_g=row["net_weight_g"],
        gross_weight_g=row["gross_weight_g"],
        size_mm=(row["length_mm"], row["width_mm"], row["height_mm"]),
        price=Money(row["price_minor"], row["currency"]),
        battery=row["battery"],
        synthetic=row["synthetic"],
    )
