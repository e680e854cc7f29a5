"""Search and lists of five million declarations by REST, and the open work among them: what a page
takes by each filter, for a large and a small merchant and for the whole park. One merchant has a
tenth of the declarations, and most of them are closed. `BENCH_DATA` keeps the declarations.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

import asyncpg

from deploy.bench.loading import large_database, loading
from deploy.bench.paging import customs
from deploy.bench.rig import Figure, folder
from shared.db import roles
from shared.kernel.identity import PARK

DECLARATIONS: Final = int(os.environ.get("LIST_DECLARATIONS", "5000000"))
MERCHANTS: Final = 500
DAYS: Final = 730
END: Final = datetime(2026, 11, 27, tzinfo=UTC)


def merchant_id(number: int) -> str:
    return f"mer_{number:032x}"


LARGE, SMALL = merchant_id(1), merchant_id(MERCHANTS - 3)
WHOSE: Final = {"large": LARGE, "small": SMALL, "park": PARK}
# In a list and on a flight that everybody has some of.
FLIGHT: Final = f"flt_{DECLARATIONS // 4000:032x}"

# Loaded as the superuser, whom row-level security does not bind. `$1` is the number of
# declarations; the newest sixtieth is on its way.
_DECLARATIONS: Final = f"""
    INSERT INTO customs.declarations (id, tenant_id, order_id, list_id, cop_no, order_document,
        order_version, order_received_at, shipment_id, waybill, shipment_version,
        waybill_received_at, flight_id, flight_number, cut_off_at, phase, status, phase_at, channel,
        validated_at, version, created_at, waits_for, owner, wait_by, clock, clock_at, warn_at,
        breach_at)
    SELECT 'dec_' || hex, 'mer_' || lpad(to_hex(m), 32, '0'), 'ord_' || hex, 'doc_' || hex,
        'AL' || right(hex, 18), jsonb_build_object('order_number', 'N' || n), 1, at, 'shp_' || hex,
        jsonb_build_object('house_waybill', 'EHU' || upper(right(hex, 8))), 1, at,
        'flt_' || lpad(to_hex(n / 4000), 32, '0'), 'O3' || n / 4000 % 1000,
        at + interval '6 hours', s.status, s.status, at, s.channel, at, 3, at, w.waits_for, w.owner,
        CASE WHEN w.waits_for <> 'receipt_899' THEN at + interval '6 hours' END,
        w.clock, CASE WHEN w.clock IS NOT NULL THEN at END,
        CASE WHEN w.clock IS NOT NULL THEN at + interval '42 minutes' END,
        CASE WHEN w.clock IS NOT NULL THEN at + interval '1 hour' END
    FROM (
        SELECT n, lpad(to_hex(n), 32, '0') AS hex,
            1 + floor({MERCHANTS - 1} * power(random(), 3))::int AS m, random() AS r,
            random() AS r2,
            timestamptz '{END.isoformat()}' - ($1 - n) * (interval '{DAYS} days' / $1) AS at
        FROM generate_series(1, $1) n
    ) o
    CROSS JOIN LATERAL (
        SELECT CASE WHEN $1 - n < $1 / 60 THEN
            CASE WHEN r < 0.02 THEN 'draft' WHEN r < 0.03 THEN 'blocked'
                WHEN r < 0.1 THEN 'transmitted' WHEN r < 0.25 THEN 'accepted'
                WHEN r < 0.26 THEN 'inspection' WHEN r < 0.9 THEN 'released' ELSE 'closed' END
            ELSE CASE WHEN r < 0.02 THEN 'withdrawn' WHEN r < 0.021 THEN 'cancelled'
                WHEN r < 0.0212 THEN 'returned' ELSE 'closed' END END AS status,
            CASE WHEN r2 < 0.02 THEN 'red' WHEN r2 < 0.05 THEN 'yellow' ELSE 'green' END AS channel
    ) s
    LEFT JOIN (VALUES ('draft', 'waybill', 'carrier', NULL), ('blocked', 'correction', 'merchant',
        NULL), ('transmitted', 'receipt_120', 'customs', 'entry'), ('accepted', 'receipt_800',
        'customs', 'release'), ('inspection', 'customs_decision', 'customs', 'inspection'),
        ('released', 'screening', 'lane', 'loading'), ('returned', 'redeclaration', 'merchant',
        NULL)) AS w (status, waits_for, owner, clock) ON w.status = s.status
