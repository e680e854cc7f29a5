"""What HTTP means here (RFC 9110), on every operation of every service."""

from typing import Any

import pytest
from httpx2 import AsyncClient, Response

from shared.contracts.topics import SERVICES
from shared.kernel.identity import Role
from tests.contract.examples import BODIES, EXAMPLES, AllServices, as_sent
from tests.contract.operations import Operation, operations

CLOSED = [o for o in operations() if o.scope is not None]
READS = [o for o in CLOSED if o.method == "GET" and not o.is_stream]
CREATES = [o for o in CLOSED if o.method == "POST" and ":" not in o.path]
# Changed without a condition, on purpose.
UNCONDITIONAL = {
    "catalog DELETE /v1/credentials/{client_id}": "a lost secret must be stopped at once",
    "catalog PUT /v1/imports/{import_id}/columns": "it is possible once, while the import waits",
}
CHANGES = [o for o in CLOSED if o.is_conditional and str(o) not in UNCONDITIONAL]
DELETED = {(o.service, o.path) for o in CLOSED if o.method == "DELETE"}
CREATED_BY_PUT = [o for o in CLOSED if o.method == "PUT" and (o.service, o.path) in DELETED]
PATHS = sorted({(o.service, o.path) for o in operations()})


def body_of(operation: Operation, world: AllServices) -> Any:
    return BODIES[str(operation)](world) if str(operation) in BODIES else None


def code_of(answer: Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["code"])


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_every_operation_has_an_example(operation: Operation) -> None:
    assert set(operation.path_params) <= EXAMPLES.keys()
    assert operation.body is None or str(operation) in BODIES


@pytest.mark.parametrize("operation", [o for o in CLOSED if o.is_change], ids=str)
async def test_every_example_is_accepted(operation: Operation, world: AllServices) -> None:
    await world.resource("sku")
    await world.resource("declaration_id")
    await world.resource("return_id")
    await world.resource("bill_id")
    address = await world.address(operation, fresh=True)
    headers = {"If-Match": "*"} if operation.is_conditional else {}
    body = body_of(operation, world)
    answer = await world.send(operation, address=address, json=body, headers=headers)
    assert answer.is_success, answer.text
    if answer.status_code == 201 and answer.headers.get("location"):
        made = await world.send(operation, method="GET", address=answer.headers["location"])
        assert made.status_code == 200, f"nothing at {answer.headers['location']}"


@pytest.mark.parametrize("operation", READS, ids=str)
async def test_head_is_get_without_its_body(operation: Operation, world: AllServices) -> None:
    got = await world.send(operation)
    head = await world.send(operation, method="HEAD")
    assert (head.status_code, head.content) == (got.status_code, b"")
    for answer in (got, head):
        for name in [n for n in answer.headers if n.startswith(("ratelimit", "airlane-trace"))]:
            del answer.headers[name]
    assert head.headers == got.headers
    assert int(head.headers["content-length"]) == len(got.content)


