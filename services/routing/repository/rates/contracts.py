"""Rate contracts: versions are added, and none is ever changed or removed."""

from collections.abc import Sequence
from typing import Final

from services.routing.domain.rates.contract import RateContract
from services.routing.domain.rates.stored import stored_contract, tariff_document
from shared.db import BOOLEAN, JSON, TEXT, TEXTS, Reader, UnitOfWork, sql
from shared.kernel.json import JsonObject

_COLUMNS: Final = """id, version, reference, carrier, product, origin, destination, mode, vehicle,
        from_km, below_km, currency, valid_from, valid_to, tariff, source, as_of, basis"""

_ALL: Final = sql(
    f"SELECT {_COLUMNS} FROM routing.rate_contracts WHERE is_current",  # noqa: S608
    stored_contract,
)
_CURRENT: Final = sql(
    f"""
    SELECT {_COLUMNS} FROM routing.rate_contracts WHERE id = :id AND is_current
    """,  # noqa: S608
    stored_contract,
    id=TEXT,
)
_CHANGED_BY_HAND: Final = sql(
    "SELECT id FROM routing.rate_contracts WHERE is_current AND NOT is_from_files", str
)
# Before the new versions, because only one row of a contract can be current.
_RETIRE: Final = sql(
    "UPDATE routing.rate_contracts SET is_current = false WHERE id = ANY(:ids) AND is_current",
    ids=TEXTS,
)
_ADD: Final = sql(
    f"""
    INSERT INTO routing.rate_contracts ({_COLUMNS}, is_from_files, is_current)
    SELECT {_COLUMNS}, :is_from_files, true
    FROM jsonb_populate_recordset(CAST(NULL AS routing.rate_contracts), :rows)
    """,  # noqa: S608
    rows=JSON,
    is_from_files=BOOLEAN,
)


async def list_contracts(reader: Reader) -> list[RateContract]:
    """The current version of each."""
    return await reader.fetch_all(_ALL)


async def list_changed_by_hand(reader: Reader) -> set[str]:
    """Ids of contracts that the files no longer decide about."""
    return set(await reader.fetch_values(_CHANGED_BY_HAND))


async def find_contract(reader: Reader, contract_id: str) -> RateContract | None:
    """The current version."""
    return await reader.fetch_first(_CURRENT, id=contract_id)


async def add_versions(
    uow: UnitOfWork, contracts: Sequence[RateContract], *, is_from_files: bool
) -> None:
    """Makes them the current ones. Whoever calls it has locked the state of the rate book."""
    if not contracts:
        return
    await uow.execute(_RETIRE, ids=[one.id for one in contracts if one.version > 1])
    rows = [_row(one) for one in contracts]
    await uow.execute(_ADD, rows=rows, is_from_files=is_from_files)


def _row(contract: RateContract) -> JsonObject:
    return {
        "id": contract.id,
        "version": contract.version,
        "reference": contract.reference,
        "carrier": contract.carrier,
        "product": contract.product,
        "origin": contract.origin,
        "destination": contract.destination,
        "mode": contract.mode,
        "vehicle": contract.vehicle,
        "from_km": contract.from_km,
        "below_km": contract.below_km,
        "currency": contract.currency,
        "valid_from": contract.valid_from.isoformat(),
        "valid_to": None if contract.valid_to is None else contract.valid_to.isoformat(),
        "tariff": tariff_document(contract),
        "source": contract.source,
        "as_of": contract.as_of.isoformat(),
        "basis": contract.basis,
    }
