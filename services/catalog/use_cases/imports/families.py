"""Products of a file with their parents: those that the file has rows of, and those that are made
of their first variants. The products themselves are the work of `ProductRows`.

Parents of a chunk come before its products, because products are checked against them.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.catalog.domain.imports.deciding import Rules, Undecided, decide
from services.catalog.domain.imports.documents import RowDocument, documents
from services.catalog.domain.imports.families import in_families, is_sum
from services.catalog.domain.imports.fault_kinds import ROW_SUM
from services.catalog.domain.imports.findings import RowFinding, Severity
from services.catalog.domain.imports.job import Counts, Import, Mode, Parents, Policy
from services.catalog.domain.imports.mapping import ColumnMapping
from services.catalog.domain.imports.outcomes import Finding, Outcome, errors_of, of_cell
from services.catalog.domain.imports.parent_rows import (
    as_parent,
    ignored_parent,
    parent_made,
    parent_of_variant,
    refusal_of_mode,
)
from services.catalog.domain.imports.rows import SheetRow, Subject
from services.catalog.domain.parents.parent import Parent, StoredParent, parent_problems
from services.catalog.domain.products.variants import KnownParent
from services.catalog.domain.types.attributes import KnownType
from services.catalog.repository import parents as repository
from services.catalog.use_cases.imports.products import Prepared, ProductRows
from services.catalog.use_cases.parents import add_parent, change_parent, refuse_axes_in_use
from services.catalog.use_cases.types import known_types
from shared.db import UnitOfWork
from shared.kernel.errors import AirlaneError, refuse
from shared.kernel.json import JsonObject

# The parent that a row's document makes of the one that is there. Raises Invalid.
ReadParent = Callable[[JsonObject, Parent | None], Parent]


@dataclass(frozen=True, slots=True)
class ParentRow:
    """`is_counted`: it is a row of the file by itself."""

    row: RowDocument
    is_counted: bool

    @property
    def sku(self) -> str:
        sku = self.row.document.get("sku")
        return sku if isinstance(sku, str) else ""


@dataclass(frozen=True, slots=True)
class Families:
    """A chunk. `pictures`: rows that have only pictures of other rows' products. `sums`: lines of
    rows that add up others.
    """

    products: Prepared | None
    parents: Sequence[ParentRow]
    pictures: int
    sums: Sequence[int]
    line: int


@dataclass(slots=True)
class _Settling:
    """Parents by SKU as they are while those of a chunk are worked on, and what to tell."""

    stored: dict[str, StoredParent]
    types: Mapping[str, KnownType]
    now: datetime
    writes: bool
    counts: Counts
    findings: list[Finding]


class FamilyRows:
    """Takes rows of products."""

    def __init__(
        self,
        products: ProductRows,
        one: Import,
        mapping: ColumnMapping,
        rules: Rules,
        *,
        read_parent: ReadParent,
        all_rows: Callable[[], Iterator[SheetRow]],
    ) -> None:
        self._products = products
        self._tenant = one.merchant_id
        self._options = one.options
        self._mapping = mapping
        self._rules = rules
        self._sku_at = next((one.index for one in mapping.columns if one.path == "sku"), None)
        self._read_parent = read_parent
        self._all_rows = all_rows
        self._source: Iterator[SheetRow] | None = None
        self._rows: Iterator[SheetRow] = iter(())
        # Of a check: what it would have written, and the line of the chunk that it was for.
        self._planned: dict[str, tuple[int, StoredParent]] = {}

    def take(self, rows: Iterator[SheetRow]) -> list[SheetRow]:
        if rows is not self._source:
            self._source = rows
            self._rows = in_families(rows, self._mapping, self._all_rows)
        return self._products.take(self._rows)

    async def prepare(self, rows: list[SheetRow]) -> Families:
        goods: list[SheetRow] = []
        parents: list[SheetRow] = []
        sums: list[int] = []
        pictures = 0
        for row in rows:
            subject = Subject.PRODUCT if row.part is None else row.part.subject
            if subject is Subject.PRODUCT and is_sum(row, self._sku_at):
                sums.append(row.line)
            elif subject is Subject.PRODUCT:
                goods.append(row)
            elif subject is Subject.PARENT:
                parents.append(row)
            else:
                pictures += 1
        read = await asyncio.to_thread(self._parent_rows, parents) if parents else []
        prepared = await self._products.prepare(goods) if goods else None
        return Families(prepared, read, pictures, sums, rows[-1].line)

    def _parent_rows(self, rows: Sequence[SheetRow]) -> list[ParentRow]:
        read = documents(rows, self._mapping, empty=self._options.empty)
        return [
            ParentRow(as_parent(document), not (row.part is not None and row.part.is_extra))
            for row, document in zip(rows, read, strict=True)
        ]

    async def check(self, uow: UnitOfWork, prepared: Families, *, now: datetime) -> Outcome:
        settling = await self._settled(uow, prepared, now=now, writes=False)
        known = {sku: stored.parent.known() for sku, (_, stored) in self._planned.items()}
        self._products.planned_parents = known
        products = self._with_parents(prepared, settling)
        done = None if products is None else await self._products.check(uow, products, now=now)
        return _outcome(prepared, settling, done)

    async def write(self, uow: UnitOfWork, prepared: Families, *, now: datetime) -> Outcome:
        settling = await self._settled(uow, prepared, now=now, writes=True)
        products = self._with_parents(prepared, settling)
        done = None if products is None else await self._products.write(uow, products, now=now)
        return _outcome(prepared, settling, done)

    async def _settled(
        self, uow: UnitOfWork, prepared: Families, *, now: datetime, writes: bool
    ) -> _Settling:
        """Locks all parents that the chunk names, in the order of their SKUs."""
        variants = () if prepared.products is None else prepared.products.variants
        named = {one.sku for one in prepared.parents} | {sku for v in variants for sku in _names(v)}
        named -= {""}
        stored: dict[str, StoredParent] = {}
        if named:
            stored = await repository.lock_parents(uow, tenant=self._tenant, skus=named)
        stored |= {sku: one for sku, (line, one) in self._planned.items() if line < prepared.line}
        codes = {one.row.document.get("product_type") for one in prepared.parents}
        codes |= {one.parent.product_type for one in stored.values()}
        types = await known_types(uow, {code for code in codes if isinstance(code, str)})
        known = {} if prepared.products is None else prepared.products.rules.known.types
        settling = _Settling(stored, {**known, **types}, now, writes, Counts(), [])
        for one in prepared.parents:
            await self._take_parent(uow, one, settling, prepared.line)
        if self._options.parents is Parents.CREATE and self._options.mode is not Mode.UPDATE:
            await self._make_missing(uow, prepared, settling)
        return settling

    async def _take_parent(
        self, uow: UnitOfWork, one: ParentRow, settling: _Settling, line: int
    ) -> None:
        row, before = one.row, settling.stored.get(one.sku)
        is_lenient = self._options.policy is Policy.IGNORE_FAILED_FIELDS
        severity = Severity.WARNING if is_lenient else None
        findings = [of_cell(finding, severity) for finding in row.findings]
        became = Counts(read=1, failed=1)
        try:
            if errors_of(findings):
                parent = None
            else:
                parent = self._parent_of(row, None if before is None else before.parent, settling)
            if parent is not None:
                became = await self._save(uow, parent, before, settling, line)
        except AirlaneError as refusal:
            problems = refusal.problems or [refusal.at("/sku", **refusal.params)]
            findings += [
                self._rules.blame.of_problem(row.line, problem, row.document, Severity.ERROR)
                for problem in problems
            ]
        if one.is_counted:
            warnings = len(findings) - errors_of(findings)
            settling.counts = settling.counts.plus(replace(became, warnings=warnings))
        settling.findings += findings

    def _parent_of(self, row: RowDocument, before: Parent | None, settling: _Settling) -> Parent:
        """Raises Invalid, ParentExists, ParentNotThere."""
        refusal = refusal_of_mode(before, self._options.mode)
        if refusal is not None:
            raise refusal
        parent = self._read_parent(row.document, before)
        if before is None or not before.is_same(parent):
            refuse(parent_problems(parent, settling.types))
        return parent

    async def _save(
        self,
        uow: UnitOfWork,
        parent: Parent,
        before: StoredParent | None,
        settling: _Settling,
        line: int,
    ) -> Counts:
        """What became of its row. Raises AxesInUse."""
        if before is not None and before.parent.is_same(parent):
            return Counts(read=1, unchanged=1)
        now, types = settling.now, settling.types
        if not settling.writes:
            if before is not None and before.id:
                await refuse_axes_in_use(uow, before, parent)
            after = StoredParent("", self._tenant, parent, 1, now, now)
            self._planned[parent.sku] = line, after
        elif before is None:
            made = await add_parent(uow, tenant=self._tenant, parent=parent, types=types, now=now)
            if made is None:  # taken a moment ago
                stored = await repository.lock_parent(uow, tenant=self._tenant, sku=parent.sku)
                assert stored is not None
                return await self._save(uow, parent, stored, settling, line)
            after = made
        else:
            after = await change_parent(uow, before, parent, types=types, now=now)
        settling.stored[parent.sku] = after
        return Counts(read=1, new=1) if before is None else Counts(read=1, changed=1)

    async def _make_missing(self, uow: UnitOfWork, prepared: Families, settling: _Settling) -> None:
        """Parents of variants that have none, each of its first variant that is all right."""
        if prepared.products is None:
            return
        for one in prepared.products.variants:
            for sku in _names(one):
                if sku in settling.stored:
                    continue
                parent = _made_of(one, sku, prepared.products.rules)
                if parent is None or parent_problems(parent, settling.types):
                    continue
                await self._save(uow, parent, None, settling, prepared.line)
                column = self._rules.blame.column_of("parent_sku")
                settling.findings.append(of_cell(parent_made(one.rows[0].line, column, parent)))
                settling.counts = settling.counts.plus(Counts(warnings=1))

    def _with_parents(self, prepared: Families, settling: _Settling) -> Prepared | None:
        """A row that names a parent that is not there, and no choices that could make one, is a
        product by itself.
        """
        products = prepared.products
        if products is None or self._options.parents is Parents.REQUIRE:
            return products
        variants = [
            replace(one, rows=[ignored_parent(row, settling.stored) for row in one.rows])
            for one in products.variants
        ]
        return replace(products, variants=variants)


def _left_out(line: int) -> Finding:
    return of_cell(RowFinding(line, "", "", "", ROW_SUM.code, {}, Severity.WARNING))


def _names(one: Undecided) -> list[str]:
    found = (row.document.get("parent_sku") for row in one.rows)
    return [sku for sku in found if isinstance(sku, str)]


def _made_of(one: Undecided, sku: str, rules: Rules) -> Parent | None:
    """The parent that a variant makes: with the axes that the file says, else those of the row."""
    row = next(row for row in one.rows if row.document.get("parent_sku") == sku)
    options = row.document.get("options")
    if not isinstance(options, dict) or not options:
        return None
    axes = row.axes if set(row.axes) <= set(options) and row.axes else tuple(options)
    known = replace(rules.known, parents={sku: KnownParent(sku, axes)})
    decision = decide(one, replace(rules, known=known))
    product = decision.product or (None if one.present is None else one.present.product)
    if product is None or product.variant is None or product.variant.parent_sku != sku:
        return None
    return parent_of_variant(product, axes)


def _outcome(prepared: Families, settling: _Settling, products: Outcome | None) -> Outcome:
    others = prepared.pictures + len(prepared.sums)
    counts = settling.counts.plus(
        Counts(read=others, unchanged=others, warnings=len(prepared.sums))
    )
    findings = [*settling.findings, *map(_left_out, prepared.sums)]
    if products is not None:
        counts = counts.plus(products.counts)
        findings += products.findings
    findings.sort(key=lambda finding: finding.line)
    return Outcome(counts, tuple(findings), prepared.line)
