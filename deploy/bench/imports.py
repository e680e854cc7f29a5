"""Imports: a file of 100,000 products from its bytes to rows, counters and events, against the
database's own best: COPY and merge of the same rows into the same table with the same columns, from
values that are ready in memory, without reading, checking, counters or events.

The import runs as the worker runs it, in a process that was ready before; how long it takes to get
ready is a figure of its own. Both sides are measured in turns.
"""

import asyncio
import csv
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg
import psutil

from deploy.bench.rig import (
    ROOT,
    Figure,
    Spread,
    folder,
    make_service,
    percentile,
    postgres,
)
from deploy.bench.steady_orders import SteadyOrders, steady_orders
from deploy.engines import PostgresServer
from shared.kernel.ids import new_id

ROWS: Final = 100_000
MANY_ROWS: Final = 1_000_000
_ROUNDS: Final = 3
# No process is ready with less work.
_START_CPU_S: Final = 0.5
_HEADER: Final = (
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
)
_COLUMNS: Final = (
    "id",
    "tenant_id",
    "sku",
    "title",
    "hs_code",
    "origin_country",
    "net_weight_g",
    "gross_weight_g",
    "length_mm",
    "width_mm",
    "height_mm",
    "price_minor",
    "currency",
    "battery",
    "synthetic",
    "version",
    "created_at",
    "updated_at",
    "options",
    "details",
    "row_digest",
    "row_version",
)
_DOCUMENTS: Final = frozenset(("title", "options", "details"))
_TYPES: Final = (
    *("text text text text text text int int int int int bigint text bool bool int".split()),
    *("timestamptz timestamptz text text bigint int".split()),
)
_BARE_MERGE: Final = f"""
    INSERT INTO catalog.products AS p ({", ".join(_COLUMNS)})
    SELECT {", ".join(f"{c}::jsonb" if c in _DOCUMENTS else c for c in _COLUMNS)} FROM bare_rows
    ORDER BY sku COLLATE "C"
    ON CONFLICT (tenant_id, sku) WHERE deleted_at IS NULL DO UPDATE
    SET title = excluded.title, price_minor = excluded.price_minor, version = p.version + 1
    WHERE (p.title, p.price_minor) IS DISTINCT FROM (excluded.title, excluded.price_minor)
"""


@dataclass(frozen=True)
class Run:
    """`ready_s`: until the process was ready. `cpu_s`: of it, from then on. `rss_mb`: its peak.
    `counts`: rows by outcome.
    """

    ready_s: float
    seconds: float
    cpu_s: float
    rss_mb: float
    counts: dict[str, int]


