"""Stock from a file: counted quantities, or differences that count once however often the file is
sent.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from services.catalog.domain.imports.documents import RowDocument
from services.catalog.domain.imports.job import Import
from services.catalog.domain.imports.mapping import ColumnMapping
from services.catalog.domain.imports.rows import SheetRow
from services.catalog.domain.imports.stock_rows import AskedRow, Counted, StockRow, adjustments_of
from services.catalog.domain.stock import Adjusted, Adjustment
from services.catalog.repository.stock import lock_stock
from services.catalog.use_cases.imports.records import Became, Record, RecordRows
from services.catalog.use_cases.stock import adjust_stock
from shared.db import Database, UnitOfWork
from shared.kernel.errors import AirlaneError
from shared.kernel.json import JsonObject

ReadStock = Callable[[JsonObject], StockRow]


class StockRows(RecordRows[StockRow]):
    def __init__(
        self, db: Database, one: Import, mapping: ColumnMapping, read_stock: ReadStock
    ) -> None:
        super().__init__(db, one, mapping)
        self._read_stock = read_stock
        self._counted: Counted = {}

    def key_of(self, row: SheetRow) -> object | None:
        del row
        return None

    def read(self, rows: Sequence[RowDocument]) -> StockRow:
        (row,) = rows
        return self._read_stock(row.document)

    async def act(
        self, uow: UnitOfWork, records: Sequence[Record[StockRow]], *, now: datetime
    ) -> list[Became | AirlaneError]:
        tenant = self._import.merchant_id
        rows = [
            AskedRow(one.value, one.rows[0].line, self._reference(one))
            for one in records
            if one.value is not None
        ]
        stock = await lock_stock(uow, tenant=tenant, skus={row.stock.sku for row in rows})
        on_hand = {one.sku: one.counters.on_hand for one in stock}
        asked = list(adjustments_of(rows, on_hand, self._counted))
        adjustments = [one for one in asked if isinstance(one, Adjustment)]
        done = iter(await adjust_stock(uow, tenant=tenant, adjustments=adjustments, now=now))
        return [_became(next(done) if isinstance(one, Adjustment) else one) for one in asked]

    def _reference(self, record: Record[StockRow]) -> str:
        """The same for the same line of the same file."""
        return f"file:{self._import.file.sha256[:32]}:{record.rows[0].line}"


def _became(outcome: object) -> Became | AirlaneError:
    if isinstance(outcome, AirlaneError):
        return outcome
    return Became.CHANGED if isinstance(outcome, Adjusted) else Became.UNCHANGED
