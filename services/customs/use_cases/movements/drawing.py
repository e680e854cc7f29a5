"""Documents about parcels that have moved: drawn up for those that wait for one, each once."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, Protocol, TypeVar

from services.customs.domain.documents.stored import NewDocument
from services.customs.domain.messages.parties import SiteParties
from services.customs.domain.movements.arrival import ArrivedParcel, draw_up_arrivals
from services.customs.domain.movements.bill import BoundParcel, draw_up_bills
from services.customs.domain.movements.departure import DepartedParcel, draw_up_departures
from services.customs.domain.movements.waiting import PARCELS_MAX, WAIT, MovementTerms
from services.customs.repository.documents import stored as documents
from services.customs.repository.movements import arrivals, bills, departures
from shared.db import UnitOfWork


class _Parcel(Protocol):
    @property
    def declaration_id(self) -> str: ...
    @property
    def group(self) -> tuple[str, ...]: ...


P = TypeVar("P", bound=_Parcel)
P_co = TypeVar("P_co", bound=_Parcel, covariant=True)
P_contra = TypeVar("P_contra", bound=_Parcel, contravariant=True)


class _LockDue(Protocol[P_co]):
    def __call__(
        self, uow: UnitOfWork, terms: MovementTerms, *, noted_before: datetime, rows_max: int
    ) -> Awaitable[Sequence[P_co]]: ...


class _DrawUp(Protocol[P_contra]):
    def __call__(
        self, parcels: Sequence[P_contra], *, parties: SiteParties, real_now: datetime
    ) -> tuple[NewDocument, ...]: ...


@dataclass(frozen=True, slots=True)
class Report(Generic[P]):
    """A kind of document about parcels. Parcels of one `group` share a document."""

    lock_due: _LockDue[P]
    lock_some: Callable[[UnitOfWork, MovementTerms, Collection[str]], Awaitable[Sequence[P]]]
    draw_up: _DrawUp[P]
    mark: Callable[[UnitOfWork, Sequence[NewDocument]], Awaitable[None]]


ARRIVALS: Final[Report[ArrivedParcel]] = Report(
    arrivals.lock_due, arrivals.lock_some, draw_up_arrivals, arrivals.mark
)
BILLS: Final[Report[BoundParcel]] = Report(
    bills.lock_due, bills.lock_some, draw_up_bills, bills.mark
)
DEPARTURES: Final[Report[DepartedParcel]] = Report(
    departures.lock_due, departures.lock_some, draw_up_departures, departures.mark
)


async def draw_due(
    uow: UnitOfWork,
    report: Report[P],
    *,
    terms: MovementTerms,
    parties: SiteParties,
    now: datetime,
    real_now: datetime,
) -> int:
    """Documents for all parcels that are due. Returns how many parcels they name."""
    parcels = await report.lock_due(uow, terms, noted_before=real_now - WAIT, rows_max=PARCELS_MAX)
    return await _draw(uow, report, parcels, parties=parties, now=now, real_now=real_now)


async def list_due(
    uow: UnitOfWork, report: Report[P], *, terms: MovementTerms, real_now: datetime
) -> list[tuple[str, ...]]:
    """The declarations that `draw_due` would take, by the documents that they would be in."""
    parcels = await report.lock_due(uow, terms, noted_before=real_now - WAIT, rows_max=PARCELS_MAX)
    groups: dict[tuple[str, ...], list[str]] = {}
    for parcel in parcels:
        groups.setdefault(parcel.group, []).append(parcel.declaration_id)
    return [tuple(ids) for ids in groups.values()]


async def draw_some(
    uow: UnitOfWork,
    report: Report[P],
    *,
    declaration_ids: Collection[str],
    terms: MovementTerms,
    parties: SiteParties,
    now: datetime,
    real_now: datetime,
) -> int:
    """Documents for these parcels, as far as they still wait."""
    parcels = await report.lock_some(uow, terms, declaration_ids)
    return await _draw(uow, report, parcels, parties=parties, now=now, real_now=real_now)


async def _draw(
    uow: UnitOfWork,
    report: Report[P],
    parcels: Sequence[P],
    *,
    parties: SiteParties,
    now: datetime,
    real_now: datetime,
) -> int:
    if not parcels:
        return 0
    drawn = report.draw_up(parcels, parties=parties, real_now=real_now)
    await documents.insert_documents(uow, drawn, now=now)
    await report.mark(uow, drawn)
    return len(parcels)
