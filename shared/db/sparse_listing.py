"""Lists of large tables with filters that may match every second row or one in a million.

For the first kind it is best to walk the table in the order of the list and stop at a full page;
for the second to ask an index which rows there are, and sort them. PostgreSQL guesses which kind a
filter is, and guesses badly where it matters: it knows nothing of words that belong together or of
merchants who sell one kind of goods, and counts a tenant twice under row-level security. A wrong
guess reads the whole table.

So nothing is guessed here, and nothing is without a bound. A statement walks a stretch of the list,
testing each row. If that found few, an index, the *finder* of a filter, is asked for all that can
match; of several the first that brings few. If none does, a longer stretch is walked. All of it is
one statement, and its plan is the same whatever the values are.

A page may thus have fewer rows than asked for, or none, although the list goes on. It says so: the
next page begins after the last row that was looked at.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from inspect import Parameter, Signature, signature
from typing import Final, Generic, TypeVar

from shared.db.listing import Filters, Window
from shared.db.statement import Statement, names_in, sql
from shared.db.types import INTEGER, TEXT, SqlType
from shared.db.unit_of_work import Reader
from shared.kernel.identity import PARK

R = TypeVar("R")

# With so many rows a page may end where the first stretch does.
_ENOUGH: Final = 10
# Of a count: few enough to take a finder without a look at those after it; then, few at all.
_COUNT_FINDER_FEW: Final = (2_000, 20_000)
_ENDS: Final = -2
_WALK_ON: Final = -1
# The places of rows: found, passed over as the last one of a stretch, or both.
_FOUND: Final = 0
_PASSED: Final = 1
_FOUND_AND_PASSED: Final = 2
_ROWS_MAX: Final = "rows_max"
_TENANT: Final = "tenant"


@dataclass(frozen=True, slots=True)
class Order:
    """`by`: the columns of the sort key; `after`: the condition that skips earlier pages, with its
    values named in the order of the key.
    """

    by: str
    after: str


@dataclass(frozen=True, slots=True)
class Filter:
    """`test`: the condition on a row. Where it needs another table it is a sub-select of one value,
    which PostgreSQL cannot turn into a join. `finder`: a SELECT of the ids of all rows that match;
    `{tenant}` in it stands for nothing or for an AND that restricts `x.tenant_id`. `bounds`: the
    orders in which the test says where the walk begins or ends; there it needs no finder. `key`:
    the id in the finder, which then brings only what is on this page and later ones, if these are
    in the order of the ids.
    """

    test: str
    finder: str | None = None
    bounds: tuple[str, ...] = ()
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many rows a page looks at: in the first stretch, by a finder, and in all if the finders
    bring more. Some milliseconds, the same, and some hundredths of a second.
    """

    near: int = 2_000
    found: int = 1_500
    far: int = 20_000


@dataclass(frozen=True, slots=True)
class Stretch(Generic[R]):
    """The rows of a page. `passed`: the last row that was looked at, if the page ends there before
    it is full. The next one begins after it.
    """

    rows: list[R]
    passed: R | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    filters: tuple[str, ...]
    order: str
    is_first: bool
    is_park: bool


