"""Declarations of two years as a park has them, with what is looked for beside them. Rows are as
wide as those that the service writes. Of five million, one merchant has an eighth, the smaller ones
a few thousand, and one has eighty, all of them old. Nearly all is closed; the newest sixtieth is on
its way, was changed since the last vacuum, and has dead versions between its rows.
"""

from datetime import UTC, datetime
from typing import Final

import asyncpg

from deploy.bench.loading import loading

MERCHANTS: Final = 500
DAYS: Final = 730
END: Final = datetime(2026, 11, 27, tzinfo=UTC)
PER_FLIGHT: Final = 4000
# Stores number their orders alike: so many orders have one number.
PER_ORDER_NUMBER: Final = 100
_TINY: Final = MERCHANTS + 1


def merchant_id(number: int) -> str:
    return f"mer_{number:032x}"


LARGE, SMALL, TINY = merchant_id(1), merchant_id(MERCHANTS - 3), merchant_id(_TINY)

# Values of `order_document` and `waybill` that are the same everywhere.
_ORDER: Final = """{"lines": [{"sku": "SKU-1", "line": 1, "brand": "无品牌",
    "title": "White hanging heart T-light holder", "hs_code": "940550", "material": "玻璃",
    "quantity": 6, "title_zh": "白色心形烛台", "net_weight_g": 180, "gross_weight_g": 230,
    "unit_price_minor": 255}], "country": "DE", "currency": "GBP", "total_minor": 1530,
    "net_weight_g": 1080, "gross_weight_g": 1380}"""
_WAYBILL: Final = """{"mode": "air", "pieces": 1, "country": "DE", "gross_weight_g": 1380,
    "departs_at": "2026-11-23T08:00:00+00:00"}"""
_RULEBOOK: Final = (
    "9610/2024-12-15/fd8d65139002 codes/5b3dce7b1a0f tariff/sample-e8c9fef28dc7 "
    + " ".join(f"reg_{n:032x}/1" for n in range(4))
)
_HEAD: Final = " ".join(f'"field{n}": "a value of a head {n}",' for n in range(24))
_LIST: Final = f"""{{"parts": [{{"head": {{{_HEAD} "statisticsFlag": "A"}}, "lines": [{{"qty": "6",
    "gnum": "1", "qty1": "1.08", "unit": "011", "gcode": "9405500000", "gname": "白色心形烛台",
    "price": "2.55", "unit1": "035", "gmodel": "无品牌||玻璃", "itemNo": "SKU-1", "barCode": "无",
    "country": "304", "currency": "303", "totalPrice": "15.3"}}]}}]}}"""
_OTHER: Final = f'{{"parts": [{{"head": {{{_HEAD} "appStatus": "2"}}, "lines": []}}]}}'

