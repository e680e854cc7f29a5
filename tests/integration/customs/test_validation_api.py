"""What the match would find is told before anything is sent, and nothing is kept of it."""

from typing import Any

import pytest
from httpx2 import AsyncClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.customs.domain.messages.parties import Party
from shared.kernel.ids import new_id
from tests.kit.statements import statements_run
from tests.support.candidates import a_candidate, at, events_of, with_values
from tests.support.events.catalog.orders import an_order_line
from tests.support.worlds.customs import CustomsOperator, CustomsWorld, a_customs_code

VALIDATE = "/v1/declarations:validate"


async def validated(client: AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    answer = await client.post(VALIDATE, json=body)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def codes(said: dict[str, Any]) -> list[str]:
    return [one["code"].rpartition(".")[2] for one in said["findings"]]


TAKEN = "T-" + "7" * 10
FAULTS: list[tuple[str, Any]] = [
    ("/order/order_number", TAKEN),
    ("/order/order_number", "N" * 61),
    ("/order/store", "elsewhere"),
    ("/order/currency", "XPF"),
    ("/order/country", "AQ"),
    ("/order/country", "CN"),
    ("/order/total_minor", 1),
    ("/order/net_weight_g", 1),
    ("/order/gross_weight_g", 1),
    ("/order/lines", []),
    ("/order/lines/0/line", 2),
    ("/order/lines/0/sku", "S" * 21),
    ("/order/lines/0/title", "T" * 300),
    ("/order/lines/1/quantity", 0),
    ("/order/lines/0/unit_price_minor", 0),
    ("/order/lines/0/hs_code", "9405.50"),
    ("/order/lines/1/hs_code", "770000"),
    ("/order/lines/0/net_weight_g", 500),
    ("/order/lines/0/title_zh", None),
    ("/order/lines/1/title_zh", "灯" * 251),
    ("/order/lines/1/title_zh", "配件"),
    ("/order/lines/0/brand", None),
    ("/order/lines/1/material", None),
    ("/order/lines/0/gtin", "123"),
    ("/waybill/gross_weight_g", 1),
    ("/waybill/country", "FR"),
    ("/waybill/pieces", 0),
    ("/waybill/house_waybill", "W" * 40),
]


def _applied(faults: list[tuple[str, Any]]) -> dict[str, Any]:
    """Without lines, the first of the faults is that there are none."""
    body = a_candidate(new_id("ord")[-12:])
    return with_values(body, *sorted(faults, key=lambda one: one[0] == "/order/lines"))


@settings(
    max_examples=60,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(faults=st.lists(st.sampled_from(FAULTS), max_size=5, unique_by=lambda one: one[0]))
async def test_what_is_found_before_is_found_again_on_the_way(
    everything: CustomsWorld,
    asking: AsyncClient,
    merchant_id: str,
    faults: list[tuple[str, Any]],
) -> None:
    other = everything.an_order(merchant_id)
    await everything.consume(*events_of(everything, other, a_candidate(TAKEN)))
    body = _applied(faults)

    said = await validated(asking, body)

    order = everything.an_order(merchant_id)
    await everything.consume(*events_of(everything, order, body))
    row = await everything.declaration(order)
    recorded = (await asking.get(f"/v1/declarations/{row['id']}")).json()
    assert said["findings"] == recorded["findings"]
    assert said["rulebook"] == recorded["rulebook"]
    assert said["status"] == {"queued": "ready", "blocked": "blocked"}[recorded["status"]]
    on_file = await validated(asking, {"declaration_id": row["id"]})
    assert on_file == said | {"declaration_id": row["id"]}


async def test_several_faults_come_at_once_each_with_its_place(
    customs: CustomsWorld, merchant: AsyncClient
) -> None:
    body = with_values(
        a_candidate("A-1"),
        ("/order/total_minor", 1),
        ("/order/lines/0/hs_code", "9405.50"),
        ("/order/lines/1/title_zh", None),
        ("/waybill/gross_weight_g", 1),
        ("/waybill/country", "FR"),
    )

    said = await validated(merchant, body)

    found = {one["pointer"]: one for one in said["findings"]}
    assert found.keys() == {
        "/order/total_minor",
        "/order/lines/0/hs_code",
        "/order/lines/1/title_zh",
        "/waybill/gross_weight_g",
        "/waybill/country",
    }
    for pointer in found:
        at(body, pointer.split("/")[1:])
    assert {one["document"] for one in found.values()} == {"order", "waybill"}
    weight = found["/waybill/gross_weight_g"]
    assert (weight["owner"], weight["severity"]) == ("logistics", "error")
    assert weight["values"] == {"list": 2760, "waybill": 1}
    repair = found["/order/lines/0/hs_code"]["repair"]
    assert (repair["pointer"], repair["value"]) == ("/order/lines/0/hs_code", "940550")
    assert said["status"] == "blocked"


async def test_nothing_is_stored_and_nothing_is_locked(
    customs: CustomsWorld, merchant: AsyncClient, merchant_id: str
) -> None:
    (row,) = await customs.declare(customs.an_order(merchant_id))
    tables = await customs.sql(
        # The relay of the same process keeps its own place at any time.
        "SELECT table_name AS name FROM information_schema.tables"
        " WHERE table_schema = 'customs' AND table_name NOT LIKE 'relay%'"
    )

    async def counts() -> list[Any]:
        counted = " UNION ALL ".join(
            f"SELECT '{one['name']}' AS name, count(*), max(xmin::text::bigint) AS last"
            f" FROM customs.{one['name']}"
            for one in tables
        )
        return sorted(
            (one["name"], one["count"], one["last"]) for one in await customs.sql(counted)
        )

    before = await counts()
    faulty = with_values(a_candidate("A-1"), ("/order/total_minor", 1))
    key = {"Idempotency-Key": new_id("key")}

    with statements_run() as seen:
        for body in (a_candidate("A-1"), faulty, {"declaration_id": row["id"]}):
            answer = await merchant.post(VALIDATE, json=body, headers=key)
            assert answer.status_code == 200

    assert seen
    assert all(text.lstrip().startswith("SELECT") and "FOR UPDATE" not in text for text in seen)
    assert await counts() == before


async def test_an_order_is_validated_before_its_waybill_is_there(
    customs: CustomsWorld, merchant: AsyncClient, merchant_id: str
) -> None:
    sound = a_candidate("A-1")
    del sound["waybill"]
    faulty = with_values(sound, ("/order/lines/0/hs_code", "770000"))
    order = customs.an_order(merchant_id, lines=1)
    await customs.consume(customs.placed(order, lines=(an_order_line(1, hs_code="770000"),)))
    row = await customs.declaration(order)

    first, second = await validated(merchant, sound), await validated(merchant, faulty)
    on_file = await validated(merchant, {"declaration_id": row["id"]})

    assert (first["status"], first["findings"]) == ("draft", [])
    assert (second["status"], codes(second)) == ("blocked", ["hs_code"])
    assert (on_file["status"], codes(on_file)) == ("blocked", ["hs_code"])
    assert (await customs.declaration(order))["status"] == "draft"


async def test_repairs_that_were_made_count_and_what_has_left_is_as_it_would_leave_again(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, merchant_id: str
) -> None:
    order = customs.an_order(merchant_id, lines=1)
    await customs.consume(customs.placed(order, lines=(an_order_line(1, hs_code="9405.50"),)))
    await customs.consume(customs.booked(order))
    row = await customs.declaration(order)
    asked = {"declaration_id": row["id"]}

    before = await validated(merchant, asked)
    await merchant.post(f"/v1/declarations/{row['id']}:repair", json={"apply_suggested": True})
    repaired = await validated(merchant, asked)
    await customs.send()
    await office.answer(customs.receipt(await customs.declaration(order), "100"))
    returned = await validated(merchant, asked)

    assert (before["status"], codes(before)) == ("blocked", ["hs_code"])
    assert (repaired["status"], repaired["findings"]) == ("ready", [])
    assert (returned["status"], returned["findings"]) == ("ready", [])


async def test_a_declaration_of_another_merchant_is_not_there(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient
) -> None:
    (row,) = await customs.declare(customs.an_order(new_id("mer")))
    asked = {"declaration_id": row["id"]}

    refused = await merchant.post(VALIDATE, json=asked)

    assert refused.status_code == 404
    assert refused.json()["code"] == "customs.declaration.not_found"
    assert (await validated(office.http, asked))["status"] == "ready"


async def test_a_candidate_is_matched_with_the_registrations_of_its_merchant(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, merchant_id: str
) -> None:
    own = await customs.register(merchant_id, Party(a_customs_code(), "示例自有电商"))
    body = a_candidate("A-1")

    async def by_operator(tenant: str) -> Any:
        answer = await office.http.post(VALIDATE, json=body, headers={"Airlane-Tenant": tenant})
        return answer.json()

    said = await validated(merchant, body)
    of_nobody = await office.http.post(VALIDATE, json=body)

    assert f"{own}/1" in said["rulebook"]
    assert await by_operator(merchant_id) == said
    assert own not in (await by_operator(new_id("mer")))["rulebook"]
    assert (of_nobody.status_code, of_nobody.json()["code"]) == (422, "auth.tenant_missing")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"waybill": a_candidate("A-1")["waybill"]},
        {"declaration_id": "dec_" + "0" * 32} | a_candidate("A-1"),
    ],
)
async def test_what_is_asked_about_must_be_clear(
    merchant: AsyncClient, body: dict[str, Any]
) -> None:
    for language, word in (("en", "clear"), ("zh-CN", "未明确")):
        answer = await merchant.post(VALIDATE, json=body, headers={"Accept-Language": language})

        assert answer.status_code == 422
        assert answer.json()["code"] == "customs.declaration.validation_unclear"
        assert word in answer.json()["detail"]


async def test_an_enterprise_that_cannot_be_named_is_told_with_all_other_faults(
    customs: CustomsWorld, merchant: AsyncClient, merchant_id: str
) -> None:
    for _ in range(2):
        await customs.register(merchant_id, Party(a_customs_code(), "示例自有电商"))
    body = with_values(a_candidate("A-1"), ("/order/lines/0/hs_code", "770000"))

    said = await validated(merchant, body)

    assert codes(said) == ["ambiguous", "ambiguous", "hs_code"]
    assert said["findings"][0]["document"] is None
    order = customs.an_order(merchant_id)
    await customs.consume(*events_of(customs, order, body))
    row = await customs.declaration(order)
    recorded = (await merchant.get(f"/v1/declarations/{row['id']}")).json()
    assert (said["findings"], said["rulebook"]) == (recorded["findings"], recorded["rulebook"])
