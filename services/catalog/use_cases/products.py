"""Products: put, patch, delete, and the batch of puts. One change, one version, one event."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.catalog.clients.pinyin import initials_of
from services.catalog.domain.merchants import MerchantNotFound
from services.catalog.domain.products.product import (
    DuplicateInBatch,
    Known,
    Product,
    ProductInUse,
    ProductNotFound,
    StoredProduct,
    batch_faults,
    product_problems,
    without_clashes,
)
from services.catalog.domain.products.search_words import SearchWords, search_words, searched
from services.catalog.domain.reference import Reference
from services.catalog.events import products as events
from services.catalog.repository import parents
from services.catalog.repository import products as repository
from services.catalog.use_cases.media import note_media
from services.catalog.use_cases.overlays import delete_overlays
from services.catalog.use_cases.prices import delete_prices
from services.catalog.use_cases.types import known_types
from shared.contracts.catalog.products import ProductDeleted, ProductUpdated
from shared.db import UnitOfWork
from shared.kernel.clock import Now
from shared.kernel.errors import AirlaneError, Invalid, refuse
from shared.kernel.preconditions import Precondition
from shared.kernel.tasks import giving_way


@dataclass(frozen=True, slots=True)
class Saved:
    """A product after the call, which made it if `is_new`."""

    stored: StoredProduct
    is_new: bool = False


async def put_product(
    uow: UnitOfWork,
    *,
    tenant: str,
    product: Product,
    check: Precondition[StoredProduct],
    reference: Reference,
    now: Now,
) -> Saved:
    """Creates or replaces. An equal product changes nothing and needs no If-Match, nor does it
    matter to it that its type has a new version since.

    Raises Invalid, MerchantNotFound, PreconditionRequired or PreconditionFailed.
    """
    known = await load_known(uow, [product], tenant=tenant, reference=reference)
    problems = product_problems(product, known)
    stored = await repository.lock_product(uow, tenant=tenant, sku=product.sku)
    if stored is None:
        refuse(problems)
        check(None)
        created = await _create(uow, product, tenant=tenant, known=known, now=now())
        if created is not None:
            return Saved(created, is_new=True)
        # Somebody else created it a moment ago, or there is no such merchant.
        stored = await repository.lock_product(uow, tenant=tenant, sku=product.sku)
        if stored is None:
            raise MerchantNotFound
    is_applied = stored.product.is_same(product)
    if not is_applied:
        refuse(problems)
    check(stored, is_applied=is_applied)
    if is_applied:
        return Saved(stored)
    return Saved(await _change(uow, stored, product, known=known, now=now()))


async def patch_product(
    uow: UnitOfWork,
    *,
    tenant: str,
    sku: str,
    apply: Callable[[Product], Product],
    check: Precondition[StoredProduct],
    reference: Reference,
    now: Now,
) -> Saved:
    """`apply` merges the patch. Raises ProductNotFound, Invalid, Precondition…"""
    # Read without a lock first, because the lock on its parent comes before that on the product.
    before = (await repository.list_by_sku(uow, tenant=tenant, skus=[sku])).get(sku)
    if before is None:
        raise ProductNotFound
    check(before)
    expected = apply(before.product)
    known = await load_known(uow, [expected], tenant=tenant, reference=reference)
    stored = await _get_locked(uow, tenant=tenant, sku=sku)
    check(stored)
    product = apply(stored.product)
    if stored.product.is_same(product):
        return Saved(stored)
    if (product.product_type, product.variant) != (expected.product_type, expected.variant):
        # Somebody changed it in between, and If-Match said that this does not matter.
        known = await load_known(uow, [product], tenant=tenant, reference=reference)
    refuse(product_problems(product, known))
    return Saved(await _change(uow, stored, product, known=known, now=now()))


async def delete_product(
    uow: UnitOfWork, *, tenant: str, sku: str, check: Precondition[StoredProduct], now: datetime
) -> None:
    """Raises ProductNotFound, Precondition… or ProductInUse while orders need it."""
    stored = await _get_locked(uow, tenant=tenant, sku=sku)
    check(stored)
    reserved = await repository.lock_reserved(uow, tenant=tenant, product_id=stored.id)
    waiting = await repository.count_waiting(uow, tenant=tenant, product_id=stored.id)
    if reserved or waiting:
        raise ProductInUse(reserved=reserved, waiting=waiting)
    await delete_overlays(uow, tenant=tenant, product_id=stored.id, now=now)
    await delete_prices(uow, tenant=tenant, product_id=stored.id, now=now)
    await repository.delete_product(uow, tenant=tenant, product_id=stored.id, now=now)
    _announce(uow, events.product_deleted(stored), stored, version=stored.version + 1, now=now)


async def put_products(
    uow: UnitOfWork,
    *,
    tenant: str,
    products: Sequence[Product],
    reference: Reference,
    now: datetime,
) -> list[Saved | AirlaneError]:
    """Creates or replaces every product that is valid. The outcomes are in the order given.

    A batch overwrites: it has no If-Match. Raises MerchantNotFound.
    """
    known = await load_known(uow, products, tenant=tenant, reference=reference)
    faults = [fault async for fault in giving_way(batch_faults(products, known))]
    faults = without_clashes(products, faults, known)
    good = [product for product, fault in zip(products, faults, strict=True) if fault is None]
    written = await _upsert(uow, good, tenant=tenant, known=known, now=now) if good else ()
    saved = iter(written)
    same = await _unchanged(uow, products, faults, tenant=tenant)
    return [
        next(saved) if fault is None else same.get(index, fault)
        for index, fault in enumerate(faults)
    ]


async def load_known(
    uow: UnitOfWork, products: Sequence[Product], *, tenant: str, reference: Reference
) -> Known:
    """What these products may refer to. One statement for the types of all, two for their parents,
    none for what nobody names. The parents stay locked, so this comes before any lock on products.
    """
    codes = {one.product_type for one in products if one.product_type is not None}
    types = await known_types(uow, codes)
    variants = [one.variant for one in products if one.variant is not None]
    if not variants:
        return Known(reference.hs_subheadings, types)
    skus = {variant.parent_sku for variant in variants}
    found = await parents.lock_for_variants(uow, tenant=tenant, skus=skus)
    taken = await parents.taken_options(uow, tenant=tenant, variants=variants)
    return Known(reference.hs_subheadings, types, found, taken)


async def _unchanged(
    uow: UnitOfWork,
    products: Sequence[Product],
    faults: Sequence[Invalid | None],
    *,
    tenant: str,
) -> dict[int, Saved]:
    """Of the faulty ones those that are stored like this, by their place: a rule that came later
    does not refuse them.
    """
    faulty = {
        index: product
        for index, (product, fault) in enumerate(zip(products, faults, strict=True))
        if fault is not None and not isinstance(fault, DuplicateInBatch)
    }
    if not faulty:
        return {}
    skus = [product.sku for product in faulty.values()]
    stored = await repository.list_by_sku(uow, tenant=tenant, skus=skus)
    return {
        index: Saved(found)
        for index, product in faulty.items()
        if (found := stored.get(product.sku)) is not None and found.product.is_same(product)
    }


async def _create(
    uow: UnitOfWork, product: Product, *, tenant: str, known: Known, now: datetime
) -> StoredProduct | None:
    """None if the product exists already, or the merchant does not."""
    type_version = known.type_version(product)
    words = search_words(product, tenant, initials_of)
    written = await repository.upsert_products(
        uow,
        [product],
        [words],
        tenant=tenant,
        overwrite=False,
        type_versions=[type_version],
        now=now,
    )
    if product.sku not in written:
        return None
    await note_media(uow, tenant=tenant, media=product.details.media, now=now)
    created = StoredProduct(written[product.sku].id, tenant, product, 1, now, now, type_version)
    _announce(uow, events.product_updated(created), created, version=created.version, now=now)
    return created


async def _upsert(
    uow: UnitOfWork, products: Sequence[Product], *, tenant: str, known: Known, now: datetime
) -> list[Saved]:
    type_versions = [known.type_version(product) for product in products]
    words = [search_words(product, tenant, initials_of) async for product in giving_way(products)]
    written = await repository.upsert_products(
        uow,
        products,
        words,
        tenant=tenant,
        overwrite=True,
        type_versions=type_versions,
        now=now,
    )
    media = [one for p in products if p.sku in written for one in p.details.media]
    await note_media(uow, tenant=tenant, media=media, now=now)
    unchanged = [product.sku for product in products if product.sku not in written]
    same = await repository.list_by_sku(uow, tenant=tenant, skus=unchanged) if unchanged else {}
    if not same.keys() >= set(unchanged):
        raise MerchantNotFound
    saved = []
    async for product, type_version in giving_way(zip(products, type_versions, strict=True)):
        row = written.get(product.sku)
        if row is None:
            saved.append(Saved(same[product.sku]))
            continue
        stored = StoredProduct(
            row.id, tenant, product, row.version, row.created_at, now, type_version
        )
        _announce(uow, events.product_updated(stored), stored, version=stored.version, now=now)
        saved.append(Saved(stored, is_new=row.version == 1))
    return saved


async def _get_locked(uow: UnitOfWork, *, tenant: str, sku: str) -> StoredProduct:
    stored = await repository.lock_product(uow, tenant=tenant, sku=sku)
    if stored is None:
        raise ProductNotFound
    return stored


async def _change(
    uow: UnitOfWork, stored: StoredProduct, product: Product, *, known: Known, now: datetime
) -> StoredProduct:
    changed = stored.changed_to(product, type_version=known.type_version(product), now=now)
    await repository.update_product(uow, changed, words=_new_words(stored, product))
    await note_media(uow, tenant=stored.merchant_id, media=product.details.media, now=now)
    _announce(uow, events.product_updated(changed), changed, version=changed.version, now=now)
    return changed


def _new_words(stored: StoredProduct, product: Product) -> SearchWords | None:
    """The words of the product in its place; None if they are the same."""
    if searched(stored.product) == searched(product):
        return None
    return search_words(product, stored.merchant_id, initials_of)


async def make_search_words(uow: UnitOfWork, *, after_id: str, rows_max: int) -> str | None:
    """Makes the words of products that have none, or older ones: the next `rows_max` by id. The id
    to go on after; None at the end. For the whole park.
    """
    products = await repository.lock_without_words(uow, after_id=after_id, rows_max=rows_max)
    if not products:
        return None
    words = [
        search_words(stored.product, stored.merchant_id, initials_of)
        async for stored in giving_way(products)
    ]
    await repository.write_words(uow, products, words)
    return products[-1].id if len(products) == rows_max else None


def _announce(
    uow: UnitOfWork,
    event: ProductUpdated | ProductDeleted,
    product: StoredProduct,
    *,
    version: int,
    now: datetime,
) -> None:
    uow.outbox.add(event, subject=product.id, version=version, at=now)
