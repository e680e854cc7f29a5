"""The published contracts say all that a client generator, or a person, needs to call us."""

import re
from collections import Counter
from functools import cache
from typing import Any, Final

import jsonschema_rs
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31

from services.customs.domain.declarations.phase import Phase
from shared.contracts.topics import SERVICES
from tests.contract.operations import Operation, all_apps, operations

Node = dict[str, Any]

VERBS: Final = frozenset(
    (
        "Adjust Bind Cancel Change Check Choose Count Create Declare Delete Export Follow Import"
        " Issue Let List Place Read Register Repair Replay Report Search Send Stop Suggest Take"
        " Validate"
    ).split()
)
# Their summaries say all there is to say.
SUCCESSES: Final = ("200", "201", "202", "204", "207")


@cache
def documents() -> dict[str, Node]:
    return {service: app.openapi() for service, app in all_apps().items()}


def published(operation: Operation) -> Node:
    node: Node = documents()[operation.service]["paths"][operation.path][operation.method.lower()]
    return node


def resolved(service: str, node: Any) -> Any:
    """The node with the component it refers to put in its place."""
    while "$ref" in node:
        _, _, kind, name = node["$ref"].split("/")
        node = documents()[service]["components"][kind][name]
    return node


@pytest.mark.parametrize("service", SERVICES)
def test_the_document_is_valid(service: str) -> None:
    found = jsonschema_rs.validator_for(OPENAPI_31).iter_errors(documents()[service])
    assert [error.message for error in found] == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_reference_leads_somewhere(service: str) -> None:
    found = re.findall(r"'\$ref': '([^']*)'", repr(documents()[service]))
    for reference in set(found):
        resolved(service, {"$ref": reference})
    assert found


def test_names_of_operations_are_unique() -> None:
    names = Counter(published(operation)["operationId"] for operation in operations())
    assert [name for name, times in names.items() if times > 1] == []


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_a_summary_says_what_it_does(operation: Operation) -> None:
    summary = published(operation)["summary"]
    assert summary.split()[0] in VERBS, summary
    assert re.fullmatch(r"[A-Z][^.\n]{3,70}", summary), "one short sentence"


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_what_it_asks_for_is_said(operation: Operation) -> None:
    wanted = published(operation)["security"]
    if operation.scope is None:
        assert wanted == []
        return
    assert wanted == [{"clientCredentials": [operation.scope]}, {"bearer": [operation.scope]}]
    schemes = documents()[operation.service]["components"]["securitySchemes"]
    flow = schemes["clientCredentials"]["flows"]["clientCredentials"]
    assert operation.scope in flow["scopes"]
    assert flow["tokenUrl"] == "http://127.0.0.1:8001/oauth/token"


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_the_example_of_a_body_is_one(operation: Operation) -> None:
    body = published(operation).get("requestBody")
    assert (body is not None) >= (operation.body is not None)
    for content_type, content in (body or {"content": {}})["content"].items():
        assert "example" in content
        if content_type.endswith("json"):
            components = documents()[operation.service]["components"]
            schema = {**content["schema"], "components": components}
            jsonschema_rs.validate(schema, content["example"])
            if operation.body is not None:
                operation.body.model_validate(content["example"])


@pytest.mark.parametrize("operation", [o for o in operations() if o.body], ids=str)
def test_items_of_a_batch_are_typed(operation: Operation) -> None:
    content = published(operation)["requestBody"]["content"]["application/json"]
    body = resolved(operation.service, content["schema"])
    items = body.get("properties", {}).get("items", {}).get("items")
    if items is not None:
        assert resolved(operation.service, items).get("properties"), "a generator needs a type"
        assert "$ref" in items, "and a name for it"


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_headers_of_answers_are_said(operation: Operation) -> None:
    responses = published(operation)["responses"]
    assert {"429", "503", "default"} <= responses.keys()
    for status, response in responses.items():
        sent = resolved(operation.service, response)["headers"]
        assert {"Airlane-Trace-Id", "RateLimit", "RateLimit-Policy"} <= sent.keys()
        assert ("Location" in sent) >= (status == "201")
        assert ("Retry-After" in sent) >= (status in ("429", "503", "default"))
        if status in SUCCESSES:
            is_resource = operation.method == "GET" and not operation.is_page
            assert ("ETag" in sent) == (is_resource or operation.method in ("PUT", "PATCH"))
            assert ("Content-Location" in sent) == (operation.method in ("PUT", "PATCH"))


def test_states_inside_an_order_are_listed() -> None:
    schemas = documents()["catalog"]["components"]["schemas"]
    declaration = documents()["customs"]["components"]["schemas"]["DeclarationOut"]
    assert set(schemas["DeclarationOut"]["properties"]["status"]["enum"]) == set(Phase)
    assert set(declaration["properties"]["status"]["enum"]) == set(Phase)
    assert "booked" in schemas["OrderOut"]["properties"]["status"]["enum"]