@pytest.mark.parametrize("operation", [o for o in READS if not o.is_page], ids=str)
async def test_a_read_has_an_etag_that_spares_the_next(
    operation: Operation, world: AllServices
) -> None:
    etag = (await world.send(operation)).headers["etag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = await world.send(operation, headers={"If-None-Match": known})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == etag
    assert (await world.send(operation, headers={"If-None-Match": '"other"'})).status_code == 200
    assert (await world.send(operation, headers={"If-Match": etag})).status_code == 200
    stale = await world.send(operation, headers={"If-Match": '"other"'})
    assert code_of(stale, 412) == "request.precondition_failed"
    for header in ("If-Match", "If-None-Match"):
        odd = await world.send(operation, headers={header: "1"})
        assert code_of(odd, 400) == "request.entity_tag_malformed"


@pytest.mark.parametrize("operation", CHANGES, ids=str)
async def test_a_change_needs_the_present_etag(operation: Operation, world: AllServices) -> None:
    address = await world.address(operation, fresh=True)
    body = body_of(operation, world)

    async def change(**headers: str) -> Response:
        return await world.send(operation, address=address, json=body, headers=headers)

    before = await world.send(operation, method="GET", address=address)
    etag = before.headers["etag"]
    assert code_of(await change(), 428) == "request.precondition_required"
    refused = {"If-Match": '"other"', "If-None-Match": "*"}
    for name, value in refused.items():
        assert (await change(**{name: value})).status_code == 412
    assert (await change(**{"If-Match": f"W/{etag}"})).status_code == 412
    assert code_of(await change(**{"If-Match": "1"}), 400) == "request.entity_tag_malformed"
    same = await world.send(operation, method="GET", address=address)
    assert same.content == before.content
    done = await change(**{"If-Match": etag})
    assert done.is_success, done.text
    after = await world.send(operation, method="GET", address=address)
    if operation.method == "DELETE":
        assert after.status_code == 404
    else:
        assert after.headers["etag"] != etag
        assert (done.headers["etag"], done.content) == (after.headers["etag"], after.content)
        assert done.headers["content-location"] == address


@pytest.mark.parametrize("operation", CREATED_BY_PUT, ids=str)
async def test_a_put_with_if_match_makes_nothing_where_nothing_is(
    operation: Operation, world: AllServices
) -> None:
    """Neither where something was deleted nor where nothing has ever been."""
    address = await world.address(operation, fresh=True)
    was = (await world.send(operation, method="GET", address=address)).headers["etag"]
    deleted = await world.send(
        operation, method="DELETE", address=address, headers={"If-Match": was}
    )
    assert deleted.status_code == 204
    # The last parameter of each such path names something by a word of the caller's own.
    names = {name: await world.resource(name) for name in operation.path_params}
    never = operation.path.format_map(names | {operation.path_params[-1]: "FR"})
    for nowhere in (address, never):
        for tag in (was, "*", '"1"'):
            answer = await world.send(
                operation,
                address=nowhere,
                json=body_of(operation, world),
                headers={"If-Match": tag},
            )
            assert code_of(answer, 412) == "request.nothing_to_match"
        assert (await world.send(operation, method="GET", address=nowhere)).status_code == 404


async def test_an_etag_of_a_former_life_is_no_key_to_the_next(world: AllServices) -> None:
    put = next(o for o in operations() if str(o) == "catalog PUT /v1/products/{sku}")
    address = await world.address(put, fresh=True)
    first = await world.send(put, method="GET", address=address)
    body = {n: v for n, v in first.json().items() if n in EDITABLE}
    late = {"If-Match": first.headers["etag"]}
    await world.send(put, method="DELETE", address=address, headers=late)
    for tag in (late["If-Match"], "*"):
        gone = await world.send(put, address=address, json=body, headers={"If-Match": tag})
        assert code_of(gone, 412) == "request.nothing_to_match"
    missing = await world.send(put, method="GET", address=address)
    assert missing.status_code == 404
    anew = await world.send(put, address=address, json=body, headers={"If-None-Match": "*"})
    assert (anew.status_code, anew.json()["version"]) == (201, 1)
    other = {**body, "battery": True}
    stale = await world.send(put, address=address, json=other, headers=late)
    assert code_of(stale, 412) == "request.precondition_failed"
    again = await world.send(put, address=address, json=body, headers={"If-None-Match": "*"})
    assert code_of(again, 412) == "request.exists_already"


EDITABLE = {
    "title",
    "hs_code",
    "origin_country",
    "net_weight_g",
    "gross_weight_g",
    "size_mm",
    "price",
    "battery",
    "synthetic",
}


@pytest.mark.parametrize(("service", "path"), PATHS, ids=lambda part: part)
async def test_a_path_says_what_it_can(service: str, path: str, world: AllServices) -> None:
    client: AsyncClient = world.clients[service]
    methods = {o.method for o in operations() if (o.service, o.path) == (service, path)}
    address = path.format_map(dict.fromkeys(EXAMPLES, "x1"))
    allow = ", ".join(sorted(methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())))
    options = await client.options(address)
    assert (options.status_code, options.content) == (204, b"")
    assert options.headers["allow"] == allow
    unknown = await client.request("PROPFIND", address)
    assert code_of(unknown, 405) == "request.method_not_allowed"
    assert unknown.headers["allow"] == allow
    if "GET" not in methods:
        assert (await client.get(address)).headers["allow"] == allow
    assert code_of(await client.get(address + "/"), 404) == "request.no_such_path"