"""
_DOCUMENTS: Final = """
    INSERT INTO customs.documents (id, tenant_id, declaration_id, kind, party_code, number, content,
        phase, phase_at, attempts, app_time, submitted_at, pre_no, invt_no, created_at)
    SELECT list_id, tenant_id, id, 'list', 'P', cop_no, '{}', status, phase_at, 1, phase_at,
        phase_at, 'PRE' || right(id, 12), 'I' || right(id, 17), created_at
    FROM customs.declarations ORDER BY id
"""
_PARCELS: Final = """
    INSERT INTO customs.parcels (declaration_id, tenant_id, lane, state, cut_off_at, queued_at)
    SELECT id, tenant_id, 1 + ('x' || right(id, 4))::bit(16)::int % 3,
        CASE WHEN status IN ('accepted', 'released') THEN 'waiting' ELSE 'screened' END, cut_off_at,
        created_at
    FROM customs.declarations ORDER BY id
"""
_TABLES: Final = ("customs.declarations", "customs.documents", "customs.parcels")


async def fill(connection: asyncpg.Connection, declarations: int) -> None:
    """Takes some minutes for five million declarations."""
    await connection.execute("SELECT setseed(0.5)")
    async with loading(connection, _TABLES):
        await connection.execute(_DECLARATIONS, declarations, timeout=3600)
        for statement in (_DOCUMENTS, _PARCELS):
            await connection.execute(statement, timeout=3600)


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    params: Mapping[str, object] = field(default_factory=dict)


def _hex(number: int) -> str:
    return f"{number:032x}"


def _before(days: float) -> str:
    return (END - timedelta(days=days)).isoformat()


def searches() -> Iterator[Case]:
    """A value that many declarations have, one that few have, and one that none has."""
    some = _hex(77)
    yield Case("nothing")
    yield Case("order_id", {"order_id": f"ord_{some}"})
    yield Case("order_number", {"order_number": "N77"})
    yield Case("house_waybill", {"house_waybill": f"EHU{some[-8:].upper()}"})
    yield Case("cop_no", {"cop_no": f"AL{some[-18:]}"})
    yield Case("invt_no", {"invt_no": f"I{some[-17:]}"})
    yield Case("invt_no of none", {"invt_no": "I0"})
    yield Case("flight_id", {"flight_id": FLIGHT})
    for status in ("closed", "released", "inspection", "returned", "blocked", "send_failed"):
        yield Case(f"status {status}", {"status": status})
    for channel in ("green", "red", "blue"):
        yield Case(f"channel {channel}", {"channel": channel})
    for first, last in ((DAYS, 1), (700, 600), (1, 0)):
        window = {"created_from": _before(first), "created_to": _before(last)}
        yield Case(f"created {first} to {last} days ago", window)
    yield Case("red and returned", {"channel": "red", "status": "returned"})


def works() -> Iterator[Case]:
    yield Case("nothing")
    for owner in ("customs", "lane", "merchant", "us"):
        yield Case(f"owner {owner}", {"owner": owner})
    yield Case("waits_for correction", {"waits_for": "correction"})
    yield Case("lane", {"lane": 2})
    yield Case("flight_id", {"flight_id": FLIGHT})
    yield Case("due_before", {"due_before": _before(3)})


async def _fill(connection: asyncpg.Connection) -> None:
    await fill(connection, DECLARATIONS)


def measure() -> list[Figure]:
    with (
        folder() as home,
        large_database(
            home, f"declarations-{DECLARATIONS}", _fill, services=("catalog", "customs")
        ) as (server, dsn),
        customs(dsn, server.dsn(user=roles.app_role("customs"), database="airlane"), home) as pages,
    ):
        return [
            figure
            for path, cases in (("/v1/declarations", searches()), ("/v1/work", works()))
            for case in cases
            for figure in pages.figures(path, case.name, case.params, WHOSE)
        ]