class Site:
    """A database with catalog's schema, and a folder for files."""

    def __init__(self, home: Path, dsn: str, admin: asyncpg.Connection, belt: str) -> None:
        self.home = home
        self.dsn = dsn
        self.admin = admin
        self.belt = belt

    async def merchant(self) -> str:
        merchant_id = new_id("mer")
        await self.admin.execute(
            "INSERT INTO catalog.merchants (id, tenant_id, name, uscc, belt, synthetic,"
            " registered_at) VALUES ($1, $1, '{}', $1, $2, true, now())",
            merchant_id,
            self.belt,
        )
        return merchant_id

    async def run(self, merchant_id: str, file: Path) -> Run:
        """One import, by `python -m services.catalog import -`, until it is done."""
        begun = time.perf_counter()
        child = await asyncio.to_thread(_started, self.dsn, self.home)
        assert child.stdin is not None
        import_id = await self._queued(merchant_id, file)
        await _until_ready(child)
        _, cpu_before = _seen(child, 0, 0.0)
        ready = time.perf_counter()
        child.stdin.write(f"{import_id}\n".encode())
        child.stdin.flush()
        seconds, rss, cpu = 0.0, 0, 0.0
        while not seconds:
            await asyncio.sleep(0.02)
            rss, cpu = _seen(child, rss, cpu)
            state = await self.admin.fetchval(
                "SELECT state FROM catalog.imports WHERE id = $1", import_id
            )
            if state not in ("running", "queued"):
                assert state == "done", state
                seconds = time.perf_counter() - ready
        child.stdin.close()
        await asyncio.to_thread(child.wait)
        row = await self.admin.fetchrow(
            "SELECT rows_new, rows_changed, rows_unchanged, rows_failed FROM catalog.imports"
            " WHERE id = $1",
            import_id,
        )
        return Run(ready - begun, seconds, cpu - cpu_before, rss / 2**20, dict(row))

    async def _queued(self, merchant_id: str, file: Path) -> str:
        import_id = new_id("imp")
        await self.admin.execute(
            "INSERT INTO catalog.imports (id, tenant_id, kind, policy, mode, empty, is_dry_run,"
            " file, media_type, bytes, sha256, state, stage, created_at, attempt)"
            " VALUES ($1, $2, 'products', 'reject_failed_rows', 'upsert', 'keep', false,"
            " $3, 'text/csv', 1, 'x', 'running', 'writing', now(), 1)",
            import_id,
            merchant_id,
            file.name,
        )
        return import_id

    async def bare(self, merchant_id: str, rows: int) -> float:
        """Seconds for COPY and merge of the same rows, 5,000 a transaction."""
        values = list(_bare_rows(merchant_id, 0, rows))
        connection = await asyncpg.connect(self.dsn)
        try:
            await connection.execute("SET airlane.tenant = '*'")
            begun = time.perf_counter()
            for start in range(0, rows, 5_000):
                async with connection.transaction():
                    await connection.copy_records_to_table(
                        "bare_rows",
                        schema_name="public",
                        columns=_COLUMNS,
                        records=values[start : start + 5_000],
                    )
                    await connection.execute(_BARE_MERGE.replace("bare_rows", "public.bare_rows"))
                    await connection.execute("DELETE FROM public.bare_rows")
            return time.perf_counter() - begun
        finally:
            await connection.close()


def _started(dsn: str, home: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "services.catalog", "import", "-"],
        cwd=ROOT,
        env={**os.environ, "CATALOG_DATABASE_URL": dsn, "CATALOG_SPOOL_DIR": str(home)},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


async def _until_ready(child: "subprocess.Popen[bytes]") -> None:
    """Until it has loaded all it needs, and waits."""
    before = -1.0
    while (cpu := _seen(child, 0, 0.0)[1]) != before or cpu < _START_CPU_S:
        before = cpu
        await asyncio.sleep(0.3)


def _seen(child: "subprocess.Popen[bytes]", rss: int, cpu: float) -> tuple[int, float]:
    """Peak memory in bytes and processor time in seconds so far."""
    try:
        process = psutil.Process(child.pid)
        times = process.cpu_times()
        return max(rss, process.memory_info().rss), max(cpu, times.user + times.system)
    except psutil.Error:
        return rss, cpu


def _cells(number: int) -> tuple[str, ...]:
    return (
        f"SKU-{number:07d}",
        f"Makeup brush set no {number}",
        f"化妆刷套装{number}",
        "960330",
        "CN",
        str(100 + number % 500),
        str(150 + number % 500),
        "12",
        "8",
        "6",
        f"{1 + number % 90}.{number % 100:02d}",
        "USD",
        "否",
    )


def write_csv(path: Path, rows: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADER)
        writer.writerows(_cells(number) for number in range(rows))


def write_workbook(path: Path, rows: int, columns: int) -> None:
    import xlsxwriter  # noqa: PLC0415

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet()
    more = tuple(f"备注{number}" for number in range(columns - len(_HEADER)))
    sheet.write_row(0, 0, (*_HEADER, *more))
    for number in range(rows):
        sheet.write_row(number + 1, 0, (*_cells(number), *more))
    book.close()


def _bare_rows(merchant_id: str, start: int, end: int) -> Iterator[tuple[object, ...]]:
    from shared.kernel.clock import real_now  # noqa: PLC0415

    now = real_now()
    for number in range(start, end):
        cells = _cells(number)
        yield (
            new_id("prd"),
            merchant_id,
            cells[0],
            f'{{"en": "{cells[1]}", "zh-CN": "{cells[2]}"}}',
            cells[3],
            cells[4],
            int(cells[5]),
            int(cells[6]),
            120,
            80,
            60,
            100 + number,
            cells[11],
            False,
            False,
            1,
            now,
            now,
            "{}",
            "{}",
            number,
            1,
        )


