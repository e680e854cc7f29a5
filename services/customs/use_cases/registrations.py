"""Registering enterprises, and changing their registrations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.customs.domain.declarations.books import Books
from services.customs.domain.messages.parties import Parties, SiteParties
from services.customs.domain.messages.values import CHINA
from services.customs.domain.regimes.regime import Regime
from services.customs.domain.registrations.errors import (
    ParkEnterpriseMissing,
    RegistrationExists,
    RegistrationNotFound,
    UsccChanged,
)
from services.customs.domain.registrations.findings import PartyFinding
from services.customs.domain.registrations.registration import (
    Particulars,
    Registration,
    problems_of,
)
from services.customs.domain.registrations.resolution import Place, parties_for, site_parties
from services.customs.repository import declarations
from services.customs.repository import registrations as repository
from shared.db import Reader, UnitOfWork
from shared.kernel.errors import refuse
from shared.kernel.identity import PARK, PARK_TENANT
from shared.kernel.ids import new_id
from shared.kernel.preconditions import Precondition


@dataclass(frozen=True, slots=True)
class PartiesCheck:
    """Whom a merchant's declaration would name. `own_ids`: the merchant's registrations."""

    regime: Regime
    day: date
    answer: Parties | tuple[PartyFinding, ...]
    own_ids: frozenset[str]


async def check_parties(
    reader: Reader, *, merchant_id: str, regime: Regime, day: date, place: Place
) -> PartiesCheck:
    """The reader acts for the park: the park's enterprises may be named, too."""
    known = await repository.load_registrations(reader, [merchant_id], day)
    own = known.of(merchant_id)
    answer = parties_for(own, known.parks, regime, day, place=place)
    return PartiesCheck(regime, day, answer, frozenset(one.id for one in own))


async def find_site_parties(
    reader: Reader, books: Books, *, now: datetime
) -> SiteParties | tuple[PartyFinding, ...]:
    """Whom reports about goods name today in China, or what is missing. The reader acts for the
    park.
    """
    day = now.astimezone(CHINA).date()
    known = await repository.load_registrations(reader, [], day)
    regime = books.regimes.regime_on(books.mode, day)
    return site_parties(known.parks, regime, day, place=books.place, sent_as=books.plan.senders)


async def require_site_parties(reader: Reader, books: Books, *, now: datetime) -> SiteParties:
    """As `find_site_parties`. Raises ParkEnterpriseMissing."""
    found = await find_site_parties(reader, books, now=now)
    if isinstance(found, SiteParties):
        return found
    raise ParkEnterpriseMissing(
        findings=" ".join(one.text("en") for one in found),
        findings_zh="".join(one.text("zh-CN") for one in found),
    )


async def register_enterprise(
    uow: UnitOfWork, *, stated: Particulars, now: datetime
) -> Registration:
    """For the tenant of the transaction; for the park itself if it acts for the park.

    Raises Invalid, RegistrationExists.
    """
    refuse(problems_of(stated))
    tenant = PARK_TENANT if uow.tenant == PARK else uow.tenant
    made = Registration(new_id("reg"), tenant, 1, stated, now)
    if not await repository.insert_version(uow, made):
        raise RegistrationExists(existing_id=await repository.find_by_code(uow, made))
    await declarations.let_match(uow, tenant=tenant)
    return made


async def change_registration(
    uow: UnitOfWork,
    *,
    registration_id: str,
    stated: Particulars,
    check: Precondition[Registration],
    now: datetime,
) -> Registration:
    """Adds a version, unless the newest is equal.

    Raises Invalid, RegistrationNotFound, UsccChanged, Precondition….
    """
    refuse(problems_of(stated))
    newest = await repository.lock_newest(uow, registration_id)
    if newest is None:
        raise RegistrationNotFound(registration_id=registration_id)
    is_applied = newest.stated == stated
    check(newest, is_applied=is_applied)
    if is_applied:
        return newest
    if newest.stated.uscc not in {None, stated.uscc}:
        raise UsccChanged(pointer="/uscc", uscc=newest.stated.uscc)
    changed = Registration(newest.id, newest.tenant_id, newest.version + 1, stated, now)
    await repository.insert_version(uow, changed)
    await declarations.let_match(uow, tenant=changed.tenant_id)
    return changed


async def seed_park(uow: UnitOfWork, *, enterprises: Sequence[Particulars], now: datetime) -> int:
    """Registers the park's enterprises if it has none. Returns how many were registered."""
    if await repository.has_any(uow, tenant=PARK_TENANT):
        return 0
    for stated in enterprises:
        made = Registration(new_id("reg"), PARK_TENANT, 1, stated, now)
        await repository.insert_version(uow, made)
    return len(enterprises)
