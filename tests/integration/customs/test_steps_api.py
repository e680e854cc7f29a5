"""Steps: a declaration is declared again, changed, repaired or sent once more."""

from typing import Any

from httpx2 import AsyncClient

from shared.kernel.ids import new_id
from tests.support.events.catalog.orders import an_order_line
from tests.support.steps import accepted, acts, step
from tests.support.worlds.customs import NS, CustomsOperator, CustomsWorld, MadeOrder


async def a_blocked(customs: CustomsWorld, merchant_id: str) -> tuple[MadeOrder, dict[str, Any]]:
    """Its HS code has a dot, which the match suggests to leave out."""
    order = customs.an_order(merchant_id, lines=1)
    await customs.consume(customs.placed(order, lines=(an_order_line(1, hs_code="9405.50"),)))
    await customs.consume(customs.booked(order))
    row = await customs.declaration(order)
    assert row["status"] == "blocked"
    return order, row


async def test_a_returned_list_is_declared_again_under_a_new_number(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, merchant_id: str
) -> None:
    (row,) = await customs.declare(order := customs.an_order(merchant_id))
    await office.answer(customs.receipt(row, "100"))
    repairs = [{"pointer": "/order/lines/0/title_zh", "value": "玻璃烛台"}]

    answer = await step(merchant, row, "clone", repairs=repairs)

    assert (answer.status_code, answer.json()["status"]) == (200, "queued")
    await customs.send()
    clone = await customs.declaration(order)
    assert clone["id"] == row["id"]
    assert clone["cop_no"] == answer.json()["cop_no"] != row["cop_no"]
    (sent,) = customs.document_of(clone["cop_no"])
    assert sent.findtext(f"{NS}InventoryHead/{NS}appType") == "1"
    assert sent.findtext(f"{NS}InventoryList/{NS}gname") == "玻璃烛台"
    (replaced,) = await customs.sql(
        "SELECT replaces FROM customs.documents WHERE id = $1", clone["list_id"]
    )
    assert replaced["replaces"] == row["list_id"]
    await office.answer(
        customs.receipt(clone, "120", at_s=10),
        customs.receipt(clone, "800", at_s=11),
        customs.receipt(row, "100", at_s=12, info="late"),
    )
    clone = await customs.declaration(order)
    assert (clone["status"], clone["parcel_state"]) == ("released", "waiting")
    assert await customs.events(clone["id"]) == [
        ("submitted", 1),
        ("returned", 2),
        ("submitted", 3),
        ("accepted", 4),
        ("released", 5),
    ]
    (kept,) = await customs.sql(
        "SELECT order_document -> 'lines' -> 0 ->> 'title_zh' AS title, repairs #>> '{0,original}'"
        " AS original FROM customs.declarations WHERE id = $1",
        row["id"],
    )
    assert kept == {"title": "白色心形烛台", "original": "白色心形烛台"}
    assert await acts(customs, row) == ["clone"]


async def test_an_accepted_list_is_amended_under_its_number(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, merchant_id: str
) -> None:
    (row,) = await customs.declare(order := customs.an_order(merchant_id))
    await office.answer(accepted(customs, row))
    repairs = [{"pointer": "/order/lines/0/title_zh", "value": "玻璃烛台"}]
    # An answer is about the last upload that had left by then.
    customs.clock.advance(seconds=1)

    answer = await step(merchant, row, "amend", repairs=repairs)

    assert answer.json()["status"] == "accepted"
    await customs.send()
    first, second = customs.document_of(row["cop_no"])
    assert second.findtext(f"{NS}InventoryHead/{NS}appType") == "2"
    assert second.findtext(f"{NS}InventoryList/{NS}gname") == "玻璃烛台"
    times = [one.findtext(f"{NS}InventoryHead/{NS}appTime") or "" for one in (first, second)]
    assert times[0] < times[1]
    meanwhile = await step(merchant, row, "amend")
    assert (meanwhile.status_code, "amend" in meanwhile.json()["allowed"]) == (409, False)
    await office.answer(customs.receipt(row, "120", at_s=60), customs.receipt(row, "800", at_s=61))
    assert (await customs.declaration(order))["status"] == "released"


async def test_an_unanswered_list_is_sent_once_more(
    customs: CustomsWorld, merchant: AsyncClient, merchant_id: str
) -> None:
    (row,) = await customs.declare(order := customs.an_order(merchant_id))

    answer = await step(merchant, row, "resend")
    await customs.send()

    assert answer.status_code == 200
    assert len(customs.document_of(row["cop_no"])) == 2
    assert (await customs.declaration(order))["attempts"] == 2


