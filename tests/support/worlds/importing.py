"""Files as merchants send them, and imports run in this process."""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from services.catalog.domain.imports.job import State
from services.catalog.domain.reference import Reference
from services.catalog.queries.reference import read_reference
from services.catalog.repository.imports import jobs
from services.catalog.schemas.imports.rows import (
    read_new_products,
    read_order,
    read_parent,
    read_price,
    read_product,
    read_stock,
)
from services.catalog.use_cases.imports.running import Readers, Tools, run_import
from services.catalog.use_cases.imports.starting import Starter
from shared.db import Database
from shared.kernel.clock import Clock
from shared.kernel.identity import PARK
from tests.support.worlds.catalog import Merchant

HEADER = (
    "SKU",
    "英文品名",
    "中文品名",
    "海关编码",
    "原产国",
    "净重(g)",
    "毛重(g)",
    "长(cm)",
    "宽(cm)",
    "高(cm)",
    "单价",
    "币种",
    "是否带电",
    "品牌",
)


def a_row(sku: str, **changes: str) -> dict[str, str]:
    """By header."""
    cells = (
        sku,
        f"Makeup brush {sku}",
        "化妆刷",
        "960330",
        "CN",
        "120",
        "150",
        "12",
        "8",
        "6",
        "12.50",
        "USD",
        "否",
        "Airlane",
    )
    return dict(zip(HEADER, cells, strict=True)) | changes


def a_csv(rows: Iterable[Mapping[str, str]], header: Iterable[str] = HEADER) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(header))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def csv_of(rows: Iterable[Mapping[str, str]]) -> bytes:
    """A CSV with the columns that any of the rows has."""
    rows = list(rows)
    header = dict.fromkeys(name for row in rows for name in row)
    return a_csv([{name: row.get(name, "") for name in header} for row in rows], header)


def rows_of(body: Mapping[str, Any]) -> dict[str, int]:
    """What became of the rows of an import."""
    found: dict[str, int] = body["progress"]["rows"]
    return found


class Importing:
    """Sends files through REST and does the work of the worker."""

    def __init__(self, merchant: Merchant, db: Database, clock: Clock, spool: Path) -> None:
        self.merchant = merchant
        self.client = merchant.client
        self.db = db
        self.clock = clock
        self.spool = spool

    async def send(
        self, content: bytes, *, kind: str = "products", **options: Any
    ) -> dict[str, Any]:
        answer = await self.client.post(
            "/v1/imports",
            params={"kind": kind, **options},
            content=content,
            headers={"Content-Type": "text/csv"},
        )
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def tools(self) -> Tools:
        async with self.db.read(PARK) as reader:
            reference: Reference = await read_reference(reader)
        readers = Readers(
            read_product, read_new_products, read_parent, read_stock, read_price, read_order
        )
        return Tools(self.db, self.clock, self.spool, reference, readers)

    async def claim(self, import_id: str) -> None:
        """As the worker does, and leaves alone what other tests have queued."""

        async def never(_: str) -> int:
            raise AssertionError

        starter = Starter(db=self.db, clock=self.clock, spool=self.spool, start=never, at_once=1)
        async with self.db.read(PARK) as reader:
            rows = await reader._connection.fetch(
                "SELECT id FROM catalog.imports WHERE id <> $1", import_id
            )
        starter._elsewhere = {row["id"] for row in rows}
        starter._forget_at_s = float("inf")
        one = await starter.claim()
        assert one is not None, f"{import_id} is not waiting"
        assert one.id == import_id

    async def put_back(self, import_id: str) -> None:
        """As the worker does after a process has broken off."""
        async with self.db.transaction(PARK) as uow:
            one = await jobs.lock_import(uow, import_id=import_id)
            assert one is not None
            await jobs.put_back(uow, one)

    async def work(self, import_id: str) -> State | None:
        await self.claim(import_id)
        return await run_import(await self.tools(), import_id)

    async def done(self, content: bytes, **options: Any) -> dict[str, Any]:
        """The import after its work."""
        sent = await self.send(content, **options)
        await self.work(sent["id"])
        return await self.get(sent["id"])

    async def get(self, import_id: str) -> dict[str, Any]:
        answer = await self.client.get(f"/v1/imports/{import_id}")
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def findings(self, import_id: str, **filters: Any) -> list[dict[str, Any]]:
        answer = await self.client.get(
            f"/v1/imports/{import_id}/findings", params={"limit": 200, **filters}
        )
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def told(self, body: Mapping[str, Any]) -> list[tuple[int, str]]:
        """Line and code of what was found in rows: `row.sum` for catalog.row.sum."""
        found = await self.findings(body["id"])
        return [(f["line"], f["code"].removeprefix("catalog.")) for f in found if f["line"]]

    async def parent(self, sku: str) -> dict[str, Any]:
        return await self._read(f"/v1/parents/{sku}")

    async def product(self, sku: str) -> dict[str, Any]:
        return await self._read(f"/v1/products/{sku}")

    async def _read(self, address: str) -> dict[str, Any]:
        answer = await self.client.get(address)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found
