"""A stored version, from its columns in their order."""

from datetime import date, datetime

from services.customs.domain.messages.parties import PartyRole
from services.customs.domain.registrations.registration import Particulars, Registration


def stored_registration(  # noqa: PLR0917 - a row's columns
    id: str,  # noqa: A002 - the column's name
    version: int,
    tenant_id: str,
    name: str,
    name_en: str | None,
    customs_code: str | None,
    uscc: str | None,
    roles: list[str],
    districts: list[str] | None,
    certificate_no: str | None,
    dxp_id: str | None,
    ems_no: str | None,
    valid_from: date,
    valid_to: date | None,
    source: str,
    as_of: date,
    synthetic: bool,
    recorded_at: datetime,
) -> Registration:
    stated = Particulars(
        name=name,
        name_en=name_en,
        customs_code=customs_code,
        uscc=uscc,
        roles=tuple(PartyRole(role) for role in roles),
        districts=None if districts is None else tuple(districts),
        certificate_no=certificate_no,
        dxp_id=dxp_id,
        ems_no=ems_no,
        valid_from=valid_from,
        valid_to=valid_to,
        source=source,
        as_of=as_of,
        synthetic=synthetic,
    )
    return Registration(id, tenant_id, version, stated, recorded_at)
