"""Write side of registrations, and the registrations that declarations name."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final

from services.customs.domain.registrations.registration import Registration
from services.customs.domain.registrations.stored import stored_registration
from shared.db import BOOLEAN, DAY, INSTANT, INTEGER, TEXT, TEXTS, Reader, UnitOfWork, sql
from shared.kernel.identity import PARK, PARK_TENANT

_COLUMNS: Final = (
    "id, version, tenant_id, name, name_en, customs_code, uscc, roles, districts, certificate_no,"
    " dxp_id, ems_no, valid_from, valid_to, source, as_of, synthetic, recorded_at"
)


@dataclass(frozen=True, slots=True)
class Registrations:
    """Of each registration the version that applies on a day, valid or not."""

    own: dict[str, tuple[Registration, ...]]
    parks: tuple[Registration, ...]

    def of(self, merchant_id: str) -> tuple[Registration, ...]:
        return self.own.get(merchant_id, ())


# A version replaces the older ones from its own first day. Of a registration that is not valid yet
# the newest version is read, so that a finding can say from when it is.
_APPLYING: Final = sql(
    f"""
    SELECT DISTINCT ON (id) {_COLUMNS} FROM customs.registrations
    WHERE tenant_id = ANY(:tenants)
    ORDER BY id, (valid_from <= :day) DESC, version DESC
    """,  # noqa: S608 - constants
    stored_registration,
    tenants=TEXTS,
    day=DAY,
)
# Two statements, because each sees the data as of its start: first wait for whoever adds a version,
# then read the newest. The first version never goes away.
_LOCK: Final = sql(
    f"""
    SELECT version FROM customs.registrations
    WHERE id = :id AND version = 1 AND (:tenant = '{PARK}' OR tenant_id = :tenant) FOR UPDATE
    """,  # noqa: S608 - constants
    int,
    id=TEXT,
    tenant=TEXT,
)
_NEWEST: Final = sql(
    f"""
    SELECT {_COLUMNS} FROM customs.registrations WHERE id = :id ORDER BY version DESC LIMIT 1
    """,  # noqa: S608 - constants
    stored_registration,
    id=TEXT,
)
_INSERT: Final = sql(
    f"""
    INSERT INTO customs.registrations ({_COLUMNS})
    VALUES (:id, :version, :tenant_id, :name, :name_en, :customs_code, :uscc, :roles, :districts,
            :certificate_no, :dxp_id, :ems_no, :valid_from, :valid_to, :source, :as_of, :synthetic,
            :recorded_at)
    ON CONFLICT DO NOTHING
    """,  # noqa: S608 - constants
    id=TEXT,
    version=INTEGER,
    tenant_id=TEXT,
    name=TEXT,
    name_en=TEXT,
    customs_code=TEXT,
    uscc=TEXT,
    roles=TEXTS,
    districts=TEXTS,
    certificate_no=TEXT,
    dxp_id=TEXT,
    ems_no=TEXT,
    valid_from=DAY,
    valid_to=DAY,
    source=TEXT,
    as_of=DAY,
    synthetic=BOOLEAN,
    recorded_at=INSTANT,
)
_BY_CODE: Final = sql(
    """
    SELECT id FROM customs.registrations
    WHERE tenant_id = :tenant AND version = 1 AND (uscc = :uscc OR customs_code = :customs_code)
    ORDER BY id LIMIT 1
    """,
    str,
    tenant=TEXT,
    uscc=TEXT,
    customs_code=TEXT,
)
_HAS_ANY: Final = sql(
    "SELECT EXISTS (SELECT FROM customs.registrations WHERE tenant_id = :tenant)",
    bool,
    tenant=TEXT,
)


async def load_registrations(
    reader: Reader, merchant_ids: Collection[str], day: date
) -> Registrations:
    """Those of some merchants and of the park, in one statement, for a day in China.

    The reader acts for the park: a merchant does not see the park's registrations.
    """
    assert reader.tenant == PARK, "row-level security would hide the park's registrations"
    rows = await reader.fetch_all(_APPLYING, tenants=[*merchant_ids, PARK_TENANT], day=day)
    found: dict[str, list[Registration]] = {}
    for one in rows:
        found.setdefault(one.tenant_id, []).append(one)
    parks = tuple(found.pop(PARK_TENANT, ()))
    return Registrations({tenant: tuple(own) for tenant, own in found.items()}, parks)


async def lock_newest(uow: UnitOfWork, registration_id: str) -> Registration | None:
    """The newest version. Until the transaction ends nobody adds another."""
    if await uow.fetch_value(_LOCK, id=registration_id, tenant=uow.tenant) is None:
        return None
    return await uow.fetch_first(_NEWEST, id=registration_id)


async def insert_version(uow: UnitOfWork, registration: Registration) -> bool:
    """False if the tenant has registered an enterprise of this code."""
    stated = registration.stated
    columns = asdict(stated) | {
        "roles": [role.value for role in stated.roles],
        "districts": None if stated.districts is None else list(stated.districts),
    }
    written = await uow.execute(
        _INSERT,
        id=registration.id,
        version=registration.version,
        tenant_id=registration.tenant_id,
        recorded_at=registration.recorded_at,
        **columns,
    )
    return written == 1


async def find_by_code(uow: UnitOfWork, registration: Registration) -> str | None:
    """The id of the tenant's registration of the same code."""
    return await uow.fetch_value(
        _BY_CODE,
        tenant=registration.tenant_id,
        uscc=registration.stated.uscc,
        customs_code=registration.stated.customs_code,
    )


async def has_any(uow: UnitOfWork, *, tenant: str) -> bool:
    return bool(await uow.fetch_value(_HAS_ANY, tenant=tenant))
