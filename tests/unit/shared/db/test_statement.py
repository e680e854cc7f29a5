"""Statements are checked when they are made: at import, not at the first request."""

from dataclasses import dataclass

import pytest

from shared.db import INSTANT, INTEGER, TEXT, TEXTS, Listing, SqlType, sql
from shared.db.listing import Rows
from shared.db.statement import names_in


@dataclass(frozen=True)
class Row:
    id: str


def test_every_value_is_cast_to_its_declared_type_and_passed_by_position() -> None:
    statement = sql(
        "SELECT id FROM t WHERE id = ANY(:ids) AND at < :before AND owner = :owner",
        Row,
        owner=TEXT,
        ids=TEXTS,
        before=INSTANT,
    )

    assert "$1::TEXT[]" in statement.sql
    assert "$2::TIMESTAMP WITH TIME ZONE" in statement.sql
    assert statement.arguments({"before": 2, "ids": ["a"], "owner": "b"}) == [["a"], 2, "b"]


def test_a_value_that_is_used_twice_is_given_once() -> None:
    statement = sql("SELECT :n + :n", int, n=INTEGER)

    assert set(statement.arguments({"n": 4})) == {4}


@pytest.mark.parametrize(
    ("clause", "types", "message"),
    [
        ("SELECT :n", {}, r"without a type \['n'\]"),
        ("SELECT 1", {"n": INTEGER}, r"not in the text \['n'\]"),
    ],
)
def test_value_without_type_and_type_without_value_are_refused(
    clause: str, types: dict[str, SqlType], message: str
) -> None:
    with pytest.raises(TypeError, match=message):
        sql(clause, **types)


@pytest.mark.parametrize(
    ("values", "message"),
    [({}, r"missing \['n'\]"), ({"n": 1, "m": 2}, r"unknown \['m'\]")],
)
def test_run_without_a_value_or_with_one_too_many_is_refused(
    values: dict[str, object], message: str
) -> None:
    with pytest.raises(TypeError, match=message):
        sql("SELECT :n", int, n=INTEGER).arguments(values)


@pytest.mark.parametrize(
    ("clause", "names"),
    [
        ("SELECT :a, :b, :a", ["a", "b"]),
        ("SELECT x::text, CAST(:a AS bigint)::text", ["a"]),
        (r"SELECT '12\:30'", []),
        ("SELECT a[1:2]", []),
        ("SELECT (:a), f(:b,:c)", ["a", "b", "c"]),
    ],
)
def test_names_are_those_that_the_compiler_finds(clause: str, names: list[str]) -> None:
    assert names_in(clause) == names
    made = sql(clause, **dict.fromkeys(names, TEXT))
    assert {name for name, _ in made._slots} == set(names)


def _orders() -> Listing[Row]:
    return Listing(
        "SELECT o.id FROM orders o",
        Row,
        order_by="o.at DESC, o.id DESC",
        after="(o.at, o.id) < (:after_at, :after_id)",
        tenant="o.tenant_id = :tenant",
        where="o.deleted_at IS NULL",
        filters={"status": "o.status = :status", "store": "o.store = :store"},
        after_at=INSTANT,
        after_id=TEXT,
        status=TEXT,
        store=TEXT,
    )


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("rows", list(Rows))
@pytest.mark.parametrize("filters", [set[str](), {"status"}, {"status", "store"}])
def test_list_has_only_the_conditions_that_were_asked_for(
    filters: set[str], rows: Rows, is_first: bool
) -> None:
    text = _orders().of(frozenset(filters), is_first=is_first, rows=rows).sql

    assert ("o.tenant_id = " in text) is (rows is not Rows.ALL)
    assert ("o.tenant_id = ANY(" in text) is (rows is Rows.OF_TENANTS)
    assert ("(o.at, o.id) < " in text) is not is_first
    for name in ("status", "store"):
        assert (f"o.{name} = " in text) is (name in filters)
    assert "o.deleted_at IS NULL" in text
    assert text.partition(" LIMIT ")[0].endswith("ORDER BY o.at DESC, o.id DESC")


def test_list_makes_each_combination_once() -> None:
    orders = _orders()

    first = orders.of(frozenset({"status"}), is_first=True, rows=Rows.ALL)
    again = orders.of(frozenset({"status"}), is_first=True, rows=Rows.ALL)

    assert first is again


def test_filter_that_the_list_does_not_have_is_a_programmer_s_error() -> None:
    with pytest.raises(KeyError, match="colour"):
        _orders().of(frozenset({"colour"}), is_first=True, rows=Rows.ALL)


def test_slip_in_a_list_shows_when_it_is_made() -> None:
    with pytest.raises(KeyError, match="colour"):
        Listing(
            "SELECT id FROM t",
            Row,
            order_by="id",
            after="id > :after_id",
            filters={"colour": "colour = :colour"},
            after_id=TEXT,
        )
