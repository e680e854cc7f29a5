"""Lists that clients page through and filter.

Each combination of filters is a statement of its own, built on first use. An optional filter
(`:status IS NULL OR status = :status`) would keep PostgreSQL from using an index on it, and so
would a first page that starts after an invented key.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, Generic, TypeVar

from shared.db.statement import Statement, names_in, sql
from shared.db.types import INTEGER, TEXT, TEXTS, SqlType
from shared.db.unit_of_work import Reader
from shared.kernel.identity import PARK

R = TypeVar("R")

# The filters of a request by name; None for one that was not given.
Filters = Mapping[str, object]

_ROWS_MAX: Final = "rows_max"
_TENANT: Final = "tenant"
_TENANTS: Final = "tenants"


@dataclass(frozen=True, slots=True)
class Window:
    """A page of a list: `rows_max` rows after the sort key `after`; None is the first page."""

    rows_max: int
    after: tuple[object, ...] | None = None


class Rows(Enum):
    """Whose rows a statement reads."""

    ALL = auto()  # the whole park's, or what needs no restriction
    OF_TENANT = auto()
    OF_TENANTS = auto()  # a partner's: those of the merchants it sees


class Listing(Generic[R]):
    """`select`: the text up to WHERE; `order_by`: the sort key; `after`: the condition that skips
    earlier pages, with its values named in the order of the key.

        _ORDERS = Listing(
            "SELECT o.id, o.status, … FROM catalog.orders o",
            OrderSummary,
            order_by="o.id DESC",
            after="o.id < :after_id",
            tenant="o.tenant_id = :tenant",
            filters={"status": "o.status = :status"},
            after_id=TEXT, status=TEXT,
        )
        rows = await _ORDERS.page(reader, window, {"status": "placed"})

    `tenant` restricts the rows to the reader's tenant, and is left out for the whole park. For a
    partner it restricts them to the merchants that the partner sees (`Reader.sight`). `where`
    always applies. `types` names the type of every value except the tenant.
    """

    def __init__(
        self,
        select: str,
        into: Callable[..., R],
        /,
        *,
        order_by: str,
        after: str,
        tenant: str | None = None,
        where: str | None = None,
        filters: Mapping[str, str] | None = None,
        **types: SqlType,
    ) -> None:
        self._select = select
        self._into = into
        self._order_by = order_by
        self._after = after
        self._after_names = names_in(after)
        self._tenant = tenant
        self._where = where
        self._filters = dict(filters or {})
        self._types = types | {_ROWS_MAX: INTEGER, _TENANT: TEXT, _TENANTS: TEXTS}
        self._statements: dict[tuple[frozenset[str], bool, Rows], Statement[R]] = {}
        self._counts: dict[tuple[frozenset[str], Rows], Statement[int]] = {}
        # A mistake in a text shows when the module is imported, not when somebody filters by it.
        self.of(frozenset(self._filters), is_first=False, rows=Rows.OF_TENANT)

    async def page(
        self, reader: Reader, window: Window, filters: Filters | None = None, **values: object
    ) -> list[R]:
        """Ignores `filters` that are None. `values` are those of `select` and `where`."""
        given = {n: v for n, v in (filters or {}).items() if v is not None}
        rows, whose = self._rows_for(reader)
        statement = self.of(frozenset(given), is_first=window.after is None, rows=rows)
        values |= whose
        if window.after is not None:
            values |= zip(self._after_names, window.after, strict=True)
        values[_ROWS_MAX] = window.rows_max
        return await reader.fetch_all(statement, **given, **values)

    async def count(
        self, reader: Reader, filters: Filters | None = None, *, at_most: int, **values: object
    ) -> int:
        """How many rows there are; `at_most` if there are that many or more."""
        given = {n: v for n, v in (filters or {}).items() if v is not None}
        rows, whose = self._rows_for(reader)
        values |= whose
        statement = self._counting(frozenset(given), rows=rows)
        return await reader.fetch_value(statement, **given, **values, rows_max=at_most) or 0

    def _rows_for(self, reader: Reader) -> tuple[Rows, dict[str, object]]:
        """Whose, and the value that the restriction needs."""
        if self._tenant is None or reader.tenant == PARK:
            return Rows.ALL, {}
        if reader.sight is None:
            return Rows.OF_TENANT, {_TENANT: reader.tenant}
        if reader.sight.merchants is None:
            return Rows.ALL, {}
        return Rows.OF_TENANTS, {_TENANTS: [reader.tenant, *reader.sight.merchants]}

    def _counting(self, filters: frozenset[str], *, rows: Rows) -> Statement[int]:
        known = self._counts.get((filters, rows))
        if known is None:
            where = self._where_of(filters, is_first=True, rows=rows)
            clause = f"SELECT count(*) FROM ({self._select}{where} LIMIT :{_ROWS_MAX}) counted"
            known = sql(clause, int, **{name: self._types[name] for name in names_in(clause)})
            self._counts[filters, rows] = known
        return known

    def of(self, filters: frozenset[str], *, is_first: bool, rows: Rows) -> Statement[R]:
        """The statement of one combination. Raises KeyError for an unknown filter."""
        key = (filters, is_first, rows)
        if (known := self._statements.get(key)) is not None:
            return known
        where = self._where_of_page(filters, is_first=is_first, rows=rows)
        clause = f"{self._select}{where} ORDER BY {self._order_by} LIMIT :{_ROWS_MAX}"
        types = {name: self._types[name] for name in names_in(clause)}
        made = sql(clause, self._into, **types)
        self._statements[key] = made
        return made

    def _where_of_page(self, filters: frozenset[str], *, is_first: bool, rows: Rows) -> str:
        return self._where_of(filters, is_first=is_first, rows=rows)

    def _where_of(self, filters: frozenset[str], *, is_first: bool, rows: Rows) -> str:
        # The cursor comes first: of two bounds of one column PostgreSQL begins at the first.
        conditions = [] if is_first else [self._after]
        conditions += [self._filters[name] for name in sorted(filters)]
        if self._where is not None:
            conditions.append(self._where)
        if rows is Rows.OF_TENANT and self._tenant is not None:
            conditions.append(self._tenant)
        elif rows is Rows.OF_TENANTS and self._tenant is not None:
            conditions.append(self._tenant.replace(f"= :{_TENANT}", f"= ANY(:{_TENANTS})"))
        return f" WHERE {' AND '.join(f'({one})' for one in conditions)}" if conditions else ""
