"""Products from a file: chunks of thousands, decided in Python and merged by the database.

While the database merges one chunk, the next is read and decided about. What somebody else changes
in between is noticed by its version, and is decided about again.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from services.catalog.clients.pinyin import initials_of
from services.catalog.domain.imports.deciding import Decision, Rules, decide
from services.catalog.domain.imports.digests import RowDigests
from services.catalog.domain.imports.documents import RowDocument, documents
from services.catalog.domain.imports.job import Counts, Import, Mode
from services.catalog.domain.imports.mapping import ColumnMapping
from services.catalog.domain.imports.outcomes import Outcome
from services.catalog.domain.imports.rows import SheetRow
from services.catalog.domain.products.product import StoredProduct
from services.catalog.domain.products.search_words import search_words, searched
from services.catalog.repository import products as products_repository
from services.catalog.repository.imports import products as repository
from services.catalog.repository.imports.products import Keyed
from services.catalog.use_cases.imports.taking import Chunk
from services.catalog.use_cases.types import known_types
from shared.db import Database, UnitOfWork
from shared.kernel.errors import Unavailable

CHUNK_ROWS: Final = 5000
# How often one chunk is decided about again, because others write the same products.
_ROUNDS_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class Prepared:
    """`known`: rows from which their products came as they are now."""

    decisions: Sequence[Decision]
    rules: Rules
    known: int
    line: int


class ProductRows:
    """Takes rows of products."""

    def __init__(self, db: Database, one: Import, mapping: ColumnMapping, rules: Rules) -> None:
        # To make the words takes longer than all the rest: a large file leaves that for later.
        total = one.progress.rows_total
        self._makes_words = total is not None and total <= CHUNK_ROWS
        self._db = db
        self._tenant = one.merchant_id
        self._import_id = one.id
        self._mapping = mapping
        self._rules = rules
        self._empty = one.options.empty
        self._digests = RowDigests(mapping, empty=self._empty)
        self._chunk = Chunk(CHUNK_ROWS)

    def take(self, rows: Iterator[SheetRow]) -> list[SheetRow]:
        return self._chunk.take(rows)

    async def prepare(self, rows: list[SheetRow]) -> Prepared:
        keyed = await asyncio.to_thread(self._keyed, rows)
        same = await self._same(keyed)
        digests = {one.sku: one.digest for one in keyed}
        left = [row for number, row in enumerate(rows) if number not in same] if same else rows
        by_sku = await asyncio.to_thread(self._by_sku, left)
        present, rules = await self._present(by_sku)
        decisions = await asyncio.to_thread(_decided, by_sku, present, digests, rules)
        return Prepared(decisions, rules, len(same), rows[-1].line)

    def outcome(self, prepared: Prepared) -> Outcome:
        return _outcome(prepared, prepared.decisions)

    async def write(self, uow: UnitOfWork, prepared: Prepared, *, now: datetime) -> Outcome:
        settled = [one for one in prepared.decisions if one.product is None]
        pending = [one for one in prepared.decisions if one.product is not None]
        for _ in range(_ROUNDS_MAX):
            if not pending:
                return _outcome(prepared, settled)
            written = await repository.merge_products(
                uow, pending, tenant=self._tenant, import_id=self._import_id, now=now
            )
            await self._words(uow, [one for one in pending if one.sku in written], written, now)
            settled += [one for one in pending if one.sku in written]
            overtaken = [one for one in pending if one.sku not in written]
            pending = await self._again(uow, overtaken, prepared.rules)
            settled += [one for one in pending if one.product is None]
            pending = [one for one in pending if one.product is not None]
        raise Unavailable

    async def _words(
        self, uow: UnitOfWork, written: Sequence[Decision], ids: Mapping[str, str], now: datetime
    ) -> None:
        """By which the products are found: made now, or outdated to be made later."""
        new = [one for one in written if _has_new_words(one)]
        if self._makes_words and new:
            products = [self._stored(one, ids[one.sku], now) for one in new]
            words = await asyncio.to_thread(
                lambda: [search_words(p.product, self._tenant, initials_of) for p in products]
            )
            await products_repository.write_words(uow, products, words)
        elif outdated := [ids[one.sku] for one in new if one.present is not None]:
            await repository.outdate_words(uow, ids=outdated)

    def _stored(self, one: Decision, product_id: str, now: datetime) -> StoredProduct:
        assert one.product is not None
        if one.present is not None:
            return one.present.changed_to(one.product, type_version=one.type_version, now=now)
        return StoredProduct(product_id, self._tenant, one.product, 1, now, now, one.type_version)

    async def _again(
        self, uow: UnitOfWork, overtaken: Sequence[Decision], rules: Rules
    ) -> list[Decision]:
        if not overtaken:
            return []
        present = await products_repository.list_by_sku(
            uow, tenant=self._tenant, skus=[one.sku for one in overtaken]
        )
        return [
            decide(one.sku, one.rows, present.get(one.sku), rules, digest=one.digest)
            for one in overtaken
        ]

    def _keyed(self, rows: Sequence[SheetRow]) -> list[Keyed]:
        """Rows that may be known: each with the only row of its SKU in the chunk."""
        skus = [self._digests.sku_of(row) for row in rows]
        counts = Counter(skus)
        digest_of = self._digests.digest_of
        return [
            Keyed(number, sku, digest_of(row))
            for number, (sku, row) in enumerate(zip(skus, rows, strict=True))
            if sku is not None and counts[sku] == 1
        ]

    async def _same(self, keyed: Sequence[Keyed]) -> set[int]:
        if not keyed or self._rules.mode is Mode.CREATE:
            return set()
        async with self._db.read(self._tenant) as reader:
            return await repository.find_same_rows(reader, keyed, tenant=self._tenant)

    def _by_sku(self, rows: Sequence[SheetRow]) -> dict[str, list[RowDocument]]:
        """A row without a SKU stands alone, under a name that is no SKU."""
        by_sku: dict[str, list[RowDocument]] = {}
        for row in documents(rows, self._mapping, empty=self._empty):
            sku = row.document.get("sku")
            key = sku if isinstance(sku, str) else f"\0{row.line}"
            by_sku.setdefault(key, []).append(row)
        return by_sku

    async def _present(
        self, by_sku: Mapping[str, Sequence[RowDocument]]
    ) -> tuple[dict[str, StoredProduct], Rules]:
        """The products that are there, and the rules with all that the rows may refer to."""
        named = [sku for sku in by_sku if "\0" not in sku]
        async with self._db.read(self._tenant) as reader:
            present = await products_repository.list_by_sku(reader, tenant=self._tenant, skus=named)
            given = [row.document.get("product_type") for rows in by_sku.values() for row in rows]
            codes = {code for code in given if isinstance(code, str)}
            codes |= {p.product.product_type for p in present.values() if p.product.product_type}
            types = await known_types(reader, codes)
        return present, replace(self._rules, known=replace(self._rules.known, types=types))


def _decided(
    by_sku: Mapping[str, Sequence[RowDocument]],
    present: Mapping[str, StoredProduct],
    digests: Mapping[str, int],
    rules: Rules,
) -> list[Decision]:
    return [
        decide(sku, rows, present.get(sku), rules, digest=digests.get(sku))
        for sku, rows in by_sku.items()
    ]


def _has_new_words(one: Decision) -> bool:
    before = one.present
    assert one.product is not None
    return before is None or searched(before.product) != searched(one.product)


def _outcome(prepared: Prepared, decisions: Sequence[Decision]) -> Outcome:
    counts = Counts(read=prepared.known, unchanged=prepared.known)
    for one in decisions:
        counts = counts.plus(one.counts)
    findings = [finding for one in decisions for finding in one.findings]
    findings.sort(key=lambda finding: finding.line)
    return Outcome(counts, tuple(findings), prepared.line)