# Loaded as the superuser, whom row-level security does not bind. `$1` is the number of
# declarations, a document's number is eight times that of its declaration and its kind.
_DECLARATIONS: Final = f"""
    INSERT INTO customs.declarations (id, tenant_id, order_id, list_id, cop_no, order_document,
        order_version, order_received_at, shipment_id, waybill, shipment_version,
        waybill_received_at, flight_id, flight_number, cut_off_at, phase, status, phase_at, channel,
        rulebook, validated_at, version, created_at, waits_for, owner, wait_by, clock, clock_at,
        warn_at, breach_at)
    SELECT 'dec_' || hex, 'mer_' || lpad(to_hex(m), 32, '0'), 'ord_' || hex,
        CASE WHEN is_listed THEN 'doc_' || lpad(to_hex(n * 8 + 2), 32, '0') END,
        'AL' || right(hex, 26),
        '{_ORDER}'::jsonb || jsonb_build_object('order_number',
            (1000 + n / {PER_ORDER_NUMBER})::text, 'order_id', 'ord_' || hex,
            'merchant_id', 'mer_' || lpad(to_hex(m), 32, '0')),
        1, at, 'shp_' || hex,
        CASE WHEN is_booked THEN '{_WAYBILL}'::jsonb || jsonb_build_object(
            'house_waybill', 'EHU' || upper(right(hex, 8)), 'order_id', 'ord_' || hex,
            'shipment_id', 'shp_' || hex) END,
        1, at, CASE WHEN is_booked THEN 'flt_' || lpad(to_hex(n / {PER_FLIGHT}), 32, '0') END,
        'O3' || n / {PER_FLIGHT} % 1000, at + interval '6 hours', s.status, s.status, at,
        CASE WHEN is_listed AND s.status <> 'transmitted' THEN s.channel END, '{_RULEBOOK}', at, 3,
        at, w.waits_for, w.owner,
        CASE WHEN w.waits_for IS NOT NULL THEN at + interval '6 hours' END,
        w.clock, CASE WHEN w.clock IS NOT NULL THEN at END,
        CASE WHEN w.clock IS NOT NULL THEN at + interval '42 minutes' END,
        CASE WHEN w.clock IS NOT NULL THEN at + interval '1 hour' END
    FROM (
        SELECT n, lpad(to_hex(n), 32, '0') AS hex,
            CASE WHEN n < $1 / 2 AND n % ($1 / 160) = 0 THEN {_TINY}
                ELSE 1 + floor({MERCHANTS - 1} * power(random(), 3))::int END AS m,
            random() AS r, random() AS r2,
            timestamptz '{END.isoformat()}' - ($1 - n) * (interval '{DAYS} days' / $1) AS at
        FROM generate_series(1, $1) n
    ) o
    CROSS JOIN LATERAL (
        SELECT CASE WHEN $1 - n < $1 / 60 THEN
            CASE WHEN r < 0.02 THEN 'draft' WHEN r < 0.03 THEN 'blocked'
                WHEN r < 0.1 THEN 'transmitted' WHEN r < 0.25 THEN 'accepted'
                WHEN r < 0.26 THEN 'inspection' WHEN r < 0.9 THEN 'released' ELSE 'closed' END
            ELSE CASE WHEN r < 0.02 THEN 'withdrawn' WHEN r < 0.021 THEN 'cancelled'
                WHEN r < 0.0212 THEN 'returned' WHEN r < 0.0215 THEN 'released'
                WHEN r < 0.02155 THEN 'inspection' WHEN r < 0.0216 THEN 'blocked'
                ELSE 'closed' END END AS status,
            CASE WHEN r2 < 0.02 THEN 'red' WHEN r2 < 0.05 THEN 'yellow' ELSE 'green' END AS channel
    ) s
    CROSS JOIN LATERAL (
        SELECT s.status <> 'draft' AS is_booked,
            s.status NOT IN ('draft', 'blocked', 'withdrawn') AS is_listed
    ) i
    LEFT JOIN (VALUES ('draft', 'waybill', 'carrier', NULL), ('blocked', 'correction', 'merchant',
        NULL), ('transmitted', 'receipt_120', 'customs', 'entry'), ('accepted', 'receipt_800',
        'customs', 'release'), ('inspection', 'customs_decision', 'customs', 'inspection'),
        ('released', 'screening', 'lane', 'loading'), ('returned', 'redeclaration', 'merchant',
        NULL)) AS w (status, waits_for, owner, clock) ON w.status = s.status
"""
_NUMBER: Final = "('x' || right(d.id, 16))::bit(64)::bigint"
_FLIGHT: Final = f"{_NUMBER} / {PER_FLIGHT}"
# Order, waybill and list of each; arrival, bill and departure of a flight.
_DOCUMENTS: Final = f"""
    INSERT INTO customs.documents (id, tenant_id, declaration_id, kind, party_code, number, content,
        covers, phase, phase_at, attempts, app_time, submitted_at, pre_no, invt_no, created_at)
    SELECT 'doc_' || lpad(to_hex({_NUMBER} * 8 + k.place), 32, '0'), d.tenant_id, d.id, k.kind,
        '91420700MAA1RL001K', CASE k.kind WHEN 'order' THEN d.order_number
            WHEN 'waybill' THEN d.house_waybill ELSE d.cop_no END,
        k.content::jsonb, ARRAY[d.id],
        CASE WHEN k.kind = 'list' THEN d.status ELSE 'accepted' END, d.phase_at, 1, d.phase_at,
        d.phase_at, CASE WHEN k.kind = 'list' THEN 'PRE' || right(d.id, 12) END,
        CASE WHEN k.kind = 'list' AND d.channel IS NOT NULL THEN 'I' || right(d.id, 17) END,
        d.created_at
    FROM customs.declarations d
    CROSS JOIN (VALUES (0, 'order', '{_OTHER}'), (1, 'waybill', '{_OTHER}'), (2, 'list', '{_LIST}'))
        AS k (place, kind, content)
    WHERE d.list_id IS NOT NULL
    UNION ALL
    SELECT 'doc_' || lpad(to_hex(f::bigint * {PER_FLIGHT} * 8 + k.place), 32, '0'), 'park', NULL,
        k.kind, '91420700MAA1RL001K', k.kind || f, '{_OTHER}'::jsonb, '{{}}', 'accepted', now(), 1,
        now(), now(), NULL, NULL, now()
    FROM generate_series(0, $1 / {PER_FLIGHT}) f
    CROSS JOIN (VALUES (3, 'arrival'), (4, 'bill'), (5, 'departure')) AS k (place, kind)
"""
_PARCELS: Final = f"""
    INSERT INTO customs.parcels (declaration_id, tenant_id, lane, state, cut_off_at, queued_at,
        screened_at, arrived_at, arrival_id, bill_id, departed_at, departure_id)
    SELECT d.id, d.tenant_id, 1 + ('x' || right(d.id, 4))::bit(16)::int % 3,
        CASE WHEN d.status IN ('accepted', 'released') THEN 'waiting' ELSE 'screened' END,
        d.cut_off_at, d.created_at,
        CASE WHEN d.status = 'closed' THEN d.created_at END,
        CASE WHEN d.status = 'closed' THEN d.created_at END,
        CASE WHEN d.status = 'closed' THEN f.ids[1] END,
        CASE WHEN d.status = 'closed' THEN f.ids[2] END,
        CASE WHEN d.status = 'closed' THEN d.created_at END,
        CASE WHEN d.status = 'closed' THEN f.ids[3] END
    FROM customs.declarations d
    CROSS JOIN LATERAL (
        SELECT array_agg('doc_' || lpad(to_hex({_FLIGHT} * {PER_FLIGHT} * 8 + k), 32, '0')) AS ids
        FROM generate_series(3, 5) k
    ) f
    WHERE d.channel IS NOT NULL
"""
# No list reads these: those of the newest tenth are enough.
_ATTEMPTS: Final = """
    INSERT INTO customs.attempts (tenant_id, document_id, part, number, version, guid, message_guid,
        app_time)
    SELECT tenant_id, id, 1, 1, 1, right(id, 32), left(md5(right(id, 32)), 30), app_time
    FROM customs.documents
    WHERE id > 'doc_' || lpad(to_hex($1::bigint * 8 * 9 / 10), 32, '0')
"""
_RECEIPTS: Final = """
    INSERT INTO customs.receipts (id, tenant_id, document_id, declaration_id, message_type,
        party_code, number, return_status, return_time, return_info, info_hash, info_code,
        info_text, guid, is_known, mark, inbound_digest, received_at)
    SELECT 'rcp_' || right(d.id, 29) || k.place, tenant_id, d.id, declaration_id, k.type,
        party_code, number, k.code, phase_at, '[Code:2600;Desc:' || k.code || ']',
        md5(k.code) || md5(k.type), '2600', k.code, right(d.id, 32), true, 'moved',
        md5(d.id) || md5(d.id), phase_at
    FROM customs.documents d
    JOIN (VALUES (100, 'order', 'CEB304', '2'), (101, 'order', 'CEB304', '399'),
        (102, 'waybill', 'CEB506', '2'), (103, 'waybill', 'CEB506', '399'),
        (104, 'list', 'CEB604', '3'), (105, 'list', 'CEB604', '120'),
        (106, 'list', 'CEB604', '800'), (107, 'list', 'CEB604', '899'))
        AS k (place, kind, type, code) USING (kind)
    WHERE d.id > 'doc_' || lpad(to_hex($1::bigint * 8 * 9 / 10), 32, '0')
"""
_FILLS: Final = {
    "customs.declarations": _DECLARATIONS,
    "customs.documents": _DOCUMENTS,
    "customs.parcels": _PARCELS,
}
# Once the documents have their indexes.
_FILLS_OF_NEWEST: Final = {"customs.attempts": _ATTEMPTS, "customs.receipts": _RECEIPTS}
# What is on its way changes after the vacuum.
_CHANGES: Final = (
    """
    UPDATE customs.declarations SET version = version + 1
    WHERE id > 'dec_' || lpad(to_hex($1::bigint * 59 / 60), 32, '0')
    """,
    """
    UPDATE customs.documents SET phase_at = phase_at
    WHERE id > 'doc_' || lpad(to_hex($1::bigint * 8 * 59 / 60), 32, '0')
    """,
    """
    UPDATE customs.parcels SET is_held = false
    WHERE declaration_id > 'dec_' || lpad(to_hex($1::bigint * 59 / 60), 32, '0')
    """,
)


async def fill(connection: asyncpg.Connection, declarations: int) -> None:
    """Takes some minutes for five million declarations."""
    await connection.execute("SELECT setseed(0.5)")
    for fills in (_FILLS, _FILLS_OF_NEWEST):
        async with loading(connection, list(fills)):
            for table, statement in fills.items():
                # Of a table that was emptied in the same transaction nothing need be logged.
                async with connection.transaction():
                    await connection.execute(f"TRUNCATE {table}")
                    given = [declarations] if "$1" in statement else []
                    await connection.execute(statement, *given, timeout=7200)
    for statement in _CHANGES:
        await connection.execute(statement, declarations, timeout=3600)
