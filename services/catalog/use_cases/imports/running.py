"""One import in a process of its own, from the line at which the last process left it.

A chunk of rows is a transaction: rows, events, findings and the line reached. So a process that is
killed has lost nothing and doubles nothing. Two processes cannot work on one import: each has the
number of its attempt, and only the latest gets a chunk through.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

from services.catalog.clients.sheets import Sheet, SheetEmpty, SheetLimits
from services.catalog.clients.sheets import open_sheet as open_file
from services.catalog.domain.imports.deciding import ReadNewProducts, ReadProduct, Rules
from services.catalog.domain.imports.digests import shape_hash
from services.catalog.domain.imports.headers import match_columns
from services.catalog.domain.imports.job import (
    Columns,
    Failure,
    Import,
    ImportFileMissing,
    ImportRejected,
    Policy,
    Stage,
    State,
)
from services.catalog.domain.imports.mapping import ColumnMapping
from services.catalog.domain.imports.outcomes import Blame, Finding, of_cell
from services.catalog.domain.imports.rows import ImportKind, SheetRow
from services.catalog.domain.imports.texts import shown
from services.catalog.domain.imports.useless_columns import types_named, without_types
from services.catalog.domain.products.product import Known
from services.catalog.domain.reference import Reference
from services.catalog.events.imports import import_finished
from services.catalog.repository.imports import findings as found
from services.catalog.repository.imports import jobs
from services.catalog.repository.types import current_versions
from services.catalog.use_cases.imports.families import FamilyRows, ReadParent
from services.catalog.use_cases.imports.orders import OrderRows, ReadOrder
from services.catalog.use_cases.imports.prices import PriceRows, ReadPrice
from services.catalog.use_cases.imports.products import ProductRows
from services.catalog.use_cases.imports.stock import ReadStock, StockRows
from services.catalog.use_cases.imports.taking import Taker
from shared.db import Database, UnitOfWork
from shared.kernel.clock import Clock, monotonic_s
from shared.kernel.errors import Invalid, TooLarge, Unavailable
from shared.kernel.identity import PARK
from shared.telemetry import get_logger

log = get_logger(__name__)

T = TypeVar("T")

# Several in the time of a lease: one may be late where processors are scarce.
_HEARTBEAT_S: Final = 2.0
_PAUSES_S: Final = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 10.0, 15.0, 15.0)
_SAMPLES: Final = 3
_WORDS_AT_ONCE: Final = 1000


class TakenOver(Exception):
    """Another process works on the import now."""


@dataclass(frozen=True)
class Readers:
    """Documents of rows as what the rules are about. Each raises Invalid."""

    product: ReadProduct
    new_products: ReadNewProducts
    parent: ReadParent
    stock: ReadStock
    price: ReadPrice
    order: ReadOrder


@dataclass(frozen=True)
class Tools:
    """What a run needs besides the database. `spool`: the folder of the files."""

    db: Database
    clock: Clock
    spool: Path
    reference: Reference
    readers: Readers
    limits: SheetLimits = field(default_factory=SheetLimits)


async def run_import(tools: Tools, import_id: str) -> State | None:
    """Works until the import has ended or waits for somebody. Returns its state then; None if
    another process has taken it over.
    """
    async with tools.db.read(PARK) as reader:
        one = await jobs.read_import(reader, import_id=import_id)
    work = asyncio.create_task(_Run(tools, one).run())
    lease = asyncio.create_task(_keep_lease(tools.db, one))
    try:
        await asyncio.wait({work, lease}, return_when=asyncio.FIRST_COMPLETED)
        # An import that has ended has no lease any more.
        return work.result() if work.done() else lease.result()
    except TakenOver:
        return None
    finally:
        work.cancel()
        lease.cancel()
        await asyncio.gather(work, lease, return_exceptions=True)


async def make_words(db: Database) -> None:
    """By which products are found, for all that have none or outdated ones: after a large file."""
    # It loads a large dictionary.
    from services.catalog.use_cases.products import make_search_words  # noqa: PLC0415

    after_id: str | None = ""
    while after_id is not None:
        async with db.transaction(PARK) as uow:
            after_id = await make_search_words(uow, after_id=after_id, rows_max=_WORDS_AT_ONCE)


class _Run:
    def __init__(self, tools: Tools, one: Import) -> None:
        self._tools = tools
        self._db = tools.db
        self._one = one
        self._saved_at_s = monotonic_s()

    async def run(self) -> State:
        if self._one.state is State.CANCELLING:
            return await self._end(State.CANCELLED)
        try:
            sheet = await asyncio.to_thread(self._open)
            mapping = await self._mapped(sheet)
            if not mapping.usable:
                return await self._end(State.NEEDS_MAPPING)
            return await self._stages(sheet, mapping)
        except (Invalid, TooLarge) as refusal:
            return await self._end(State.FAILED, Failure.of(refusal))

    def _open(self) -> Sheet:
        path = self._tools.spool / self._one.file.file
        if not path.is_file():
            raise ImportFileMissing
        return open_file(path, filename=self._one.file.name, limits=self._tools.limits)

    async def _stages(self, sheet: Sheet, mapping: ColumnMapping) -> State:
        taker = self._taker(sheet, mapping)
        header_line = sheet.shape.header_line
        if self._one.progress.stage is Stage.CHECKING:
            if await self._take_all(sheet, taker):
                return await self._end(State.CANCELLED)
            failed = self._one.progress.counts.failed
            if self._one.options.policy is Policy.REJECT_EVERYTHING and failed:
                refusal = ImportRejected(failed=failed)
                return await self._end(State.FAILED, Failure.of(refusal))
            if self._one.options.is_dry_run:
                return await self._end(State.DONE)
            await self._patiently(self._begin_writing, header_line, mapping)
        if await self._take_all(sheet, taker):
            return await self._end(State.CANCELLED)
        return await self._end(State.DONE)

    def _taker(self, sheet: Sheet, mapping: ColumnMapping) -> Taker[Any]:
        options, tools = self._one.options, self._tools
        if options.kind is ImportKind.STOCK:
            return StockRows(self._db, self._one, mapping, tools.readers.stock)
        if options.kind is ImportKind.PRICES:
            return PriceRows(self._db, self._one, mapping, tools.readers.price)
        if options.kind is ImportKind.ORDERS:
            return OrderRows(
                self._db,
                self._one,
                mapping,
                read_order=tools.readers.order,
                reference=tools.reference,
            )
        rules = Rules(
            tools.readers.product,
            tools.readers.new_products,
            Known(tools.reference.hs_subheadings),
            Blame(mapping),
            options.policy,
            options.mode,
        )
        products = ProductRows(self._db, self._one, mapping, rules)
        return FamilyRows(
            products,
            self._one,
            mapping,
            rules,
            read_parent=tools.readers.parent,
            all_rows=sheet.rows,
        )

    async def _take_all(self, sheet: Sheet, taker: Taker[Any]) -> bool:
        """True: somebody has cancelled it. The next chunk is prepared while one is written."""
        rows = sheet.rows(after_line=self._one.progress.line)
        ahead = asyncio.create_task(self._prepared(taker, rows))
        try:
            while (prepared := await ahead) is not None:
                ahead = asyncio.create_task(self._prepared(taker, rows))
                await self._patiently(self._save, taker, prepared)
                if self._one.state is State.CANCELLING:
                    return True
        finally:
            ahead.cancel()
            await asyncio.gather(ahead, return_exceptions=True)
        return False

    async def _prepared(self, taker: Taker[Any], rows: Iterator[SheetRow]) -> object | None:
        """The next chunk, None at the end of the file."""
        taken = await asyncio.to_thread(taker.take, rows)
        return await self._patiently(taker.prepare, taken) if taken else None

    async def _save(self, taker: Taker[Any], prepared: object) -> None:
        """What becomes of a chunk, and that it is done, in one transaction."""
        one, now = self._one, self._tools.clock.now()
        act = taker.check if one.progress.stage is Stage.CHECKING else taker.write
        async with self._db.transaction(one.merchant_id) as uow:
            outcome = await act(uow, prepared, now=now)
            await self._add(uow, outcome.findings)
            saved_at_s = monotonic_s()
            worked_ms = round((saved_at_s - self._saved_at_s) * 1000)
            after = await jobs.advance(
                uow, one, outcome.counts, line=outcome.line, worked_ms=worked_ms
            )
            after = _ours(after)
        self._one, self._saved_at_s = after, saved_at_s

    async def _mapped(self, sheet: Sheet) -> ColumnMapping:
        """Which column is what, and says so in the import."""
        one, shape = self._one, sheet.shape
        async with self._db.read(one.merchant_id) as reader:
            remembered = await found.find_mapping(reader, one, shape_hash=shape_hash(shape))
        chosen = {**remembered.targets, **one.columns.chosen}
        constants = {**remembered.constants, **one.columns.constants}
        sample = await asyncio.to_thread(lambda: sheet.sample)
        if not sample:
            raise SheetEmpty
        mapping = match_columns(
            shape.columns,
            one.options.kind,
            chosen,
            sample=sample,
            constants=constants,
        )
        mapping = await self._with_own_types(mapping, sample, chosen)
        mapping = replace(mapping, findings=(*sheet.findings, *mapping.findings))
        columns = replace(_columns(mapping, sample), chosen=chosen, constants=constants)
        await self._patiently(self._record_shape, sheet, columns, mapping)
        self._saved_at_s = monotonic_s()
        return mapping

    async def _with_own_types(
        self, mapping: ColumnMapping, sample: Sequence[SheetRow], chosen: Collection[str]
    ) -> ColumnMapping:
        """Shops have types of their own."""
        if not (named := types_named(mapping, sample, chosen)):
            return mapping
        async with self._db.read(self._one.merchant_id) as reader:
            known = await current_versions(reader, named)
        return mapping if known else without_types(mapping, named[0])

    async def _record_shape(self, sheet: Sheet, columns: Columns, mapping: ColumnMapping) -> None:
        one, shape = self._one, sheet.shape
        stored = {
            "format": shape.format.value,
            "encoding": shape.encoding,
            "delimiter": shape.delimiter,
            "sheet": shape.sheet,
            "header_line": shape.header_line,
            "hash": shape_hash(shape),
        }
        async with self._db.transaction(one.merchant_id) as uow:
            after = await jobs.record_shape(
                uow,
                one,
                columns,
                shape=stored,
                rows_total=sheet.rows_total,
                line=shape.header_line,
            )
            after = _ours(after)
            if one.progress.line <= shape.header_line:
                await self._tell_of_columns(uow, mapping)
        self._one = after

    async def _begin_writing(self, line: int, mapping: ColumnMapping) -> None:
        one = self._one
        async with self._db.transaction(one.merchant_id) as uow:
            after = _ours(await jobs.begin_writing(uow, one, line=line))
            await self._tell_of_columns(uow, mapping)
        self._one = after

    async def _tell_of_columns(self, uow: UnitOfWork, mapping: ColumnMapping) -> None:
        """Before any row: what was found in an earlier stage is forgotten."""
        await found.forget_findings(uow, import_id=self._one.id)
        await self._add(uow, [of_cell(finding) for finding in mapping.findings])

    async def _add(self, uow: UnitOfWork, findings: Sequence[Finding]) -> None:
        one = self._one
        await found.add_findings(uow, findings, tenant=one.merchant_id, import_id=one.id)

    async def _end(self, state: State, failure: Failure | None = None) -> State:
        return await self._patiently(self._record_end, state, failure)

    async def _record_end(self, state: State, failure: Failure | None) -> State:
        one, now = self._one, self._tools.clock.now()
        async with self._db.transaction(one.merchant_id) as uow:
            if not await jobs.end_import(uow, one, state, failure=failure, now=now):
                raise TakenOver
            if state.is_final and not one.options.is_dry_run:
                uow.outbox.add(
                    import_finished(one, state, now=now), subject=one.id, version=1, at=now
                )
        log.info("import ended", import_id=self._one.id, state=state.value)
        return state

    async def _patiently(self, act: Callable[..., Awaitable[T]], *arguments: Any) -> T:
        """Tries again while the database is away or others hold its locks."""
        for pause_s in _PAUSES_S:
            try:
                return await act(*arguments)
            except Unavailable as refusal:
                log.warning("import waits", import_id=self._one.id, error=str(refusal))
                await asyncio.sleep(pause_s)
        return await act(*arguments)


def _ours(after: Import | None) -> Import:
    if after is None:
        raise TakenOver
    return after


def _columns(mapping: ColumnMapping, sample: tuple[SheetRow, ...]) -> Columns:
    targets = dict.fromkeys(mapping.names, "") | mapping.remembered
    samples: dict[str, list[str]] = {}
    for index, name in enumerate(mapping.names):
        values = (shown(row.cells[index]) for row in sample if index < len(row.cells))
        samples[name] = list(dict.fromkeys(value for value in values if value))[:_SAMPLES]
    return Columns(mapping.names, targets, samples=samples, candidates=mapping.candidates)


async def _keep_lease(db: Database, one: Import) -> NoReturn:
    """Raises TakenOver once the import is not ours."""
    while True:
        await asyncio.sleep(_HEARTBEAT_S)
        with suppress(Unavailable):
            async with db.transaction(one.merchant_id) as uow:
                is_ours = await jobs.keep_lease(uow, one)
            if not is_ours:
                # If it has just ended, this is not needed any more.
                await asyncio.sleep(_HEARTBEAT_S)
                raise TakenOver
