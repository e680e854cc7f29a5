"""Operators change rates. Every change gives the rate book a new version."""

from dataclasses import dataclass, replace

from services.routing.domain.rates.contract import RateContract, contract_problems
from services.routing.domain.rates.dated import CurrencyRates, MerchantMargins
from services.routing.repository.rates import book, contracts
from shared.db import UnitOfWork
from shared.kernel.errors import refuse
from shared.kernel.ids import new_id
from shared.kernel.preconditions import Precondition


@dataclass(frozen=True, slots=True)
class SavedContract:
    contract: RateContract
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class SavedRates:
    held: CurrencyRates
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class SavedMargins:
    held: MerchantMargins
    is_new: bool = False


async def put_contract(
    uow: UnitOfWork, *, given: RateContract, check: Precondition[RateContract]
) -> SavedContract:
    """Adds a version, unless the current one is equal; from then on the files leave it alone.
    Raises Invalid, PreconditionRequired, PreconditionFailed.
    """
    refuse(contract_problems(given))
    await book.lock_state(uow)
    present = await contracts.find_contract(uow, given.id)
    is_applied = present is not None and replace(given, version=present.version) == present
    check(present, is_applied=is_applied)
    if present is not None and is_applied:
        return SavedContract(present)
    added = replace(given, version=1 if present is None else present.version + 1)
    await contracts.add_versions(uow, [added], is_from_files=False)
    await book.set_version(uow, new_id("rtv"))
    return SavedContract(added, is_new=present is None)


async def put_exchange_rates(
    uow: UnitOfWork, *, given: CurrencyRates, check: Precondition[CurrencyRates]
) -> SavedRates:
    """Replaces all of a currency. Raises Invalid, PreconditionRequired, PreconditionFailed."""
    ordered = given.in_order()
    await book.lock_state(uow)
    present = await book.find_currency_rates(uow, given.currency)
    check(present, is_applied=present == ordered)
    if present == ordered:
        return SavedRates(present)
    await book.replace_currency_rates(uow, ordered)
    await book.set_version(uow, new_id("rtv"))
    return SavedRates(ordered, is_new=present is None)


async def put_margins(
    uow: UnitOfWork, *, given: MerchantMargins, check: Precondition[MerchantMargins]
) -> SavedMargins:
    """Replaces all of a merchant. Raises Invalid, PreconditionRequired, PreconditionFailed."""
    ordered = given.in_order()
    await book.lock_state(uow)
    present = await book.find_margins(uow, given.merchant)
    check(present, is_applied=present == ordered)
    if present == ordered:
        return SavedMargins(present)
    await book.replace_margins(uow, ordered)
    await book.set_version(uow, new_id("rtv"))
    return SavedMargins(ordered, is_new=present is None)
