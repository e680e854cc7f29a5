"""Prices of markets from a file: a row is one price of one product in one market."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from services.catalog.domain.imports.documents import RowDocument
from services.catalog.domain.imports.job import Import
from services.catalog.domain.imports.mapping import ColumnMapping
from services.catalog.domain.imports.rows import SheetRow
from services.catalog.domain.prices.rows import PriceRow
from services.catalog.use_cases.imports.records import Became, Record, RecordRows
from services.catalog.use_cases.prices import put_price_rows
from shared.db import Database, UnitOfWork
from shared.kernel.errors import AirlaneError
from shared.kernel.json import JsonObject

ReadPrice = Callable[[JsonObject], PriceRow]


class PriceRows(RecordRows[PriceRow]):
    def __init__(
        self, db: Database, one: Import, mapping: ColumnMapping, read_price: ReadPrice
    ) -> None:
        super().__init__(db, one, mapping)
        self._read_price = read_price

    def key_of(self, row: SheetRow) -> object | None:
        del row
        return None

    def read(self, rows: Sequence[RowDocument]) -> PriceRow:
        (row,) = rows
        return self._read_price(row.document)

    async def act(
        self, uow: UnitOfWork, records: Sequence[Record[PriceRow]], *, now: datetime
    ) -> list[Became | AirlaneError]:
        """A row counts as changed if the prices of its product in its market have changed."""
        rows = [one.value for one in records if one.value is not None]
        tenant = self._import.merchant_id
        decided = await put_price_rows(uow, tenant=tenant, rows=rows, now=now)
        return [
            fault or _became(row, changed=decided.changed.keys())
            for row, fault in zip(rows, decided.faults, strict=True)
        ]


def _became(row: PriceRow, *, changed: Collection[tuple[str, str]]) -> Became:
    return Became.CHANGED if (row.sku, row.market) in changed else Became.UNCHANGED
