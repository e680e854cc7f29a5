"""Write-side statements of stock. Counters are always locked in the order of the product ids, and
after the orders, if orders are locked too: so no two transactions wait for each other.
"""

from typing import Final

from sqlalchemy import Integer, Text

from services.catalog.repository.sql import AT, BIGINTS, INTEGERS, TEXTS, sql

COUNTERS_BY_SKU_FOR_UPDATE: Final = sql(
    """
    SELECT p.id AS product_id, p.sku, s.on_hand, s.reserved, s.version
    FROM catalog.products p JOIN catalog.stock s ON s.product_id = p.id
    WHERE p.tenant_id = :tenant AND p.sku = ANY(:skus) AND p.deleted_at IS NULL
    ORDER BY s.product_id FOR UPDATE OF s
    """,
    tenant=Text,
    skus=TEXTS,
)
# Runs after the counters were locked, so EXISTS sees every order that waits for them.
WRITE_ADJUSTMENTS: Final = sql(
    """
    WITH ledger AS (
        INSERT INTO catalog.stock_ledger
            (tenant_id, product_id, reason, on_hand_delta, reserved_delta, at)
        SELECT :tenant, product_id, reason, delta, 0, :now
        FROM unnest(:entry_products, :entry_reasons, :entry_deltas)
            WITH ORDINALITY AS e(product_id, reason, delta, n)
        ORDER BY n
    )
    UPDATE catalog.stock s
    SET restocks = s.restocks + CASE WHEN c.on_hand > s.on_hand AND EXISTS (
            SELECT 1 FROM catalog.back_order_lines b WHERE b.product_id = s.product_id
        ) THEN 1 ELSE 0 END,
        on_hand = c.on_hand, version = c.version, updated_at = :now
    FROM unnest(:products, :on_hands, :versions) AS c(product_id, on_hand, version)
    WHERE s.product_id = c.product_id AND s.tenant_id = :tenant
    """,
    tenant=Text,
    now=AT,
    entry_products=TEXTS,
    entry_reasons=TEXTS,
    entry_deltas=BIGINTS,
    products=TEXTS,
    on_hands=BIGINTS,
    versions=INTEGERS,
)
# Ends the reservations of whole orders: shipped (`shipped` = 1, the goods are gone) or released
# (`shipped` = 0, they can be sold again).
END_RESERVATIONS: Final = sql(
    """
    WITH moved AS (
        SELECT o.id AS order_id, o.tenant_id, l.product_id, sum(l.quantity)::bigint AS quantity
        FROM catalog.orders o,
            jsonb_to_recordset(o.lines) AS l(product_id text, quantity bigint)
        WHERE o.id = ANY(:orders) GROUP BY 1, 2, 3
    ), totals AS (
        SELECT product_id, sum(quantity)::bigint AS quantity FROM moved GROUP BY 1
    ), locked AS (
        SELECT s.product_id, t.quantity FROM catalog.stock s JOIN totals t USING (product_id)
        ORDER BY s.product_id FOR UPDATE OF s
    ), ledger AS (
        INSERT INTO catalog.stock_ledger
            (tenant_id, product_id, reason, on_hand_delta, reserved_delta, order_id, at)
        SELECT tenant_id, product_id, :reason, -quantity * :shipped, -quantity, order_id, :now
        FROM moved
    )
    UPDATE catalog.stock s
    SET on_hand = s.on_hand - k.quantity * :shipped, reserved = s.reserved - k.quantity,
        restocks = s.restocks + 1 - :shipped, updated_at = :now
    FROM locked k WHERE s.product_id = k.product_id
    """,
    orders=TEXTS,
    reason=Text,
    shipped=Integer,
    now=AT,
)
# An order that flew although it had been cancelled: the goods are gone, but what others have
# reserved in the meantime stays theirs. The ledger says what was really taken.
SHIP_UNRESERVED: Final = sql(
    """
    WITH wanted AS (
        SELECT l.product_id, sum(l.quantity)::bigint AS quantity
        FROM catalog.orders o,
            jsonb_to_recordset(o.lines) AS l(product_id text, quantity bigint)
        WHERE o.id = :order_id GROUP BY 1
    ), locked AS (
        SELECT s.product_id, s.tenant_id, least(w.quantity, s.on_hand - s.reserved) AS taken
        FROM catalog.stock s JOIN wanted w USING (product_id)
        ORDER BY s.product_id FOR UPDATE OF s
    ), ledger AS (
        INSERT INTO catalog.stock_ledger
            (tenant_id, product_id, reason, on_hand_delta, reserved_delta, order_id, at)
        SELECT tenant_id, product_id, 'shipped', -taken, 0, :order_id, :now
        FROM locked WHERE taken > 0
    )
    UPDATE catalog.stock s SET on_hand = s.on_hand - k.taken, updated_at = :now
    FROM locked k WHERE s.product_id = k.product_id
    """,
    order_id=Text,
    now=AT,
)