async def test_documents_are_sent_once_more_each_by_itself(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    first, second = await customs.declare(customs.an_order(), customs.an_order())
    await office.answer(customs.receipt(second, "120"))
    ids = [first["list_id"], second["list_id"], new_id("doc")]

    answer = await office.http.post("/v1/documents:resend", json={"document_ids": ids})

    items = answer.json()["items"]
    assert [one["status"] for one in items] == [200, 409, 404]
    await customs.send()
    assert len(customs.document_of(first["cop_no"])) == 2
    assert len(customs.document_of(second["cop_no"])) == 1


async def test_a_blocked_declaration_is_repaired_as_suggested(
    customs: CustomsWorld, merchant: AsyncClient, merchant_id: str
) -> None:
    order, row = await a_blocked(customs, merchant_id)

    answer = await step(merchant, row, "repair", apply_suggested=True)

    assert answer.json()["status"] == "queued", answer.text
    await customs.send()
    (sent,) = customs.document_of(row["cop_no"])
    assert (sent.findtext(f"{NS}InventoryList/{NS}gcode") or "").startswith("940550")
    stored = await customs.declaration(order)
    assert stored["order_document"]["lines"][0]["hs_code"] == "9405.50"


async def test_a_finding_says_where_it_is_whose_move_it_is_and_what_would_help(
    customs: CustomsWorld, merchant: AsyncClient, merchant_id: str
) -> None:
    _, row = await a_blocked(customs, merchant_id)

    shown = (await merchant.get(f"/v1/declarations/{row['id']}")).json()["findings"]

    (code,) = [one for one in shown if one["pointer"] == "/order/lines/0/hs_code"]
    assert (code["severity"], code["owner"]) == ("error", "merchant")
    assert code["repair"] == {
        "pointer": "/order/lines/0/hs_code",
        "value": "940550",
        "basis": "digits_of_code",
        "detail": "The digits of the code as given.",
    }


async def test_a_newer_order_has_the_last_word_about_what_was_repaired(
    customs: CustomsWorld, merchant: AsyncClient, merchant_id: str
) -> None:
    order, row = await a_blocked(customs, merchant_id)
    await step(merchant, row, "repair", apply_suggested=True)

    same = customs.placed(order, version=2, lines=(an_order_line(1, hs_code="9405.50"),))
    await customs.consume(same)
    assert (await customs.declaration(order))["status"] == "queued"

    other = customs.placed(order, version=3, lines=(an_order_line(1, hs_code="9405.5"),))
    await customs.consume(other)

    row = await customs.declaration(order)
    assert (row["status"], row["repairs"]) == ("blocked", [])


async def test_a_clone_that_still_has_faults_is_refused_with_all_of_them(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, merchant_id: str
) -> None:
    (row,) = await customs.declare(order := customs.an_order(merchant_id))
    await office.answer(customs.receipt(row, "100"))
    repairs = [
        {"pointer": "/order/lines/0/hs_code", "value": "94"},
        {"pointer": "/order/country", "value": "CN"},
    ]

    answer = await step(merchant, row, "clone", repairs=repairs)

    assert answer.status_code == 422
    assert answer.json()["code"] == "customs.declaration.still_faulty"
    assert {one["pointer"] for one in answer.json()["errors"]} >= {
        "/order/lines/0/hs_code",
        "/order/country",
    }
    assert (await customs.declaration(order))["cop_no"] == row["cop_no"]


async def test_a_step_at_the_wrong_time_names_those_that_are_allowed(
    customs: CustomsWorld, merchant: AsyncClient, merchant_id: str
) -> None:
    (row,) = await customs.declare(customs.an_order(merchant_id))

    for name in ("clone", "amend", "repair"):
        answer = await step(merchant, row, name)
        assert answer.status_code == 409
        assert answer.json()["allowed"] == ["cancel", "resend"]


async def test_a_repair_does_not_give_a_list_the_order_number_of_another(
    customs: CustomsWorld, asking: AsyncClient, merchant_id: str
) -> None:
    everything = customs.sending_all()
    taken, order = everything.an_order(merchant_id), everything.an_order(merchant_id)
    await everything.consume(everything.placed(taken), everything.booked(taken))
    line = an_order_line(1, hs_code="9405.50")
    await everything.consume(everything.placed(order, lines=(line,)))
    await everything.consume(everything.booked(order, gross_weight_g=690))
    row = await everything.declaration(order)
    repairs = [{"pointer": "/order/order_number", "value": taken.order_id[-8:]}]

    answer = await step(asking, row, "repair", apply_suggested=True, repairs=repairs)

    assert answer.json()["status"] == "blocked"
    found = [one["code"] for one in answer.json()["findings"]]
    assert found == ["customs.match.order_number_taken"]
