"""Orders from a file: rows that follow each other and have the same number are one order."""

from collections.abc import Callable, Sequence
from datetime import datetime

from services.catalog.domain.imports.documents import RowDocument
from services.catalog.domain.imports.job import Import
from services.catalog.domain.imports.mapping import ColumnMapping
from services.catalog.domain.imports.rows import SheetRow
from services.catalog.domain.orders.new_order import NewOrder
from services.catalog.domain.orders.placement import Placement
from services.catalog.domain.reference import Reference
from services.catalog.use_cases.imports.records import Became, Record, RecordRows
from services.catalog.use_cases.orders.placing import place_orders
from shared.db import Database, UnitOfWork
from shared.kernel.errors import AirlaneError
from shared.kernel.json import JsonObject

# The order that the documents of its rows make. Raises Invalid.
ReadOrder = Callable[[Sequence[JsonObject]], NewOrder]

_KEY = ("store", "order_number")


class OrderRows(RecordRows[NewOrder]):
    def __init__(
        self,
        db: Database,
        one: Import,
        mapping: ColumnMapping,
        *,
        read_order: ReadOrder,
        reference: Reference,
    ) -> None:
        super().__init__(db, one, mapping)
        self._read_order = read_order
        self._reference = reference
        self._key_at = [column.index for column in mapping.columns if column.path in _KEY]

    def key_of(self, row: SheetRow) -> object | None:
        if row.fault is not None:
            return None
        if row.document is not None:
            # A whole order stands alone.
            if "lines" in row.document:
                return None
            return tuple(str(row.document.get(name)) for name in _KEY)
        return tuple(str(row.cells[at]) for at in self._key_at)

    def read(self, rows: Sequence[RowDocument]) -> NewOrder:
        return self._read_order([row.document for row in rows])

    async def act(
        self, uow: UnitOfWork, records: Sequence[Record[NewOrder]], *, now: datetime
    ) -> list[Became | AirlaneError]:
        outcomes = await place_orders(
            uow,
            tenant=self._import.merchant_id,
            orders=[one.value for one in records if one.value is not None],
            reference=self._reference,
            now=now,
        )
        return [
            outcome
            if isinstance(outcome, AirlaneError)
            else Became.NEW
            if isinstance(outcome, Placement)
            else Became.UNCHANGED
            for outcome in outcomes
        ]
