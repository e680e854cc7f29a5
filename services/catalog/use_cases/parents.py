"""Parents: put, patch, delete, and what variants break. One change, one version, one event."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.catalog.domain.merchants import MerchantNotFound
from services.catalog.domain.parents.parent import (
    AxesInUse,
    Parent,
    ParentInUse,
    ParentNotFound,
    StoredParent,
    needs_other_axes,
    parent_problems,
)
from services.catalog.domain.products.product import Known, StoredProduct, product_problems
from services.catalog.domain.reference import Reference
from services.catalog.domain.types.attributes import KnownType
from services.catalog.events import parents as events
from services.catalog.repository import parents as repository
from services.catalog.use_cases.media import note_media
from services.catalog.use_cases.types import known_types
from shared.db import Reader, UnitOfWork
from shared.kernel.clock import Now
from shared.kernel.errors import FieldProblem, refuse
from shared.kernel.ids import new_id
from shared.kernel.preconditions import Precondition


@dataclass(frozen=True, slots=True)
class SavedParent:
    """A parent after the call, which made it if `is_new`."""

    stored: StoredParent
    is_new: bool = False


async def put_parent(
    uow: UnitOfWork,
    *,
    tenant: str,
    parent: Parent,
    check: Precondition[StoredParent],
    now: Now,
) -> SavedParent:
    """Creates or replaces. An equal parent changes nothing and needs no If-Match.

    Raises Invalid, MerchantNotFound, AxesInUse, PreconditionRequired or PreconditionFailed.
    """
    types = await _types(uow, parent)
    problems = parent_problems(parent, types)
    stored = await repository.lock_parent(uow, tenant=tenant, sku=parent.sku)
    if stored is None:
        refuse(problems)
        check(None)
        created = await add_parent(uow, tenant=tenant, parent=parent, types=types, now=now())
        if created is not None:
            return SavedParent(created, is_new=True)
        # Somebody else created it a moment ago, or there is no such merchant.
        stored = await repository.lock_parent(uow, tenant=tenant, sku=parent.sku)
        if stored is None:
            raise MerchantNotFound
    is_applied = stored.parent.is_same(parent)
    if not is_applied:
        refuse(problems)
    check(stored, is_applied=is_applied)
    if is_applied:
        return SavedParent(stored)
    return SavedParent(await change_parent(uow, stored, parent, types=types, now=now()))


async def add_parent(
    uow: UnitOfWork,
    *,
    tenant: str,
    parent: Parent,
    types: Mapping[str, KnownType],
    now: datetime,
) -> StoredParent | None:
    """`parent`: checked. None if somebody has just taken the SKU, or there is no such merchant."""
    created = StoredParent(new_id("pnt"), tenant, parent, 1, now, now, _type_version(parent, types))
    if not await repository.insert_parent(uow, created):
        return None
    await note_media(uow, tenant=tenant, media=parent.details.media, now=now)
    _announce(uow, created, now=now)
    return created


async def patch_parent(
    uow: UnitOfWork,
    *,
    tenant: str,
    sku: str,
    apply: Callable[[Parent], Parent],
    check: Precondition[StoredParent],
    now: Now,
) -> SavedParent:
    """`apply` merges the patch. Raises ParentNotFound, Invalid, AxesInUse, Precondition…"""
    stored = await _get_locked(uow, tenant=tenant, sku=sku)
    check(stored)
    parent = apply(stored.parent)
    if stored.parent.is_same(parent):
        return SavedParent(stored)
    types = await _types(uow, parent)
    refuse(parent_problems(parent, types))
    return SavedParent(await change_parent(uow, stored, parent, types=types, now=now()))


async def delete_parent(
    uow: UnitOfWork, *, tenant: str, sku: str, check: Precondition[StoredParent], now: datetime
) -> None:
    """Raises ParentNotFound, Precondition… or ParentInUse while it has variants."""
    stored = await _get_locked(uow, tenant=tenant, sku=sku)
    check(stored)
    if variants := await repository.count_variants(uow, tenant=tenant, sku=sku):
        raise ParentInUse(variants=variants, parent_sku=sku)
    await repository.delete_parent(uow, stored, now=now)
    event = events.parent_deleted(stored)
    uow.outbox.add(event, subject=stored.id, version=stored.version + 1, at=now)


async def variant_problems(
    reader: Reader,
    *,
    parent: StoredParent,
    variants: Sequence[StoredProduct],
    reference: Reference,
) -> list[list[FieldProblem]]:
    """What each variant would be refused for if it changed now: the parent or the product type may
    have changed since it was saved. At most one statement for all.
    """
    codes = {one.product.product_type for one in variants} - {None}
    known = Known(
        reference.hs_subheadings,
        types=await known_types(reader, [code for code in codes if code is not None]),
        parents={parent.parent.sku: parent.parent.known()},
    )
    return [product_problems(one.product, known) for one in variants]


async def _types(uow: UnitOfWork, parent: Parent) -> dict[str, KnownType]:
    return await known_types(uow, [] if parent.product_type is None else [parent.product_type])


def _type_version(parent: Parent, types: Mapping[str, KnownType]) -> int | None:
    return None if parent.product_type is None else types[parent.product_type].version


async def _get_locked(uow: UnitOfWork, *, tenant: str, sku: str) -> StoredParent:
    stored = await repository.lock_parent(uow, tenant=tenant, sku=sku)
    if stored is None:
        raise ParentNotFound
    return stored


async def change_parent(
    uow: UnitOfWork,
    stored: StoredParent,
    parent: Parent,
    *,
    types: Mapping[str, KnownType],
    now: datetime,
) -> StoredParent:
    """`stored`: locked. `parent`: checked, and another one. Raises AxesInUse."""
    await refuse_axes_in_use(uow, stored, parent)
    changed = stored.changed_to(parent, type_version=_type_version(parent, types), now=now)
    await repository.update_parent(uow, changed)
    await note_media(uow, tenant=stored.merchant_id, media=parent.details.media, now=now)
    _announce(uow, changed, now=now)
    return changed


async def refuse_axes_in_use(uow: UnitOfWork, stored: StoredParent, parent: Parent) -> None:
    """Raises AxesInUse if there are variants of `stored` whose options `parent` would not name."""
    if needs_other_axes(stored.parent, parent):
        variants = await repository.count_variants(uow, tenant=stored.merchant_id, sku=parent.sku)
        if variants:
            raise AxesInUse(pointer="/axes", variants=variants, axes=", ".join(stored.parent.axes))


def _announce(uow: UnitOfWork, stored: StoredParent, *, now: datetime) -> None:
    event = events.parent_updated(stored)
    uow.outbox.add(event, subject=stored.id, version=stored.version, at=now)
