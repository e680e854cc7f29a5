"""Write side of what was found in a file, and of the columns that somebody chose."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from services.catalog.domain.imports.job import Columns, Import
from services.catalog.domain.imports.outcomes import Finding
from shared.db import BIGINTS, INSTANT, JSON, JSONS, TEXT, TEXTS, Reader, UnitOfWork, sql

_ADD_FINDINGS: Final = sql(
    """
    INSERT INTO catalog.import_findings
        (tenant_id, import_id, line, column_name, field, value, code, severity, detail, fix)
    SELECT :tenant, :import_id, line, column_name, field, value, code, severity, detail, fix
    FROM unnest(:lines, :columns, :fields, :values, :codes, :severities, :details, :fixes)
        WITH ORDINALITY AS f(line, column_name, field, value, code, severity, detail, fix, n)
    ORDER BY n
    """,
    tenant=TEXT,
    import_id=TEXT,
    lines=BIGINTS,
    columns=TEXTS,
    fields=TEXTS,
    values=TEXTS,
    codes=TEXTS,
    severities=TEXTS,
    details=JSONS,
    fixes=JSONS,
)
_REMEMBER: Final = sql(
    """
    INSERT INTO catalog.import_mappings AS m
        (tenant_id, kind, shape_hash, targets, constants, updated_at)
    VALUES (:tenant, :kind, :shape_hash, :targets, :constants, :now)
    ON CONFLICT (tenant_id, kind, shape_hash) DO UPDATE
    SET targets = excluded.targets, constants = excluded.constants, updated_at = :now
    """,
    tenant=TEXT,
    kind=TEXT,
    shape_hash=TEXT,
    targets=JSON,
    constants=JSON,
    now=INSTANT,
)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What somebody chose for a file of a shape. `targets`: header → target; `constants`: field →
    value.
    """

    targets: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)


_MAPPING: Final = sql(
    """
    SELECT targets, constants FROM catalog.import_mappings
    WHERE tenant_id = :tenant AND kind = :kind AND shape_hash = :shape_hash
    """,
    Remembered,
    tenant=TEXT,
    kind=TEXT,
    shape_hash=TEXT,
)
_FORGET_FINDINGS: Final = sql("DELETE FROM catalog.import_findings WHERE import_id = :id", id=TEXT)


async def forget_findings(uow: UnitOfWork, *, import_id: str) -> None:
    await uow.execute(_FORGET_FINDINGS, id=import_id)


async def add_findings(
    uow: UnitOfWork, findings: Sequence[Finding], *, tenant: str, import_id: str
) -> None:
    if not findings:
        return
    await uow.execute(
        _ADD_FINDINGS,
        tenant=tenant,
        import_id=import_id,
        lines=[one.line for one in findings],
        columns=[one.column for one in findings],
        fields=[one.field for one in findings],
        values=[one.value for one in findings],
        codes=[one.code for one in findings],
        severities=[one.severity.value for one in findings],
        details=[one.detail.by_language() for one in findings],
        fixes=[one.fix.by_language() for one in findings],
    )


async def remember_mapping(
    uow: UnitOfWork, one: Import, columns: Columns, *, shape_hash: str, now: datetime
) -> None:
    """What is chosen in the columns, and their constants."""
    await uow.execute(
        _REMEMBER,
        tenant=one.merchant_id,
        kind=one.options.kind.value,
        shape_hash=shape_hash,
        targets=dict(columns.chosen),
        constants=dict(columns.constants),
        now=now,
    )


async def find_mapping(reader: Reader, one: Import, *, shape_hash: str) -> Remembered:
    """Of files of this shape; empty if nobody has chosen anything."""
    found = await reader.fetch_first(
        _MAPPING, tenant=one.merchant_id, kind=one.options.kind.value, shape_hash=shape_hash
    )
    return found or Remembered()
