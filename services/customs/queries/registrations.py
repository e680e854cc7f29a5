"""Registrations as screens show them. One that does not exist and one of another merchant look the
same: each statement names the tenant, and row-level security hides the row besides.
"""

from typing import Final

from services.customs.domain.registrations.errors import RegistrationNotFound
from services.customs.domain.registrations.registration import Registration
from services.customs.domain.registrations.stored import stored_registration
from shared.db import DAY, INTEGER, TEXT, Filters, Listing, Reader, Window, sql
from shared.kernel.identity import PARK, PARK_TENANT

_SELECT: Final = """
    SELECT r.id, r.version, r.tenant_id, r.name, r.name_en, r.customs_code, r.uscc, r.roles,
           r.districts, r.certificate_no, r.dxp_id, r.ems_no, r.valid_from, r.valid_to, r.source,
           r.as_of, r.synthetic, r.recorded_at
    FROM customs.registrations AS r
"""
_NEWER: Final = "SELECT FROM customs.registrations AS n WHERE n.id = r.id AND n.version > r.version"


def _listing(which: str, **filters: str) -> Listing[Registration]:
    """Of each registration the version that `which` is true of."""
    types = {"valid_on": DAY} if "valid_on" in filters else {}
    return Listing(
        _SELECT,
        stored_registration,
        order_by="r.id DESC",
        after="r.id < :after_id",
        tenant="r.tenant_id = :tenant",
        where=which,
        filters={
            "role": ":role = ANY(r.roles)",
            "code": "r.customs_code = :code OR r.uscc = :code",
            "whose": f"(:whose = 'park') = (r.tenant_id = '{PARK_TENANT}')",
            **filters,
        },
        after_id=TEXT,
        role=TEXT,
        code=TEXT,
        whose=TEXT,
        **types,
    )


_NEWEST: Final = _listing(f"NOT EXISTS ({_NEWER})")
# A version replaces the older ones from its own first day.
_ON_A_DAY: Final = _listing(
    "true",
    valid_on=f"""
        r.valid_from <= :valid_on AND (r.valid_to IS NULL OR :valid_on < r.valid_to)
        AND NOT EXISTS ({_NEWER} AND n.valid_from <= :valid_on)
    """,
)

_VERSION: Final = sql(
    f"""
    {_SELECT}
    WHERE r.id = :id AND (:tenant = '{PARK}' OR r.tenant_id = :tenant)
      AND (CAST(:version AS integer) IS NULL OR r.version = :version)
    ORDER BY r.version DESC LIMIT 1
    """,
    stored_registration,
    id=TEXT,
    tenant=TEXT,
    version=INTEGER,
)


async def list_registrations(
    reader: Reader, window: Window, filters: Filters
) -> list[Registration]:
    """Newest first. With `valid_on` the versions that are valid on that day, else the newest."""
    listing = _NEWEST if filters.get("valid_on") is None else _ON_A_DAY
    return await listing.page(reader, window, filters)


async def get_registration(
    reader: Reader, *, registration_id: str, version: int | None
) -> Registration:
    """The newest version if none is named. Raises RegistrationNotFound."""
    found = await reader.fetch_first(
        _VERSION, id=registration_id, tenant=reader.tenant, version=version
    )
    if found is None:
        raise RegistrationNotFound(registration_id=registration_id)
    return found
