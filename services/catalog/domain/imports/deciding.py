"""What the rows about one product do to it: like PATCH for a product that is there, like PUT for
one that is not, by the same rules.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from services.catalog.domain.imports.attributes import typed_attributes
from services.catalog.domain.imports.documents import RowDocument
from services.catalog.domain.imports.findings import Severity
from services.catalog.domain.imports.job import Counts, Mode, Policy
from services.catalog.domain.imports.options import settled_options
from services.catalog.domain.imports.outcomes import (
    FINDINGS_OF_ROW_MAX,
    Blame,
    Finding,
    errors_of,
    of_cell,
    path_of,
    value_at,
)
from services.catalog.domain.products.product import Known, Product, StoredProduct, product_problems
from services.catalog.domain.products.variants import taken_problem
from shared.kernel.errors import AirlaneError, Conflict, FieldProblem, Invalid, NotFound, Text
from shared.kernel.json import JsonObject
from shared.kernel.words import words

# The product that a document makes of the one that is there. Raises Invalid.
ReadProduct = Callable[[JsonObject, Product | None], Product]
# The products that documents make where none are; None for one that has a fault or is unusual.
ReadNewProducts = Callable[[Sequence[JsonObject]], Sequence[Product | None]]

# Leaving out one field may show a fault of another.
_TRIES: Final = 5


class SkuExists(Conflict):
    code = "catalog.import.sku_exists"
    text = Text("A product with this SKU exists already.", "该 SKU 的商品已存在。")
    fix = Text(
        "Remove the row, or import with mode=upsert.", "请删除该行，或使用 mode=upsert 导入。"
    )


class SkuNotThere(NotFound):
    code = "catalog.import.sku_not_there"
    text = Text("There is no product with this SKU.", "没有该 SKU 的商品。")
    fix = Text(
        "Correct the SKU, or import with mode=upsert.", "请更正 SKU，或使用 mode=upsert 导入。"
    )


class SkuRepeated(Invalid):
    code = "catalog.import.sku_repeated"
    text = Text(
        "The SKU was in line {line} already; this row was applied after it.",
        "该 SKU 已在第 {line} 行出现，本行在其后生效。",
    )
    fix = Text("Keep one row for each SKU.", "每个 SKU 请只保留一行。")


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides about every row of an import."""

    read: ReadProduct
    read_new: ReadNewProducts
    known: Known
    blame: Blame
    policy: Policy
    mode: Mode


@dataclass(frozen=True, slots=True)
class Undecided:
    """The rows of a SKU, and the product that they are about."""

    sku: str
    rows: Sequence[RowDocument]
    present: StoredProduct | None
    digest: int | None

    @property
    def is_variant(self) -> bool:
        """Whether parents have a say in it."""
        if self.present is not None and self.present.product.variant is not None:
            return True
        return any("parent_sku" in row.document for row in self.rows)

    @property
    def is_plain(self) -> bool:
        """Whether it may be decided about together with others."""
        return self.present is None and len(self.rows) == 1 and not self.rows[0].findings


@dataclass(frozen=True, slots=True)
class Decision:
    """About one SKU. `product`: what is to be written, None if nothing is; `type_version`: of the
    product type that it was checked against. `present`: the product on which this is based.
    `digest`: see `RowDigests`; None where the row must be read again the next time.
    """

    sku: str
    rows: Sequence[RowDocument]
    present: StoredProduct | None
    product: Product | None
    type_version: int | None
    counts: Counts
    findings: tuple[Finding, ...]
    digest: int | None = None


# What most rows of a first import count.
_ONE_NEW: Final = Counts(read=1, new=1)


def decide_all(undecided: Sequence[Undecided], rules: Rules) -> list[Decision]:
    """Each by itself, but new products together: this is what takes the time of a first import."""
    plain = [one for one in undecided if one.is_plain] if rules.mode is not Mode.UPDATE else []
    typed = [_with_types(one.rows[0], None, rules) for one in plain]
    products = rules.read_new([row.document for row in typed])
    new: dict[str, Decision] = {}
    for one, row, product in zip(plain, typed, products, strict=True):
        if product is not None and not row.findings and not product_problems(product, rules.known):
            new[one.sku] = _added(one, product, rules)
    return [new.get(one.sku) or decide(one, rules) for one in undecided]


def _added(one: Undecided, product: Product, rules: Rules) -> Decision:
    version = rules.known.type_version(product)
    return Decision(one.sku, one.rows, None, product, version, _ONE_NEW, (), one.digest)


def decide(one: Undecided, rules: Rules) -> Decision:
    """Applies the rows one after the other."""
    sku, present, digest = one.sku, one.present, one.digest
    rows = [_with_types(row, present, rules) for row in one.rows]
    before = None if present is None else present.product
    product = before
    new = changed = unchanged = failed = 0
    findings: list[Finding] = []
    for row in rows:
        after, found = _applied(row, product, rules)
        if row is not rows[0]:
            found.append(_repeated(row.line, rows[0].line))
        findings += found
        if after is None:
            failed += 1
        elif product is None:
            new += 1
        elif after.is_same(product):
            unchanged += 1
        else:
            changed += 1
        product = after or product
    warnings = len(findings) - errors_of(findings)
    counts = Counts(len(rows), new, changed, unchanged, failed, warnings)
    is_plain = len(rows) == 1 and not findings
    is_written = product is not None and (before is None or not product.is_same(before))
    return Decision(
        sku,
        rows,
        present,
        product if is_written else None,
        None if product is None or not is_written else rules.known.type_version(product),
        counts,
        tuple(findings),
        digest if is_plain else None,
    )


