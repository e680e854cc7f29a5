"""Products from a file: chunks of thousands, decided in Python and merged by the database.

While the database merges one chunk, the next is read and decided about. What somebody else changes
in between is noticed by its version, and is decided about again.
"""

import asyncio
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from services.catalog.domain.imports.deciding import (
    Decision,
    Rules,
    Undecided,
    decide_all,
    refused_options,
)
from services.catalog.domain.imports.digests import RowDigests
from services.catalog.domain.imports.documents import RowDocument, documents
from services.catalog.domain.imports.job import Counts, Import, Mode
from services.catalog.domain.imports.mapping import ColumnMapping
from services.catalog.domain.imports.outcomes import Outcome
from services.catalog.domain.imports.rows import SheetRow
from services.catalog.domain.imports.together import RowsTogether
from services.catalog.domain.products.product import StoredProduct
from services.catalog.domain.products.search_words import SearchWords, search_words, searched
from services.catalog.domain.products.variants import KnownParent, OptionsKey, clashes
from services.catalog.repository import parents
from services.catalog.repository import products as products_repository
from services.catalog.repository.imports import products as repository
from services.catalog.repository.imports.products import KeyedRows
from services.catalog.use_cases.imports.taking import Chunk
from services.catalog.use_cases.media import note_media
from services.catalog.use_cases.types import known_types
from shared.db import Database, UnitOfWork
from shared.kernel.errors import Unavailable

CHUNK_ROWS: Final = 5000
# How often one chunk is decided about again, because others write the same products.
_ROUNDS_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class Prepared:
    """`known`: rows from which their products came as they are now. `variants`: decided about when
    their parents are locked.
    """

    decisions: Sequence[Decision]
    variants: Sequence[Undecided]
    rules: Rules
    known: int
    line: int