@pytest.mark.parametrize("operation", CLOSED, ids=str)
async def test_a_token_that_does_not_do_says_what_would(
    operation: Operation, world: AllServices
) -> None:
    address = await world.address(operation)
    client = world.clients[operation.service]
    nobody = await client.request(operation.method, address)
    assert code_of(nobody, 401) == "auth.required"
    assert nobody.headers["www-authenticate"] == 'Bearer realm="airlane"'
    token = world.token_for(Role.OPERATOR, scopes=["moon:read"])
    body = body_of(operation, world)
    headers = {"Authorization": f"Bearer {token}"}
    sent = as_sent(operation, json=body, headers=headers)
    narrow = await client.request(operation.method, address, **sent)
    assert code_of(narrow, 403) == "auth.forbidden"
    assert narrow.headers["www-authenticate"] == (
        f'Bearer realm="airlane", error="insufficient_scope", scope="{operation.scope}"'
    )


@pytest.mark.parametrize("service", SERVICES)
async def test_the_type_of_every_problem_leads_to_its_explanation(
    service: str, world: AllServices
) -> None:
    client = world.clients[service]
    for known in (await client.get("/problems")).json()["items"]:
        page = await client.get(f"/problems/{known['code']}")
        assert (page.status_code, page.json()) == (200, known)


NUMBERS = {
    "catalog GET /v1/orders": ("order_id", "/v1/orders/{}", ["order_number"], "ordered"),
    "customs GET /v1/declarations": (
        "declaration_id",
        "/v1/declarations/{}",
        ["house_waybill", "order_id"],
        "created",
    ),
    "routing GET /v1/shipments": (
        "shipment_id",
        "/v1/shipments/{}",
        ["house_waybill", "order_id"],
        "placed",
    ),
}


@pytest.mark.parametrize("operation", [o for o in READS if str(o) in NUMBERS], ids=str)
async def test_what_a_person_holds_in_hand_finds_the_thing(
    operation: Operation, world: AllServices
) -> None:
    name, path, numbers, dated = NUMBERS[str(operation)]
    address = path.format(await world.resource(name))
    wanted = (await world.send(operation, method="GET", address=address)).json()

    async def found(**params: str) -> list[str]:
        page = await world.send(operation, params=params)
        assert page.status_code == 200, page.text
        return [item["id"] for item in page.json()["items"]]

    for number in numbers:
        assert wanted["id"] in await found(**{number: wanted[number]})
        other = wanted[number][:-1] + ("0" if wanted[number][-1] != "0" else "1")
        assert wanted["id"] not in await found(**{number: other})
    at = wanted[f"{dated}_at"]
    named = {numbers[0]: wanted[numbers[0]]}
    assert await found(**named, **{f"{dated}_from": at}) == [wanted["id"]]
    assert await found(**named, **{f"{dated}_to": at}) == []


@pytest.mark.parametrize("operation", CLOSED, ids=str)
async def test_unknown_and_repeated_parameters_are_refused(
    operation: Operation, world: AllServices
) -> None:
    address = await world.address(operation)
    wrong = await world.send(operation, address=address, params={"foo/bar": 1}, json={})
    assert wrong.status_code == 422, wrong.text
    (fault,) = [f for f in wrong.json()["errors"] if f["code"] == "request.unknown_parameter"]
    assert fault["pointer"] == "/query/foo~1bar"
    assert all(name in fault["fix"] for name in operation.query)
    if operation.is_page:
        twice = await world.send(operation, params=[("limit", 1), ("limit", 2)])
        assert code_of(twice, 422) == "request.invalid"
        assert twice.json()["errors"][0]["code"] == "request.repeated_parameter"