def measure() -> list[Figure]:
    with folder() as home, postgres(home) as server:
        return asyncio.run(_measure(home, server))


async def _measure(home: Path, server: PostgresServer) -> list[Figure]:
    dsn = await make_service(server, "catalog")
    admin = await asyncpg.connect(server.dsn(database="airlane"))
    await admin.execute("SET airlane.tenant = '*'")
    named = ", ".join(f"{name} {kind}" for name, kind in zip(_COLUMNS, _TYPES, strict=True))
    await admin.execute(f"CREATE UNLOGGED TABLE public.bare_rows ({named})")
    await admin.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
    await admin.execute("GRANT ALL ON public.bare_rows TO PUBLIC")
    belt = await admin.fetchval("SELECT code FROM catalog.belts LIMIT 1")
    site = Site(home, dsn, admin, belt)
    try:
        figures = [*await _hundred_thousand(site), *await _others(site)]
        with steady_orders(home, dsn) as orders:
            return [*figures, *await _with_orders(site, orders)]
    finally:
        await admin.close()


async def _hundred_thousand(site: Site) -> list[Figure]:
    file = site.home / "products.csv"
    write_csv(file, ROWS)
    first, again, bare = [], [], []
    for _ in range(_ROUNDS):
        merchant_id = await site.merchant()
        bare.append(await site.bare(await site.merchant(), ROWS))
        first.append(await site.run(merchant_id, file))
        assert first[-1].counts["rows_new"] == ROWS, first[-1]
        again.append(await site.run(merchant_id, file))
        assert again[-1].counts["rows_unchanged"] == ROWS, again[-1]
    ready = Spread(tuple(run.ready_s for run in (*first, *again)))
    seconds = Spread(tuple(run.seconds for run in first))
    ratios = Spread(tuple(b / run.seconds for b, run in zip(bare, first, strict=True)))
    speed = Spread(tuple(f.seconds / a.seconds for f, a in zip(first, again, strict=True)))
    cpu = Spread(tuple(run.cpu_s for run in first))
    return [
        Figure(
            "import: 100,000 products, CSV, end to end", seconds, "s", 15, higher_is_better=False
        ),
        Figure("… of which processor time of the importing process", cpu, "s"),
        Figure("… before that, until a process is ready", ready, "s"),
        Figure("… bare COPY + merge, time as a share of it", ratios, "x", 0.5),
        Figure("… the same file again, how much faster", speed, "x", 5),
    ]


async def _others(site: Site) -> list[Figure]:
    book = site.home / "products.xlsx"
    write_workbook(book, ROWS, 20)
    workbook = await site.run(await site.merchant(), book)
    book.unlink()
    file = site.home / "many.csv"
    write_csv(file, MANY_ROWS)
    many = await site.run(await site.merchant(), file)
    return [
        Figure(
            "import: XLSX of 100,000 x 20",
            Spread((workbook.seconds,)),
            "s",
            20,
            higher_is_better=False,
            note=f"{workbook.rss_mb:,.0f} MB",
        ),
        Figure(
            "import: 1,000,000 products, CSV",
            Spread((many.seconds,)),
            "s",
            150,
            higher_is_better=False,
        ),
        Figure("… memory at most", Spread((many.rss_mb,)), "MB", 400, higher_is_better=False),
    ]


async def _with_orders(site: Site, orders: SteadyOrders) -> list[Figure]:
    """Orders at a steady rate: in turns with nothing else, and while a file is imported."""
    file = site.home / "products.csv"
    alone, meanwhile = [], []
    for _ in range(_ROUNDS):
        merchant_id = await site.merchant()
        alone.append(percentile(await orders.during(asyncio.sleep(0)), 0.95))
        meanwhile.append(percentile(await orders.during(site.run(merchant_id, file)), 0.95))
    ratios = Spread(tuple(m / a for m, a in zip(meanwhile, alone, strict=True)))
    name = "… an order placed meanwhile, p95 as a multiple of that without"
    return [
        Figure(name, ratios, "x", 1.5, higher_is_better=False),
        Figure("… p95 without an import", Spread(tuple(1000 * s for s in alone)), "ms"),
        Figure("… p95 meanwhile", Spread(tuple(1000 * s for s in meanwhile)), "ms"),
    ]
