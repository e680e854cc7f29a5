"""What waits for somebody: declarations by deadline, and what else the park has to look at."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from services.customs.domain.declarations.clocks import Clock
from services.customs.domain.declarations.missing import Owner
from services.customs.domain.declarations.phase import Phase
from shared.db import (
    INSTANT,
    INTEGER,
    TEXT,
    Filter,
    Filters,
    Listing,
    Order,
    Reader,
    SparseListing,
    Stretch,
    Window,
    sql,
)
from shared.kernel.identity import PARK

# As it is stored where there is none, so that it sorts last.
NO_DEADLINE: Final = datetime(9999, 12, 31, tzinfo=UTC)
# Counts end here.
COUNTED_MAX: Final = 1_000


@dataclass(frozen=True, slots=True)
class WorkView:
    """`due_at`: NO_DEADLINE if there is none."""

    id: str
    merchant_id: str
    order_id: str
    order_number: str | None
    house_waybill: str | None
    status: Phase
    status_at: datetime
    waits_for: str
    owner: Owner
    due_at: datetime
    flight_id: str | None
    flight_number: str | None
    cut_off_at: datetime | None
    lane: int | None
    clock: Clock | None
    clock_at: datetime | None
    warn_at: datetime | None
    breach_at: datetime | None
    alarm_level: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class OwnerCount:
    owner: Owner
    declarations: int


@dataclass(frozen=True, slots=True)
class ParkWork:
    """What is no declaration's: messages that the other side refused, messages of the port that
    could not be read, documents for many declarations that failed and that no other stands for.
    """

    refused_messages: int
    refused_inbound: int
    failed_documents: int


@dataclass(frozen=True, slots=True)
class WaitingDocuments:
    """That may leave and have not, of one kind. `since`: the oldest, in real time."""

    kind: str
    documents: int
    since: datetime


_COUNT_PARCELS: Final = "SELECT count(*) > 0 FROM customs.parcels x WHERE"
_IN_PARCELS: Final = "SELECT x.declaration_id AS id FROM customs.parcels x WHERE"
_IS_QUEUED: Final = "x.state IN ('waiting', 'held')"
_AT_LANE: Final = f"x.lane = :lane AND {_IS_QUEUED}"
_OPEN: Final = "SELECT x.id FROM customs.declarations x WHERE x.waits_for IS NOT NULL"

# The lane is looked up for what is shown, after the sort.
_SELECT: Final = f"""
    SELECT p.id, p.tenant_id AS merchant_id, p.order_id, p.order_number, p.house_waybill, p.status,
           p.phase_at AS status_at, p.waits_for, p.owner, p.due_at, p.flight_id, p.flight_number,
           p.cut_off_at, (SELECT x.lane FROM customs.parcels x
               WHERE x.declaration_id = p.id AND {_IS_QUEUED}) AS lane, p.clock, p.clock_at,
           p.warn_at, p.breach_at, p.alarm_level, p.created_at
    FROM customs.declarations AS p