class PlannedOptions:
    """Which variants would have which options after the chunks that a check has seen: the database
    does not know. Of options there is only a hash, because a file may have a million variants.
    """

    def __init__(self) -> None:
        self._holders: dict[int, str] = {}
        # Variants that are there already, and would be moved.
        self._moved: dict[str, int] = {}

    def note(self, decisions: Sequence[Decision]) -> None:
        for one in decisions:
            if one.product is None or one.product.variant is None:
                continue
            key = hash(one.product.variant.key)
            self._holders[key] = one.sku
            if one.present is not None:
                self._moved[one.sku] = key

    def over(
        self, taken: Mapping[OptionsKey, str], wanted: Iterable[OptionsKey]
    ) -> dict[OptionsKey, str]:
        """Whose the wanted options would be."""
        planned = [(key, self._holders.get(hash(key))) for key in wanted]
        found = [*taken.items(), *((key, sku) for key, sku in planned if sku is not None)]
        moved = self._moved
        return {key: sku for key, sku in found if moved.get(sku, hash(key)) == hash(key)}


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
        self._together = RowsTogether(mapping, empty=self._empty)
        self._chunk = Chunk(CHUNK_ROWS)
        # What a check would have written of parents.
        self.planned_parents: dict[str, KnownParent] = {}
        self._planned_options = PlannedOptions()

    def take(self, rows: Iterator[SheetRow]) -> list[SheetRow]:
        return self._chunk.take(rows)

    async def prepare(self, rows: list[SheetRow]) -> Prepared:
        keyed = await asyncio.to_thread(self._keyed, rows)
        async with self._db.read(self._tenant) as reader:
            known = await repository.find_known_rows(reader, keyed, tenant=self._tenant)
        # Each of a file that only creates has to be refused.
        same = known.same if self._rules.mode is not Mode.CREATE else frozenset()
        left = [row for number, row in enumerate(rows) if number not in same] if same else rows
        if not left:
            return Prepared((), (), self._rules, len(same), rows[-1].line)
        by_sku = await asyncio.to_thread(self._by_sku, left)
        there = known.same | known.others
        new = {sku for n, sku in zip(keyed.numbers, keyed.skus, strict=True) if n not in there}
        present, rules = await self._present(by_sku, new)
        digests = dict(zip(keyed.skus, keyed.digests, strict=True))
        undecided = [
            Undecided(sku, found, present.get(sku), digests.get(sku))
            for sku, found in by_sku.items()
        ]
        variants = [one for one in undecided if one.is_variant]
        plain = [one for one in undecided if not one.is_variant] if variants else undecided
        decisions = await asyncio.to_thread(decide_all, plain, rules)
        return Prepared(decisions, variants, rules, len(same), rows[-1].line)

    async def check(self, uow: UnitOfWork, prepared: Prepared, *, now: datetime) -> Outcome:
        del now
        variants = await self._variants(uow, prepared.variants, prepared.rules)
        self._planned_options.note(variants)
        return _outcome(prepared, [*prepared.decisions, *variants])

    async def write(self, uow: UnitOfWork, prepared: Prepared, *, now: datetime) -> Outcome:
        # Parents are locked before products.
        variants = await self._variants(uow, prepared.variants, prepared.rules)
        decisions = [*prepared.decisions, *variants]
        settled = [one for one in decisions if one.product is None]
        pending = [one for one in decisions if one.product is not None]
        for _ in range(_ROUNDS_MAX):
            if not pending:
                return _outcome(prepared, settled)
            written = await repository.merge_products(
                uow, pending, tenant=self._tenant, import_id=self._import_id, now=now
            )
            saved = [one for one in pending if one.sku in written]
            await self._words(uow, saved, written, now)
            media = [m for one in saved if one.product for m in one.product.details.media]
            if media:
                await note_media(uow, tenant=self._tenant, media=media, now=now)
            settled += saved
            overtaken = [one for one in pending if one.sku not in written]
            pending = await self._again(uow, overtaken, prepared.rules)
            settled += [one for one in pending if one.product is None]
            pending = [one for one in pending if one.product is not None]
        raise Unavailable

    async def _words(
        self, uow: UnitOfWork, written: Sequence[Decision], ids: Mapping[str, str], now: datetime
    ) -> None:
        """By which the products are found: made now, or outdated to be made later."""
        if not self._makes_words:
            changed = [one for one in written if one.present is not None and _has_new_words(one)]
            if changed:
                await repository.outdate_words(uow, ids=[ids[one.sku] for one in changed])
        elif new := [one for one in written if _has_new_words(one)]:
            products = [self._stored(one, ids[one.sku], now) for one in new]
            words = await asyncio.to_thread(self._words_of, products)
            await products_repository.write_words(uow, products, words)

    def _words_of(self, products: Sequence[StoredProduct]) -> list[SearchWords]:
        # The dictionary takes half a second to load, and large files do without.
        from services.catalog.clients.pinyin import initials_of  # noqa: PLC0415

        return [search_words(one.product, self._tenant, initials_of) for one in products]

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
        undecided = [
            Undecided(one.sku, one.rows, present.get(one.sku), one.digest) for one in overtaken
        ]
        variants = [one for one in undecided if one.is_variant]
        plain = decide_all([one for one in undecided if not one.is_variant], rules)
        return [*plain, *await self._variants(uow, variants, rules)]

    async def _variants(
        self, uow: UnitOfWork, undecided: Sequence[Undecided], rules: Rules
    ) -> list[Decision]:
        """Decided about with their parents locked. Two may change places."""
        if not undecided:
            return []
        skus = {sku for one in undecided for sku in _parents_of(one)}
        found = await parents.lock_for_variants(uow, tenant=self._tenant, skus=skus)
        found |= self.planned_parents
        rules = replace(rules, known=replace(rules.known, parents=found))
        decisions = decide_all(undecided, rules)
        # The options as decided: what is no axis of the parent has been left out of them.
        wanted = [one.product.variant for one in decisions if one.product and one.product.variant]
        taken = await parents.taken_options(uow, tenant=self._tenant, variants=wanted)
        taken = self._planned_options.over(taken, [variant.key for variant in wanted])
        clashing = clashes([(one.sku, _options_of(one)) for one in decisions], taken)
        return [
            one if one.sku not in clashing else refused_options(one, clashing[one.sku], rules)
            for one in decisions
        ]

    def _keyed(self, rows: Sequence[SheetRow]) -> KeyedRows:
        """Rows that may be known: each is the only row of its SKU in the chunk."""
        skus = [self._digests.sku_of(row) for row in rows]
        counts = Counter(skus)
        found = [
            (number, sku, digest)
            for number, (sku, digest) in enumerate(zip(skus, self._digests.of(rows), strict=True))
            if sku is not None and counts[sku] == 1
        ]
        return KeyedRows(*zip(*found, strict=True)) if found else KeyedRows((), (), ())

    def _by_sku(self, rows: Sequence[SheetRow]) -> dict[str, list[RowDocument]]:
        """A row without a SKU stands alone, under a name that is no SKU."""
        by_sku: dict[str, list[RowDocument]] = {}
        read = self._together.reader_of(rows)
        for row in documents(rows, self._mapping, empty=self._empty, read=read):
            sku = row.document.get("sku")
            key = sku if isinstance(sku, str) else f"\0{row.line}"
            by_sku.setdefault(key, []).append(row)
        return by_sku

    async def _present(
        self, by_sku: Mapping[str, Sequence[RowDocument]], new: Container[str]
    ) -> tuple[dict[str, StoredProduct], Rules]:
        """The products that are there, and the rules with all that the rows may refer to. `new`:
        SKUs that are not there.
        """
        named = [sku for sku in by_sku if sku not in new and "\0" not in sku]
        async with self._db.read(self._tenant) as reader:
            present = await products_repository.list_by_sku(reader, tenant=self._tenant, skus=named)
            given = [row.document.get("product_type") for rows in by_sku.values() for row in rows]
            codes = {code for code in given if isinstance(code, str)}
            codes |= {p.product.product_type for p in present.values() if p.product.product_type}
            types = await known_types(reader, codes)
        return present, replace(self._rules, known=replace(self._rules.known, types=types))


def _parents_of(one: Undecided) -> Iterator[str]:
    """SKUs of those that have a say in it."""
    if one.present is not None and one.present.product.variant is not None:
        yield one.present.product.variant.parent_sku
    for row in one.rows:
        if isinstance(sku := row.document.get("parent_sku"), str):
            yield sku


def _options_of(one: Decision) -> OptionsKey | None:
    """Those that the product has after the decision."""
    product = one.product or (None if one.present is None else one.present.product)
    return None if product is None or product.variant is None else product.variant.key


def _has_new_words(one: Decision) -> bool:
    before = one.present
    assert one.product is not None
    return before is None or searched(before.product) != searched(one.product)


def _outcome(prepared: Prepared, decisions: Sequence[Decision]) -> Outcome:
    known = Counts(read=prepared.known, unchanged=prepared.known)
    counts = Counts.total([known, *[one.counts for one in decisions]])
    findings = [finding for one in decisions for finding in one.findings]
    findings.sort(key=lambda finding: finding.line)
    return Outcome(counts, tuple(findings), prepared.line)
