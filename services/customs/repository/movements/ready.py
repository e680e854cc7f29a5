"""Which parcels of a flight may be bound to its bill, and reported with it: those of flights all of
whose shipments are noted, and, after a while, those of flights that lack some.
"""


def lock_ready(select: str, parcels: str) -> str:
    """A statement of `:noted_before` and `:rows_max` that locks what of `select` is of such
    flights. `parcels`: its FROM and WHERE, where the parcels are `p`. Both are constants.
    """
    return f"""
    WITH pending AS (
        SELECT p.departure ->> 'flight_id' AS flight_id, count(*) AS noted,
               min(p.departure_noted_at) AS noted_at
        {parcels} GROUP BY 1),
    ready AS (
        SELECT p.flight_id
        FROM pending AS p LEFT JOIN customs.flights AS f ON f.id = p.flight_id
        WHERE p.noted >= f.shipments OR p.noted_at <= :noted_before)
    {select} AND p.departure ->> 'flight_id' IN (SELECT flight_id FROM ready)
    ORDER BY p.declaration_id LIMIT :rows_max FOR UPDATE OF p SKIP LOCKED
    """  # noqa: S608 - constants
