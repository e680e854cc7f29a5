"""Every statement of every service is one that the migrated schema understands, and the columns of
its rows are those that build its row type. A renamed column goes red here, not in production.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest

import services
import shared
from shared.contracts.topics import SERVICES
from shared.db import Listing, SparseListing, Statement
from shared.db.listing import Rows
from shared.kernel.identity import PARK

# What a single column may be read as.
_SCALARS = (str, int, float, bool, bytes)


def _statements_of(package: Any) -> Iterator[tuple[str, Statement[object]]]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if ".migrations" in found.name or found.name.endswith("__main__"):
            continue
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            place = f"{found.name}.{name}"
            yield from _inside(place, value)


def _inside(place: str, value: object) -> Iterator[tuple[str, Statement[object]]]:
    if isinstance(value, Statement):
        yield place, value
    elif isinstance(value, Listing):
        for filters in (frozenset(value._filters), frozenset[str]()):
            yield place, value.of(filters, is_first=False, rows=Rows.OF_TENANT)
            yield place, value.of(filters, is_first=False, rows=Rows.OF_TENANTS)
            yield place, value.of(filters, is_first=True, rows=Rows.ALL)
    elif isinstance(value, SparseListing):
        yield from ((place, one) for one in _of_a_sparse_listing(value))
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _inside(place, part)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _inside(place, part)


def _of_a_sparse_listing(listing: SparseListing[object]) -> Iterator[Statement[object]]:
    for filters in (tuple(listing.filters), ()):
        for order in listing.orders:
            yield listing.of(filters, order=order, is_first=False, is_park=False)
            yield listing.of(filters, order=order, is_first=True, is_park=True)
        yield listing.counting(filters, is_park=False)


def _parameters(into: Any) -> list[str] | None:
    if into is None or into in _SCALARS or not callable(into):
        return None
    try:
        return list(inspect.signature(into).parameters)
    except ValueError:  # a type of the standard library: one column
        return None


def _faults(columns: list[str], into: Any) -> str | None:
    expected = _parameters(into)
    if expected is None or expected == columns:
        return None
    return f"columns {columns}, but {getattr(into, '__name__', into)} takes {expected}"


def test_columns_that_are_not_those_of_the_row_type_are_noticed() -> None:
    def row(sku: str, version: int) -> None: ...

    assert _faults(["sku", "version"], row) is None
    assert _faults(["version", "sku"], row) is not None
    assert _faults(["n"], int) is None


@pytest.mark.parametrize("service", SERVICES)
async def test_every_statement_is_understood_by_its_schema(service: str, db_for: Any) -> None:
    db = await db_for(service)
    package = importlib.import_module(f"{services.__name__}.{service}")
    found = list(_statements_of(package))
    assert found

    faults = []
    async with db.read(PARK) as reader:
        for place, statement in found:
            prepared = await reader._connection.prepare(statement.sql)
            columns = [attribute.name for attribute in prepared.get_attributes()]
            if (fault := _faults(columns, statement.into)) is not None:
                faults.append(f"{place}: {fault}")

    assert faults == []


async def test_statements_of_the_kit_without_a_schema_are_understood(db_for: Any) -> None:
    db = await db_for("catalog")

    async with db.read(PARK) as reader:
        for _, statement in _statements_of(shared):
            await reader._connection.prepare(statement.sql)