def _with_types(row: RowDocument, present: StoredProduct | None, rules: Rules) -> RowDocument:
    """Text of cells becomes the numbers and lists that the product's type asks for, and choices
    that the product cannot have as a variant become attributes or go.
    """
    row = settled_options(
        row, None if present is None else present.product, rules.known, rules.blame
    )
    attributes = row.document.get("attributes")
    if not row.is_of_cells or not isinstance(attributes, dict):
        return row
    before = None if present is None else present.product.product_type
    known = rules.known.types.get(row.document.get("product_type", before) or "")
    if known is None:
        return row
    typed = typed_attributes(attributes, known.schema)
    return replace(row, document={**row.document, "attributes": typed})


def refused_options(one: Decision, holder: str, rules: Rules) -> Decision:
    """The decision if another variant has the options: nothing is written, and the rows failed."""
    assert one.product is not None
    assert one.product.variant is not None
    row = one.rows[-1]
    problem = taken_problem(one.product.variant, holder)
    finding = rules.blame.of_problem(row.line, problem, row.document, Severity.ERROR)
    counts = Counts(read=len(one.rows), failed=len(one.rows), warnings=one.counts.warnings)
    return replace(
        one,
        product=None,
        type_version=None,
        counts=counts,
        findings=(*one.findings, finding),
        digest=None,
    )


def _applied(
    row: RowDocument, before: Product | None, rules: Rules
) -> tuple[Product | None, list[Finding]]:
    """The product after the row, None if the row failed."""
    refusal = _refusal_of_mode(before, rules.mode)
    if refusal is not None:
        blamed = refusal.at("/sku", **refusal.params)
        return None, [rules.blame.of_problem(row.line, blamed, row.document, Severity.ERROR)]
    if rules.policy is Policy.IGNORE_FAILED_FIELDS:
        return _applied_in_part(row, before, rules)
    findings = [of_cell(one) for one in row.findings]
    cells_failed = row.has_errors
    product, problems = _read(row.document, before, rules)
    if cells_failed:
        # Their fields are missing now, which is no news.
        problems = [one for one in problems if not _is_told(one, row, rules)]
    errors = [rules.blame.of_problem(row.line, p, row.document, Severity.ERROR) for p in problems]
    findings = (findings + errors)[:FINDINGS_OF_ROW_MAX]
    return (None if cells_failed or problems else product), findings


def _applied_in_part(
    row: RowDocument, before: Product | None, rules: Rules
) -> tuple[Product | None, list[Finding]]:
    """Leaves out what is wrong, as long as something is left that makes a product."""
    findings = [of_cell(one, Severity.WARNING) for one in row.findings]
    document = row.document
    for _ in range(_TRIES):
        product, problems = _read(document, before, rules)
        if product is not None and not problems:
            return product, findings[:FINDINGS_OF_ROW_MAX]
        left = document
        for problem in problems:
            left = without(left, path_of(problem.pointer))
        severity = Severity.ERROR if left == document else Severity.WARNING
        findings += [rules.blame.of_problem(row.line, p, document, severity) for p in problems]
        if left == document:
            break
        document = left
    if not errors_of(findings):
        findings = [replace(one, severity=Severity.ERROR) for one in findings]
    findings.sort(key=lambda one: one.severity is not Severity.ERROR)
    return None, findings[:FINDINGS_OF_ROW_MAX]


def _read(
    document: JsonObject, before: Product | None, rules: Rules
) -> tuple[Product | None, Sequence[FieldProblem]]:
    try:
        product = rules.read(document, before)
    except AirlaneError as refusal:
        return None, refusal.problems or [refusal.at("/sku", **refusal.params)]
    if before is not None and product.is_same(before):
        return product, ()  # a rule that came later does not refuse what is there
    return product, product_problems(product, rules.known)


def _refusal_of_mode(before: Product | None, mode: Mode) -> AirlaneError | None:
    if mode is Mode.CREATE and before is not None:
        return SkuExists()
    if mode is Mode.UPDATE and before is None:
        return SkuNotThere()
    return None


def _is_told(problem: FieldProblem, row: RowDocument, rules: Rules) -> bool:
    if value_at(row.document, path_of(problem.pointer)) is None:
        return True
    column = rules.blame.column_of(path_of(problem.pointer))
    return any(found.column == column for found in row.findings)


def _repeated(line: int, first: int) -> Finding:
    text, fix = words(SkuRepeated.text, line=first), words(SkuRepeated.fix)
    return Finding(line, "", "sku", "", SkuRepeated.code, Severity.WARNING, text, fix)


def without(document: JsonObject, path: str) -> JsonObject:
    """The document without what is at the path. A list is left out whole; the SKU stays."""
    name, _, rest = path.partition(".")
    if name == "sku" or name not in document:
        return document
    inner = document[name]
    if rest and isinstance(inner, dict) and rest.partition(".")[0] in inner:
        return {**document, name: without(inner, rest)}
    return {key: value for key, value in document.items() if key != name}
