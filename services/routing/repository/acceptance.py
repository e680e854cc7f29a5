"""The rules of acceptance of the park: written from their files, read for a search."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Final

from services.routing.domain.acceptance.rules import AcceptanceRule, AcceptanceRules, DocumentRule
from services.routing.repository import network
from shared.db import JSON, Reader, UnitOfWork, sql
from shared.kernel.json import JsonObject

_CLEAR_RULES: Final = sql("DELETE FROM routing.acceptance_rules")
_CLEAR_DOCUMENTS: Final = sql("DELETE FROM routing.acceptance_documents")
_ADD_RULES: Final = sql(
    """
    INSERT INTO routing.acceptance_rules
    SELECT * FROM jsonb_populate_recordset(CAST(NULL AS routing.acceptance_rules), :rows)
    """,
    rows=JSON,
)
_ADD_DOCUMENTS: Final = sql(
    """
    INSERT INTO routing.acceptance_documents
    SELECT * FROM jsonb_populate_recordset(CAST(NULL AS routing.acceptance_documents), :rows)
    """,
    rows=JSON,
)
_RULES: Final = sql(
    """
    SELECT id, carrier, vehicle_kind, un_number, packing_instruction, section, handling_code,
        verdict, net_g_max, state_of_charge_pct_max, valid_from, valid_to, source, as_of, basis
    FROM routing.acceptance_rules ORDER BY id
    """,
    AcceptanceRule,
)
_DOCUMENTS: Final = sql(
    """
    SELECT id, document, name_en, name_zh, vehicle_kind, origin_country, destination_country,
        valid_from, valid_to, source, as_of, basis
    FROM routing.acceptance_documents ORDER BY id
    """,
    DocumentRule,
)


async def set_acceptance_rules(
    uow: UnitOfWork, rules: Sequence[AcceptanceRule], documents: Sequence[DocumentRule]
) -> None:
    """In place of all there were: a rule that the file lost is a rule no more."""
    await uow.execute(_CLEAR_RULES)
    await uow.execute(_ADD_RULES, rows=[_row(rule) for rule in rules])
    await uow.execute(_CLEAR_DOCUMENTS)
    await uow.execute(_ADD_DOCUMENTS, rows=[_row(document) for document in documents])


def _row(record: AcceptanceRule | DocumentRule) -> JsonObject:
    row: JsonObject = asdict(record)
    for name in ("valid_from", "valid_to", "as_of"):
        day: date | None = getattr(record, name)
        row[name] = day.isoformat() if day else None
    return row


async def list_acceptance_rules(reader: Reader) -> list[AcceptanceRule]:
    return await reader.fetch_all(_RULES)


async def list_document_rules(reader: Reader) -> list[DocumentRule]:
    return await reader.fetch_all(_DOCUMENTS)


async def get_acceptance_rules(reader: Reader) -> AcceptanceRules:
    """With the vehicles and embargoes that acceptance reads, too."""
    return AcceptanceRules(
        rules=tuple(await list_acceptance_rules(reader)),
        documents=tuple(await list_document_rules(reader)),
        embargoes=tuple(await network.list_embargoes(reader)),
        vehicles={vehicle.vehicle: vehicle for vehicle in await network.list_vehicles(reader)},
    )
