"""The published contract: problems, bearer tokens and headers on every operation, plain names."""

from collections.abc import Callable, Iterator
from typing import Annotated, Any

import pytest
from fastapi import FastAPI
from pydantic import Field

from shared.documents.fields import Body, WholeNumber


@pytest.fixture
def document(sample_app: Callable[..., FastAPI]) -> dict[str, Any]:
    document: dict[str, Any] = sample_app().openapi()
    return document


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in document["paths"].values():
        yield from path.items()


def test_operations_are_named_after_their_functions(document: dict[str, Any]) -> None:
    names = {operation["operationId"] for _, operation in operations(document)}
    assert {"make_thing", "list_things", "get_thing"} <= names


def test_every_refusal_is_a_problem(document: dict[str, Any]) -> None:
    shared = document["components"]["responses"]
    for _, operation in operations(document):
        for status, named in operation["responses"].items():
            if status == "default" or status >= "400":
                response = shared[named["$ref"].rpartition("/")[2]] if "$ref" in named else named
                assert list(response["content"]) == ["application/problem+json"]
    schemas = document["components"]["schemas"]
    assert {"Problem", "ProblemField", "ThingIn", "ThingOut"} <= set(schemas)
    assert not {"HTTPValidationError", "ValidationError", "ThingIn-Input"} & set(schemas)


def test_security_and_headers_are_documented(document: dict[str, Any]) -> None:
    def headers(operation: dict[str, Any]) -> set[str]:
        return {p["$ref"].rpartition("/")[2] for p in operation["parameters"] if "$ref" in p}

    post, put = (
        document["paths"]["/v1/things"]["post"],
        document["paths"]["/v1/things/{number}"]["put"],
    )
    # Either of the two, and both need the scope.
    assert post["security"] == [
        {"clientCredentials": ["sample:write"]},
        {"bearer": ["sample:write"]},
    ]
    assert headers(post) == {"AcceptLanguage", "AirlaneTenant", "IdempotencyKey"}
    assert headers(put) == {"AcceptLanguage", "AirlaneTenant", "IfMatch", "IfNoneMatch"}
    public = document["paths"]["/v1/counted"]["get"]
    assert public["security"] == []
    assert "401" not in public["responses"]
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


def test_every_reference_has_a_target(document: dict[str, Any]) -> None:
    def references(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            for name, value in node.items():
                if name == "$ref":
                    yield value
                else:
                    yield from references(value)
        elif isinstance(node, list):
            for value in node:
                yield from references(value)

    for reference in set(references(document)):
        target: Any = document
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]


def test_bounds_of_a_number_have_their_standard_names(sample_app: Callable[..., FastAPI]) -> None:
    class CountIn(Body):
        count: Annotated[WholeNumber, Field(ge=1, le=9)]

    app = sample_app()

    @app.post("/v1/counts")
    async def count_things(body: CountIn) -> None: ...

    count = app.openapi()["components"]["schemas"]["CountIn"]["properties"]["count"]
    assert (count["minimum"], count["maximum"]) == (1, 9)
    assert not {"ge", "le"} & count.keys()
