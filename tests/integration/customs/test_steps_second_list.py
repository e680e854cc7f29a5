"""Customs enters a list late that was declared again under a new number."""

from httpx2 import AsyncClient

from tests.support.steps import step
from tests.support.worlds.customs import NS, CustomsOperator, CustomsWorld


async def test_the_clone_does_not_leave(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, merchant_id: str
) -> None:
    (row,) = await customs.declare(customs.an_order(merchant_id))
    await office.answer(customs.receipt(row, "-621099", at_s=1))
    assert (await step(merchant, row, "clone")).status_code == 200
    clone = (await merchant.get(f"/v1/declarations/{row['id']}")).json()
    await office.answer(customs.receipt(row, "120", at_s=2), customs.receipt(row, "800", at_s=3))
    await customs.send()

    found = (await merchant.get(f"/v1/declarations/{row['id']}")).json()
    assert (found["status"], found["cop_no"]) == ("released", row["cop_no"])
    assert customs.document_of(clone["cop_no"]) == []
    documents = (await merchant.get(f"/v1/declarations/{row['id']}/documents")).json()["items"]
    phases = {one["number"]: one["status"] for one in documents}
    assert phases[clone["cop_no"]] == "withdrawn"


async def test_if_it_has_left_customs_is_asked_to_cancel_the_other(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, merchant_id: str
) -> None:
    (row,) = await customs.declare(customs.an_order(merchant_id))
    await office.answer(customs.receipt(row, "-621099", at_s=1))
    assert (await step(merchant, row, "clone")).status_code == 200
    await customs.send()
    clone = (await merchant.get(f"/v1/declarations/{row['id']}")).json()
    number = {"invt_no": "470020261000000001"}
    await office.answer(
        customs.receipt(row, "120", at_s=2) | number, customs.receipt(clone, "120", at_s=3)
    )
    await customs.send()

    found = (await merchant.get(f"/v1/declarations/{row['id']}")).json()
    assert (found["status"], found["cop_no"]) == ("accepted", clone["cop_no"])
    missing = (await merchant.get(f"/v1/declarations/{row['id']}/missing")).json()["items"]
    assert (missing[0]["code"], missing[0]["owner"]) == ("second_list", "park")
    documents = (await merchant.get(f"/v1/declarations/{row['id']}/documents")).json()["items"]
    asked = [one["number"] for one in documents if one["kind"] == "cancellation"]
    (request,) = [
        one for one in customs.documents("CEB605") if one.findtext(f"{NS}copNo") == asked[0]
    ]
    assert request.findtext(f"{NS}invtNo") == number["invt_no"]