@dataclass(slots=True)
class SparseListing(Generic[R]):
    """`select`: the text up to WHERE, of one table with the alias `p` and the key `p.id`.

        _PRODUCTS = SparseListing(
            "SELECT p.id, p.sku, … FROM catalog.products p",
            Product,
            table="catalog.products p",
            where="p.deleted_at IS NULL",
            orders={"id": Order("p.id", "p.id > :after_id")},
            filters={
                "sku": Filter(
                    "p.sku = :sku",
                    "SELECT x.id FROM catalog.products x WHERE x.sku = :sku {tenant}",
                ),
            },
            types={"after_id": TEXT, "sku": TEXT},
        )
        found = await _PRODUCTS.page(reader, window, {"sku": "A-1"}, order="id")
        count = await _PRODUCTS.count(reader, {"sku": "A-1"}, at_most=10_000)

    Finders are tried in the order of `filters`, so that of the one that costs most comes last. A
    filter may need more values than its own: they are given as `values`. `suffices`: the filter
    whose finder brings nothing but rows of the list, so that it alone needs no look at them.
    """

    select: str
    into: Callable[..., R]
    table: str
    where: str
    orders: Mapping[str, Order]
    filters: Mapping[str, Filter]
    types: Mapping[str, SqlType]
    suffices: str | None = None
    bounds: Bounds = Bounds()
    _statements: dict[_Asked, Statement[R]] = field(default_factory=dict)
    _sparse: dict[_Asked, Statement[tuple[int, R]]] = field(default_factory=dict)
    _counts: dict[_Asked, Statement[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # A mistake in a text shows when the module is imported, not when somebody filters by it.
        for order in self.orders:
            self.of(tuple(self.filters), order=order, is_first=False, is_park=False)

    async def page(
        self,
        reader: Reader,
        window: Window,
        filters: Filters,
        *,
        order: str,
        values: Mapping[str, object] | None = None,
    ) -> Stretch[R]:
        """Ignores `filters` that are None."""
        given = {n: v for n, v in filters.items() if v is not None}
        bound = {**given, **(values or {}), _ROWS_MAX: window.rows_max}
        if window.after is not None:
            bound |= zip(names_in(self.orders[order].after), window.after, strict=True)
        if reader.tenant != PARK:
            bound[_TENANT] = reader.tenant
        is_first, is_park = window.after is None, reader.tenant == PARK
        asked = _Asked(tuple(sorted(given)), order, is_first, is_park)
        if not self._finders(asked):
            return Stretch(await reader.fetch_all(self._plain(asked), **bound))
        found = await reader.fetch_all(self._bounded(asked), **bound)
        passed = next((row for place, row in found if place != _FOUND), None)
        return Stretch([row for place, row in found if place != _PASSED], passed)

    async def count(
        self,
        reader: Reader,
        filters: Filters,
        *,
        at_most: int,
        values: Mapping[str, object] | None = None,
    ) -> int:
        """How many rows there are; `at_most` if there are that many or more."""
        given = {n: v for n, v in filters.items() if v is not None}
        statement = self.counting(tuple(given), is_park=reader.tenant == PARK)
        bound = {**given, **(values or {}), _ROWS_MAX: at_most}
        if reader.tenant != PARK:
            bound[_TENANT] = reader.tenant
        return await reader.fetch_value(statement, **bound) or 0

    def of(
        self, filters: tuple[str, ...], *, order: str, is_first: bool, is_park: bool
    ) -> Statement[R] | Statement[tuple[int, R]]:
        """The statement of one combination. Raises KeyError for an unknown filter or order."""
        asked = _Asked(tuple(sorted(filters)), order, is_first, is_park)
        return self._bounded(asked) if self._finders(asked) else self._plain(asked)

    def _plain(self, asked: _Asked) -> Statement[R]:
        """Where nothing needs a finder."""
        if (known := self._statements.get(asked)) is None:
            order = self.orders[asked.order]
            where = " AND ".join([self._base(asked), *self._tests(asked)])
            text = f"{self.select} WHERE {where} ORDER BY {order.by} LIMIT :{_ROWS_MAX}"
            known = sql(text, self.into, **self._types_in(text))
            self._statements[asked] = known
        return known

    def _bounded(self, asked: _Asked) -> Statement[tuple[int, R]]:
        """Each row with its place."""
        if (known := self._sparse.get(asked)) is None:
            text = self._text(asked)
            known = sql(text, _Placed(self.into), **self._types_in(text))
            self._sparse[asked] = known
        return known

    def counting(self, filters: tuple[str, ...], *, is_park: bool) -> Statement[int]:
        asked = _Asked(tuple(sorted(filters)), "", is_first=True, is_park=is_park)
        if (known := self._counts.get(asked)) is None:
            finders = self._finders(asked)
            where = " AND ".join([self._base(asked), *self._tests(asked)])
            found = walked = f"{self.table} WHERE {where}"
            if finders:
                walking = f"{walked} AND (SELECT finder FROM decided) = {_WALK_ON}"
                found = f"{self._far(_chosen(finders), asked)} UNION ALL SELECT FROM {walking}"
            decided = f"WITH decided AS MATERIALIZED (SELECT {_best(finders)} AS finder) "
            counted = f"SELECT count(*) FROM (SELECT FROM {found} LIMIT :{_ROWS_MAX}) counted"
            text = f"{decided if finders else ''}{counted}"
            known = sql(text, int, **self._types_in(text))
            self._counts[asked] = known
        return known

    def _text(self, asked: _Asked) -> str:
        order, base, most = self.orders[asked.order], self._base(asked), self.bounds
        in_order = f"FROM {self.table} WHERE {base} ORDER BY {order.by}"
        tests = " AND ".join(self._tests(asked)) or "true"
        finders = self._finders(asked)
        found = "".join(
            f", found_{n} AS MATERIALIZED (SELECT f.id FROM ({finder}) f LIMIT {most.found})"
            for n, finder in enumerate(finders, 1)
        )
        is_short = f"(SELECT count(*) FROM shown) < :{_ROWS_MAX}"
        return f"""
            WITH near AS MATERIALIZED (
                SELECT p.id FROM (SELECT p.* {in_order} LIMIT {most.near}) p WHERE {tests}
                ORDER BY {order.by} LIMIT :{_ROWS_MAX}
            ){found}, decided AS MATERIALIZED (
                SELECT CASE
                    WHEN (SELECT count(*) FROM near) = :{_ROWS_MAX} THEN 0
                    WHEN (SELECT count(*) FROM near) >= {_ENOUGH} THEN {_ENDS}
                    WHEN NOT EXISTS (SELECT p.id {in_order} OFFSET {most.near} LIMIT 1) THEN 0
                    {_first_with_few(len(finders), most.found)}
                    ELSE {_WALK_ON}
                END AS finder
            ), far AS MATERIALIZED (
                SELECT p.id FROM {self._far(_of_found(len(finders)), asked)}
                ORDER BY {order.by} LIMIT :{_ROWS_MAX}
            ), further AS MATERIALIZED (
                SELECT p.id FROM (
                    SELECT p.* FROM {self.table}
                    WHERE (SELECT finder FROM decided) = {_WALK_ON} AND {base}
                    ORDER BY {order.by} OFFSET {most.near} LIMIT {most.far - most.near}
                ) p WHERE {tests} ORDER BY {order.by} LIMIT :{_ROWS_MAX}
            ), shown AS MATERIALIZED (
                SELECT id FROM near WHERE (SELECT finder FROM decided) <= 0
                UNION ALL SELECT id FROM far UNION ALL SELECT id FROM further
            ), passed AS MATERIALIZED (
                {self._passed(asked, f"= {_ENDS}", most.near)}
                UNION ALL
                {self._passed(asked, f"= {_WALK_ON} AND {is_short}", most.far)}
            )
            {self._select_placed()} WHERE p.id IN (
                SELECT id FROM shown UNION ALL SELECT id FROM passed
            )
            ORDER BY {order.by} LIMIT :{_ROWS_MAX}
        """

    def _passed(self, asked: _Asked, condition: str, rows: int) -> str:
        """The last row of a stretch that was walked, if all of it was."""
        return f"""(
            SELECT p.id FROM {self.table}
            WHERE (SELECT finder FROM decided) {condition} AND {self._base(asked)}
            ORDER BY {self.orders[asked.order].by} OFFSET {rows - 1} LIMIT 1
        )"""

    def _select_placed(self) -> str:
        rest = self.select.lstrip()
        assert rest.startswith("SELECT "), rest
        return f"""
            SELECT CASE WHEN p.id = (SELECT id FROM passed)
                THEN CASE WHEN p.id IN (SELECT id FROM shown) THEN {_FOUND_AND_PASSED}
                    ELSE {_PASSED} END
                ELSE {_FOUND} END AS place, {rest.removeprefix("SELECT ")}
        """

    def _far(self, ids: str, asked: _Asked) -> str:
        """The rows with these ids, with what they must satisfy."""
        if asked.filters == (self.suffices,) and (not asked.order or self._is_by_id(asked)):
            after = "true" if asked.is_first else f"({self.orders[asked.order].after})"
            return f"({ids}) p WHERE {after}"
        # One by one: OFFSET 0 keeps the planner from another way.
        return (
            f"({ids} OFFSET 0) f CROSS JOIN LATERAL"
            f" (SELECT * FROM {self.table} WHERE p.id = f.id OFFSET 0) p"
            f" WHERE {' AND '.join([self._base(asked), *self._tests_left(asked)])}"
        )

    def _base(self, asked: _Asked) -> str:
        conditions = [f"({self.where})"]
        if not asked.is_park:
            conditions.append("p.tenant_id = :tenant")
        if not asked.is_first:
            conditions.append(f"({self.orders[asked.order].after})")
        conditions += [f"({one.test})" for one in self._given(asked) if asked.order in one.bounds]
        return " AND ".join(conditions)

    def _given(self, asked: _Asked) -> list[Filter]:
        return [one for name, one in self.filters.items() if name in asked.filters]

    def _tests(self, asked: _Asked) -> list[str]:
        return [f"({one.test})" for one in self._given(asked) if asked.order not in one.bounds]

    def _finders(self, asked: _Asked) -> list[str]:
        tenant = "" if asked.is_park else "AND x.tenant_id = :tenant"
        return [
            one.finder.replace("{tenant}", tenant) + self._after(one, asked)
            for one in self._given(asked)
            if one.finder is not None and asked.order not in one.bounds
        ]

    def _after(self, one: Filter, asked: _Asked) -> str:
        if asked.is_first or one.key is None or not self._is_by_id(asked):
            return ""
        return f" AND ({self.orders[asked.order].after.replace('p.id', one.key)})"

    def _is_by_id(self, asked: _Asked) -> bool:
        return self.orders[asked.order].by in {"p.id", "p.id DESC"}

    def _tests_left(self, asked: _Asked) -> list[str]:
        """What rows that a finder brought must still satisfy: a single one has seen to its own."""
        if len(self._finders(asked)) > 1:
            return self._tests(asked)
        return [
            f"({one.test})"
            for one in self._given(asked)
            if asked.order not in one.bounds and one.finder is None
        ]

    def _types_in(self, text: str) -> dict[str, SqlType]:
        known = {**self.types, _ROWS_MAX: INTEGER, _TENANT: TEXT}
        return {name: known[name] for name in names_in(text)}


@dataclass(frozen=True)
class _Placed(Generic[R]):
    """Builds a row that has its place before it."""

    into: Callable[..., R]

    def __call__(self, place: int, *columns: object) -> tuple[int, R]:
        return place, self.into(*columns)

    @property
    def __signature__(self) -> Signature:
        place = Parameter("place", Parameter.POSITIONAL_OR_KEYWORD)
        return Signature([place, *signature(self.into).parameters.values()])


def _first_with_few(finders: int, few: int) -> str:
    return " ".join(
        f"WHEN (SELECT count(*) FROM found_{n}) < {few} THEN {n}" for n in range(1, finders + 1)
    )


def _of_found(finders: int) -> str:
    """The ids that the chosen finder has brought."""
    return " UNION ALL ".join(
        f"SELECT f.id FROM found_{n} f WHERE (SELECT finder FROM decided) = {n}"
        for n in range(1, finders + 1)
    )


def _best(finders: list[str]) -> str:
    """The number of the first finder that brings few rows, from 1. A single one is taken."""
    if len(finders) == 1:
        return "1"
    cases = " ".join(
        f"WHEN (SELECT count(*) FROM ({finder} LIMIT {few}) counted) < {few} THEN {n}"
        for few in _COUNT_FINDER_FEW
        for n, finder in enumerate(finders, 1)
    )
    return f"CASE {cases} ELSE {_WALK_ON} END"


def _chosen(finders: list[str]) -> str:
    """The ids that the chosen finder brings; the others are not run."""
    return " UNION ALL ".join(
        f"SELECT f.id FROM ({finder} OFFSET 0) f WHERE (SELECT finder FROM decided) = {n}"
        for n, finder in enumerate(finders, 1)
    )
