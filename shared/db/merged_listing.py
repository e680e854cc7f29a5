"""Lists of large tables with two filters on columns that have a few values each.

An index on both columns and then the sort key has what both filters bring in the order of the list,
and what one of them brings as many such runs as the other column has values. PostgreSQL does not
merge these by itself: it would sort all that the one filter brings. Here each run is read as far as
a page, and the page is the first of all of them. So it reads some rows for each value, however many
or few rows match.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from shared.db.listing import Listing, Rows
from shared.db.types import SqlType

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Few:
    """A column that has one of a few `values`, or NULL if it `may_be_null`. They are constants."""

    column: str
    values: tuple[str, ...]
    may_be_null: bool = False


class MergedListing(Listing[R]):
    """A `Listing` of `table`, which has an alias and the key `id`. `key`: the columns of
    `order_by`, the id among them. `either`: the two filters by their names. Neither, or both, make
    it an ordinary list.

        _ORDERS = MergedListing(
            "SELECT o.id, … FROM catalog.orders o",
            OrderSummary,
            table="catalog.orders o",
            either={
                "status": Few("o.status", ("placed", "sent")),
                "lane": Few("o.lane", ("a", "b"), may_be_null=True),
            },
            key="o.placed_at, o.id",
            order_by="o.placed_at DESC, o.id DESC",
            after="(o.placed_at, o.id) < (:after_at, :after_id)",
            tenant="o.tenant_id = :tenant",
            filters={"status": "o.status = :status", "lane": "o.lane = :lane"},
            after_at=INSTANT, after_id=TEXT, status=TEXT, lane=TEXT,
        )

    A value that is in the table and not among `values` is missing in lists by the other filter.
    """

    def __init__(
        self,
        select: str,
        into: Callable[..., R],
        /,
        *,
        table: str,
        either: Mapping[str, Few],
        key: str,
        order_by: str,
        after: str,
        tenant: str | None,
        filters: Mapping[str, str],
        **types: SqlType,
    ) -> None:
        self._table = table
        self._alias = table.rsplit(maxsplit=1)[-1]
        self._either = dict(either)
        self._key = key
        super().__init__(
            select,
            into,
            order_by=order_by,
            after=after,
            tenant=tenant,
            where=None,
            filters=filters,
            **types,
        )

    def _where_of_page(self, filters: frozenset[str], *, is_first: bool, rows: Rows) -> str:
        where = self._where_of(filters, is_first=is_first, rows=rows)
        others = [few for name, few in self._either.items() if name not in filters]
        if len(others) != 1:
            return where
        first = f"ORDER BY {self._order_by} LIMIT :rows_max"
        runs = f"({self._runs(where, others[0])}) AS {self._alias}"
        return f" WHERE {self._alias}.id IN (SELECT {self._alias}.id FROM {runs} {first})"

    def _runs(self, where: str, other: Few) -> str:
        of_run = f"SELECT {self._key} FROM {self._table}{where}"
        values = ", ".join(f"('{value}')" for value in other.values)
        runs = f"""
            SELECT run.* FROM (VALUES {values}) AS few (value)
            CROSS JOIN LATERAL (
                {of_run} AND {other.column} = few.value
                ORDER BY {self._order_by} LIMIT :rows_max
            ) AS run
        """
        if other.may_be_null:
            # PostgreSQL sees that a run of one value is in order, but not that one of NULL is,
            # unless the column is part of the order.
            is_falling = self._order_by.endswith("DESC")
            runs += f"""
                UNION ALL (
                    {of_run} AND {other.column} IS NULL
                    ORDER BY {other.column} {"DESC" if is_falling else "ASC"}, {self._order_by}
                    LIMIT :rows_max
                )
            """
        return runs
