"""Promises as they were made, and their grades."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypedDict

from services.routing.domain.promises.grading import Graded
from services.routing.domain.promises.promise import (
    FlightFacts,
    History,
    Promise,
    PromisedLeg,
    Status,
)
from services.routing.domain.shipments.shipment import Leg
from shared.db import (
    BIGINT,
    BOOLEANS,
    INSTANT,
    INTEGER,
    INTEGERS,
    JSON,
    TEXT,
    TEXTS,
    Reader,
    UnitOfWork,
    sql,
)
from shared.kernel.ids import new_id
from shared.kernel.instants import rfc3339


class LegDocument(TypedDict):
    """A leg in `promises.legs`; instants as RFC 3339."""

    flight_id: str
    carrier: str
    origin: str
    destination: str
    departs_at: str
    arrives_at: str


# The first promise gets a row to be graded; the carriers are those of its flights.
_ADD: Final = sql(
    """
    WITH legs AS (
        SELECT leg || jsonb_build_object('carrier', f.carrier) AS leg, f.carrier, n
        FROM jsonb_array_elements(:legs) WITH ORDINALITY AS given(leg, n)
        JOIN routing.flights f ON f.id = leg ->> 'flight_id'
    ), made AS (
        INSERT INTO routing.promises (shipment_id, promise_no, tenant_id, store, country, region,
            legs, ready_at, cut_off_at, gateway_at, promised_at, made_at, timetable_version,
            change_no)
        SELECT id, :promise_no, tenant_id, store, destination_country, :region,
            (SELECT jsonb_agg(leg ORDER BY n) FROM legs), ready_at, :cut_off_at, :gateway_at,
            :promised_at, :now, :timetable_version, :change_no
        FROM routing.shipments WHERE id = :shipment_id
        RETURNING shipment_id, promise_no, store, country, promised_at
    )
    INSERT INTO routing.promise_grades (id, shipment_id, store, country, carriers, due_at)
    SELECT :promise_id, shipment_id, store, country,
        (SELECT array_agg(DISTINCT carrier ORDER BY carrier) FROM legs), promised_at
    FROM made WHERE promise_no = 1
    """,
    shipment_id=TEXT,
    promise_id=TEXT,
    promise_no=INTEGER,
    region=TEXT,
    legs=JSON,
    cut_off_at=INSTANT,
    gateway_at=INSTANT,
    promised_at=INSTANT,
    now=INSTANT,
    timetable_version=TEXT,
    change_no=BIGINT,
)

_DUE: Final = sql(
    """
    (SELECT id FROM routing.promise_grades
     WHERE grade = 'open' AND due_at <= :now ORDER BY due_at LIMIT :rows_max)
    UNION ALL
    (SELECT g.id FROM routing.promise_grades g JOIN routing.shipments s ON s.id = g.shipment_id
     WHERE g.grade = 'overdue' AND NOT g.is_final
       AND (s.delivered_at IS NOT NULL OR s.cancelled_at IS NOT NULL) LIMIT :rows_max)
    LIMIT :rows_max
    """,
    str,
    now=INSTANT,
    rows_max=INTEGER,
)


@dataclass(frozen=True, slots=True)
class PromiseToGrade:
    """`version` counts the times that it was graded."""

    id: str
    version: int
    shipment_id: str
    order_id: str
    merchant_id: str
    store: str | None
    country: str
    carriers: Sequence[str]
    promise: Promise
    released_at: datetime | None
    screened_at: datetime | None
    blocked_at: datetime | None
    is_list_asked_back: bool
    delivered_at: datetime | None
    cancelled_at: datetime | None


def _to_grade(  # noqa: PLR0917 - a row's columns
    id: str,  # noqa: A002 - the name of the column
    version: int,
    shipment_id: str,
    order_id: str,
    merchant_id: str,
    store: str | None,
    country: str,
    carriers: list[str],
    legs: list[LegDocument],
    cut_off_at: datetime,
    promised_at: datetime,
    released_at: datetime | None,
    screened_at: datetime | None,
    blocked_at: datetime | None,
    is_list_asked_back: bool,
    delivered_at: datetime | None,
    cancelled_at: datetime | None,
) -> PromiseToGrade:
    return PromiseToGrade(
        id,
        version,
        shipment_id,
        order_id,
        merchant_id,
        store,
        country,
        carriers,
        Promise([_leg(leg) for leg in legs], cut_off_at, promised_at),
        released_at,
        screened_at,
        blocked_at,
        is_list_asked_back,
        delivered_at,
        cancelled_at,
    )


def _leg(leg: LegDocument) -> PromisedLeg:
    return PromisedLeg(
        flight_id=leg["flight_id"],
        carrier=leg["carrier"],
        origin=leg["origin"],
        destination=leg["destination"],
        departs_at=datetime.fromisoformat(leg["departs_at"]),
        arrives_at=datetime.fromisoformat(leg["arrives_at"]),
    )


_TO_GRADE: Final = sql(
    """
    SELECT g.id, g.version, g.shipment_id, s.order_id, s.tenant_id AS merchant_id, g.store,
        g.country, g.carriers, p.legs, p.cut_off_at, p.promised_at, s.released_at, s.screened_at,
        CASE WHEN s.stopped_by = 'blocked' THEN s.stopped_at END AS blocked_at,
        s.cancel_requested_version > 0 OR s.declaration_cancelled_version > 0
            AS is_list_asked_back,
        s.delivered_at, s.cancelled_at
    FROM routing.promise_grades g
    JOIN routing.promises p ON p.shipment_id = g.shipment_id AND p.promise_no = 1
    JOIN routing.shipments s ON s.id = g.shipment_id
    WHERE g.id = ANY(:promise_ids) AND NOT g.is_final
    ORDER BY g.id FOR UPDATE OF g SKIP LOCKED
    """,
    _to_grade,
    promise_ids=TEXTS,
)


def _logged(
    shipment_id: str, code: str, airport: str, flight_id: str | None, occurred_at: datetime
) -> tuple[str, Status]:
    return shipment_id, Status(code, airport, flight_id, occurred_at)


_LOG: Final = sql(
    """
    SELECT shipment_id, code, airport, flight_id, occurred_at FROM routing.shipment_statuses
    WHERE shipment_id = ANY(:shipment_ids) ORDER BY id
    """,
    _logged,
    shipment_ids=TEXTS,
)


def _flight(
    id: str,  # noqa: A002 - the name of the column
    departs_at: datetime,
    departed_at: datetime | None,
    cancelled_at: datetime | None,
) -> tuple[str, FlightFacts]:
    return id, FlightFacts(departs_at, departed_at, cancelled_at)


_FLIGHTS: Final = sql(
    """
    SELECT id, departs_at, departed_at, cancelled_at FROM routing.flights
    WHERE id = ANY(:flight_ids)
    """,
    _flight,
    flight_ids=TEXTS,
)

_SET_GRADES: Final = sql(
    """
    UPDATE routing.promise_grades g
    SET grade = n.grade, late_min = n.late_min, fault = n.fault,
        fault_carrier = n.fault_carrier,
        flown_as_planned = n.flown_as_planned, is_final = n.is_final, graded_at = :now,
        version = g.version + 1
    FROM unnest(:ids, :grades, :late_min, :faults, :fault_carriers, :flown, :finals)
        AS n(id, grade, late_min, fault, fault_carrier, flown_as_planned, is_final)
    WHERE g.id = n.id
    """,
    ids=TEXTS,
    grades=TEXTS,
    late_min=INTEGERS,
    faults=TEXTS,
    fault_carriers=TEXTS,
    flown=BOOLEANS,
    finals=BOOLEANS,
    now=INSTANT,
)


async def add_promise(
    uow: UnitOfWork,
    *,
    shipment_id: str,
    promise_no: int,
    region: str | None,
    legs: Sequence[Leg],
    cut_off_at: datetime,
    promised_at: datetime,
    state: tuple[str, int],
    now: datetime,
) -> None:
    """Number 1 is the promise that counts. `state`: of the timetable that it was made from."""
    await uow.execute(
        _ADD,
        shipment_id=shipment_id,
        promise_id=new_id("prm"),
        promise_no=promise_no,
        region=region,
        legs=[
            {
                "flight_id": leg.flight_id,
                "origin": leg.origin,
                "destination": leg.destination,
                "departs_at": rfc3339(leg.departs_at),
                "arrives_at": rfc3339(leg.arrives_at),
            }
            for leg in legs
        ],
        cut_off_at=cut_off_at,
        gateway_at=legs[-1].arrives_at,
        promised_at=promised_at,
        timetable_version=state[0],
        change_no=state[1],
        now=now,
    )


async def list_due(reader: Reader, *, now: datetime, rows_max: int) -> list[str]:
    """Promises that are due and not graded, or overdue and ended since."""
    return await reader.fetch_values(_DUE, now=now, rows_max=rows_max)


async def get_to_grade(
    uow: UnitOfWork, promise_ids: Sequence[str]
) -> list[tuple[PromiseToGrade, History]]:
    """With their rows locked; those that another worker grades right now are left out."""
    promises = await uow.fetch_all(_TO_GRADE, promise_ids=promise_ids)
    logs: defaultdict[str, list[Status]] = defaultdict(list)
    rows = await uow.fetch_all(_LOG, shipment_ids=[item.shipment_id for item in promises])
    for shipment_id, status in rows:
        logs[shipment_id].append(status)
    named = {leg.flight_id for item in promises for leg in item.promise.legs}
    named |= {status.flight_id for _, status in rows if status.flight_id is not None}
    flights = dict(await uow.fetch_all(_FLIGHTS, flight_ids=sorted(named)))
    return [
        (
            item,
            History(
                released_at=item.released_at,
                screened_at=item.screened_at,
                blocked_at=item.blocked_at,
                is_list_asked_back=item.is_list_asked_back,
                delivered_at=item.delivered_at,
                cancelled_at=item.cancelled_at,
                log=logs[item.shipment_id],
                flights=flights,
            ),
        )
        for item in promises
    ]


async def set_grades(
    uow: UnitOfWork, grades: Sequence[tuple[str, Graded]], *, now: datetime
) -> None:
    """By the ids of the promises."""
    await uow.execute(
        _SET_GRADES,
        ids=[promise_id for promise_id, _ in grades],
        grades=[grade.grade for _, grade in grades],
        late_min=[grade.late_min for _, grade in grades],
        faults=[grade.fault for _, grade in grades],
        fault_carriers=[grade.fault_carrier for _, grade in grades],
        flown=[grade.flown_as_planned for _, grade in grades],
        finals=[grade.is_final for _, grade in grades],
        now=now,
    )
