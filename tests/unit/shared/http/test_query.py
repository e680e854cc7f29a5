"""Query parameters: unknown ones and repetitions are refused, each with its place."""

from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, Query
from fastapi.routing import APIRoute
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from shared.http.query import QueryRule, RepeatedParameter, UnknownParameter
from shared.kernel.errors import Invalid

app = FastAPI()


async def paging(limit: int = 50, cursor: str | None = None) -> None:
    del limit, cursor


async def filters(_: Annotated[None, Depends(paging)], status: str | None = None) -> None:
    del status


@app.get("/things/{thing_id}")
async def list_things(
    thing_id: str,
    _: Annotated[None, Depends(filters)],
    names: Annotated[list[str] | None, Query(alias="name")] = None,
    tags: Annotated[set[str] | None, Query()] = None,
) -> None:
    del thing_id, names, tags


def rule_of(path: str) -> QueryRule:
    (route,) = [r for r in app.routes if isinstance(r, APIRoute) and r.path == path]
    return QueryRule.of(route)


def asked(query: str) -> Request:
    return Request({"type": "http", "query_string": query.encode(), "headers": []})


def faults(query: str) -> list[tuple[str | None, str]]:
    with pytest.raises(Invalid) as refusal:
        rule_of("/things/{thing_id}").check(asked(query))
    return [(problem.pointer, problem.code) for problem in refusal.value.problems]


def test_parameters_are_those_of_the_route_and_of_all_it_depends_on() -> None:
    rule = rule_of("/things/{thing_id}")

    assert rule.known == {"limit", "cursor", "status", "name", "tags"}
    assert rule.lists == {"name", "tags"}


@pytest.mark.parametrize(
    "query", ["", "limit=1&status=x", "name=a&name=b&tags=x&tags=y", "status="]
)
def test_known_parameters_pass_and_lists_may_be_repeated(query: str) -> None:
    rule_of("/things/{thing_id}").check(asked(query))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("statsu=x", [("/query/statsu", UnknownParameter.code)]),
        ("names=x", [("/query/names", UnknownParameter.code)]),
        ("thing_id=x", [("/query/thing_id", UnknownParameter.code)]),
        ("Status=x", [("/query/Status", UnknownParameter.code)]),
        ("limit=1&limit=1", [("/query/limit", RepeatedParameter.code)]),
        ("a=1&a=2&a=3", [("/query/a", UnknownParameter.code)]),
        ("a~b/c=1", [("/query/a~0b~1c", UnknownParameter.code)]),
        (
            "x=1&limit=1&status=1&status=2&name=1&name=2",
            [("/query/x", UnknownParameter.code), ("/query/status", RepeatedParameter.code)],
        ),
    ],
)
def test_each_fault_is_named_once_with_its_place(query: str, expected: list[Any]) -> None:
    assert faults(query) == expected


def test_a_refusal_names_what_is_known() -> None:
    with pytest.raises(Invalid) as refusal:
        rule_of("/things/{thing_id}").check(asked("x=1"))

    (problem,) = refusal.value.problems
    assert problem.params == {"name": "x", "known": "cursor, limit, name, status, tags"}


@given(st.lists(st.sampled_from(["limit", "cursor", "status", "name", "tags", "other"])))
def test_a_query_passes_exactly_if_all_is_known_and_only_lists_are_repeated(
    names: list[str],
) -> None:
    query = "&".join(f"{name}=1" for name in names)
    singles = [name for name in names if name not in {"name", "tags"}]
    is_fine = "other" not in names and len(set(singles)) == len(singles)

    if is_fine:
        rule_of("/things/{thing_id}").check(asked(query))
    else:
        assert {pointer for pointer, _ in faults(query)} == {
            f"/query/{name}" for name in singles if name == "other" or singles.count(name) > 1
        }