"""  # noqa: S608 - constants
_WORK: Final = SparseListing(
    _SELECT,
    WorkView,
    table="customs.declarations p",
    where="p.waits_for IS NOT NULL",
    orders={
        "due_at": Order("p.due_at, p.id", "(p.due_at, p.id) > (:after_due_at, :after_id)"),
    },
    filters={
        "lane": Filter(
            f"{_COUNT_PARCELS} x.declaration_id = p.id AND {_AT_LANE}",
            f"{_IN_PARCELS} {_AT_LANE} {{tenant}}",
        ),
        "owner": Filter("p.owner = :owner", f"{_OPEN} AND x.owner = :owner {{tenant}}"),
        "code": Filter("p.waits_for = :code"),
        "due_before": Filter("p.due_at < :due_before", bounds=("due_at",)),
    },
    types={
        "after_due_at": INSTANT,
        "after_id": TEXT,
        "lane": INTEGER,
        "owner": TEXT,
        "code": TEXT,
        "due_before": INSTANT,
    },
)
# A flight has some thousands: they are sorted.
_OF_FLIGHT: Final = Listing(
    _SELECT,
    WorkView,
    order_by="p.due_at, p.id",
    after="(p.due_at, p.id) > (:after_due_at, :after_id)",
    tenant="p.tenant_id = :tenant",
    where="p.waits_for IS NOT NULL",
    filters={
        "flight_id": "p.flight_id = :flight_id",
        "lane": f"p.id IN ({_IN_PARCELS} {_AT_LANE})",
        "owner": "p.owner = :owner",
        "code": "p.waits_for = :code",
        "due_before": "p.due_at < :due_before",
    },
    after_due_at=INSTANT,
    after_id=TEXT,
    flight_id=TEXT,
    lane=INTEGER,
    owner=TEXT,
    code=TEXT,
    due_before=INSTANT,
)

_OWNERS: Final = (
    "('merchant'), ('park'), ('lane'), ('logistics'), ('carrier'), ('customs'), ('us'), ('nobody')"
)

_COUNTS_OF_PARK: Final = sql(
    f"""
    SELECT o.owner, counted.declarations
    FROM (VALUES {_OWNERS}) AS o (owner)
    CROSS JOIN LATERAL (
        SELECT count(*) AS declarations FROM (
            SELECT FROM customs.declarations AS d
            WHERE d.owner = o.owner AND d.waits_for IS NOT NULL LIMIT {COUNTED_MAX}
        ) AS counting
    ) AS counted
    WHERE counted.declarations > 0 ORDER BY o.owner
    """,  # noqa: S608 - constants
    OwnerCount,
)

# Of the most urgent ones.
_COUNTS_OF_TENANT: Final = sql(
    f"""
    SELECT owner, count(*) AS declarations FROM (
        SELECT owner FROM customs.declarations
        WHERE tenant_id = :tenant AND waits_for IS NOT NULL
        ORDER BY due_at, id LIMIT {COUNTED_MAX}
    ) AS urgent GROUP BY owner ORDER BY owner
    """,  # noqa: S608 - a constant
    OwnerCount,
    tenant=TEXT,
)

_OF_PARK: Final = sql(
    f"""
    SELECT
        (SELECT count(*) FROM (SELECT FROM customs.outgoing_messages
            WHERE status = 'refused' LIMIT {COUNTED_MAX}) AS m) AS refused_messages,
        (SELECT count(*) FROM (SELECT FROM customs.inbound_messages
            WHERE status IN ('refused', 'partly') LIMIT {COUNTED_MAX}) AS i) AS refused_inbound,
        (SELECT count(*) FROM (SELECT FROM customs.documents AS f
            WHERE declaration_id IS NULL
              AND phase IN ('send_failed', 'rejected_technical', 'returned')
              AND CASE WHEN kind IN ('arrival', 'bill', 'departure') THEN EXISTS (
                  SELECT FROM customs.parcels AS p WHERE p.declaration_id = ANY(f.covers)
                    AND f.id IN (p.arrival_id, p.bill_id, p.departure_id))
                  ELSE replaced_at IS NULL END
            LIMIT {COUNTED_MAX}) AS d) AS failed_documents
    """,  # noqa: S608 - constants
    ParkWork,
)


# Instants are real time.
_WAITING: Final = sql(
    """
    SELECT kind, count(*) AS documents, min(send_at) AS since FROM (
        SELECT kind, send_at FROM customs.documents WHERE send_at <= :real_now LIMIT 10000
    ) AS waiting GROUP BY kind
    """,
    WaitingDocuments,
    real_now=INSTANT,
)


async def list_work(reader: Reader, window: Window, filters: Filters) -> Stretch[WorkView]:
    """The most urgent first, then the oldest."""
    if filters.get("flight_id") is not None:
        return Stretch(await _OF_FLIGHT.page(reader, window, filters))
    return await _WORK.page(reader, window, filters, order="due_at")


async def count_by_owner(reader: Reader) -> list[OwnerCount]:
    """Up to COUNTED_MAX of each; for a merchant, of the most urgent ones."""
    if reader.tenant == PARK:
        return await reader.fetch_all(_COUNTS_OF_PARK)
    return await reader.fetch_all(_COUNTS_OF_TENANT, tenant=reader.tenant)


async def count_park_work(reader: Reader) -> ParkWork | None:
    """None for merchants: none of it is theirs."""
    return await reader.fetch_first(_OF_PARK) if reader.tenant == PARK else None


async def list_waiting_documents(reader: Reader, *, real_now: datetime) -> list[WaitingDocuments]:
    return await reader.fetch_all(_WAITING, real_now=real_now)
