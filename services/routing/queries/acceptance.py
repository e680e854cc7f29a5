"""Reads for screens: rules of acceptance."""

from typing import Final

from services.routing.domain.acceptance.rules import AcceptanceRule
from shared.db import DAY, TEXT, Filters, Listing, Reader, Window

_RULES: Final = Listing(
    """
    SELECT id, carrier, vehicle_kind, un_number, packing_instruction, section, handling_code,
        verdict, net_g_max, state_of_charge_pct_max, valid_from, valid_to, source, as_of, basis
    FROM routing.acceptance_rules
    """,
    AcceptanceRule,
    order_by="id",
    after="id > :after_id",
    filters={
        "carrier": "carrier IN ('*', :carrier)",
        "vehicle_kind": "vehicle_kind IN ('*', :vehicle_kind)",
        "un_number": "un_number = :un_number",
        "handling_code": "handling_code = :handling_code",
        "day": """
            :day BETWEEN coalesce(valid_from, '-infinity') AND coalesce(valid_to, 'infinity')""",
    },
    after_id=TEXT,
    carrier=TEXT,
    vehicle_kind=TEXT,
    un_number=TEXT,
    handling_code=TEXT,
    day=DAY,
)


async def list_acceptance_rules(
    reader: Reader, window: Window, filters: Filters
) -> list[AcceptanceRule]:
    return await _RULES.page(reader, window, filters)
