"""Imports through REST: a file comes in, a worker's process reads it, the merchant sees what became
of it.
"""

from typing import Any

from httpx2 import AsyncClient

from shared.kernel.ids import new_id
from tests.support.worlds.catalog import a_product, a_product_type, a_schema, refused
from tests.support.worlds.importing import HEADER, Importing, a_csv, a_row


def rows_of(body: dict[str, Any]) -> dict[str, int]:
    rows: dict[str, int] = body["progress"]["rows"]
    return rows


async def test_a_file_becomes_products_with_counters_and_events(importing: Importing) -> None:
    body = await importing.done(a_csv([a_row("A-1"), a_row("A-2", 是否带电="是")]))
    assert body["status"] == "done", body
    assert rows_of(body) == {
        "read": 2, "new": 2, "changed": 0, "unchanged": 0, "failed": 0, "warnings": 0,
    }  # fmt: skip
    product = (await importing.client.get("/v1/products/A-2")).json()
    assert product["title"] == {"en": "Makeup brush A-2", "zh-CN": "化妆刷"}
    assert (product["size_mm"], product["price"]) == (
        [120, 80, 60],
        {"amount": "12.50", "currency": "USD"},
    )
    assert (product["battery"], product["version"]) == (True, 1)
    (event,) = await importing.merchant.events(product["id"])
    assert (event["type"], event["aggregate_version"]) == ("catalog.product.updated", 1)
    assert event["data"]["title"] == product["title"]
    assert await importing.merchant.stock("A-2") == (0, 0)
    (finished,) = await importing.merchant.events(body["id"])
    assert (finished["type"], finished["data"]["rows_new"]) == ("catalog.import.finished", 2)


async def test_media_of_a_file_will_be_checked(importing: Importing) -> None:
    url = "https://media.example/A-1.jpg"
    await importing.client.put("/v1/products/A-1", json=a_product())
    await importing.done(f"SKU,Main image\nA-1,{url}\n".encode())
    product = (await importing.client.get("/v1/products/A-1")).json()
    assert [one["url"] for one in product["media"]] == [url]
    (one,) = (await importing.client.get("/v1/products/A-1/media")).json()["media"]
    assert (one["status"], one["next_check_at"] is not None) == ("pending", True)


async def test_the_same_file_again_writes_nothing_and_says_so(importing: Importing) -> None:
    content = a_csv([a_row("A-1"), a_row("A-2")])
    first = await importing.done(content)
    again = await importing.done(content)
    assert rows_of(again)["unchanged"] == 2
    assert again["same_file_as"] == first["id"]
    product = (await importing.client.get("/v1/products/A-1")).json()
    assert product["version"] == 1
    assert len(await importing.merchant.events(product["id"])) == 1


async def test_columns_that_a_file_lacks_keep_what_is_there(importing: Importing) -> None:
    await importing.client.put("/v1/products/A-1", json=a_product(brand="Ours"))
    before = (await importing.client.get("/v1/products/A-1")).json()
    body = await importing.done(b"SKU,Gross weight (g)\nA-1,999\n")
    assert rows_of(body)["changed"] == 1, await importing.findings(body["id"])
    after = (await importing.client.get("/v1/products/A-1")).json()
    changed = {name for name in after if after[name] != before[name]}
    assert changed - {"updated_at"} == {"gross_weight_g", "version"}


async def test_a_change_in_between_is_noticed_although_the_row_is_known(
    importing: Importing,
) -> None:
    content = a_csv([a_row("A-1")])
    await importing.done(content)
    patched = await importing.client.patch(
        "/v1/products/A-1", json={"brand": "Other"}, headers={"If-Match": "*"}
    )
    assert patched.status_code == 200
    again = await importing.done(content)
    assert rows_of(again)["changed"] == 1
    product = (await importing.client.get("/v1/products/A-1")).json()
    assert (product["brand"], product["version"]) == ("Airlane", 3)


async def test_failed_rows_are_told_and_the_others_written(importing: Importing) -> None:
    rows = [
        a_row("A-1", 海关编码="000000"),
        a_row("A-2"),
        a_row("A 3"),
        a_row("A-4", **{"净重(g)": "x"}),
    ]
    body = await importing.done(a_csv(rows))
    assert body["status"] == "done"
    assert (rows_of(body)["failed"], rows_of(body)["new"]) == (3, 1)
    found = await importing.findings(body["id"])
    told = {(f["line"], f["column"], f["field"], f["value"]) for f in found}
    assert (2, "海关编码", "hs_code", "000000") in told
    assert (5, "净重(g)", "net_weight_g", "x") in told
    assert {f["line"] for f in found if f["column"] == "SKU"} == {4}
    assert all(f["detail"] and f["fix"] and f["severity"] == "error" for f in found)
    only = await importing.findings(body["id"], line=2)
    assert [f["line"] for f in only] == [2]


async def test_a_dry_run_writes_nothing(importing: Importing) -> None:
    body = await importing.done(a_csv([a_row("A-1"), a_row("A-2", 单价="?")]), dry_run="true")
    assert (body["status"], body["progress"]["stage"]) == ("done", "checking")
    assert (rows_of(body)["new"], rows_of(body)["failed"]) == (1, 1)
    refused(await importing.client.get("/v1/products/A-1"), 404, "catalog.product.not_found")
    assert len(await importing.findings(body["id"])) == 1


async def test_reject_everything_writes_nothing_if_a_row_fails(importing: Importing) -> None:
    content = a_csv([a_row("A-1"), a_row("A-2", 单价="?")])
    body = await importing.done(content, policy="reject_everything")
    assert (body["status"], body["failure"]["code"]) == ("failed", "catalog.import.rejected")
    refused(await importing.client.get("/v1/products/A-1"), 404, "catalog.product.not_found")
    right = await importing.done(a_csv([a_row("A-1"), a_row("A-2")]), policy="reject_everything")
    assert (right["status"], rows_of(right)["new"]) == ("done", 2)
    assert rows_of(right)["read"] == 2


async def test_failed_fields_can_be_left_out(importing: Importing) -> None:
    rows = [a_row("A-1", 品牌="x" * 300), a_row("A-2", 海关编码="1")]
    body = await importing.done(a_csv(rows), policy="ignore_failed_fields")
    assert (rows_of(body)["new"], rows_of(body)["failed"]) == (1, 1)
    product = (await importing.client.get("/v1/products/A-1")).json()
    assert product["brand"] is None
    found = {(f["line"], f["severity"]) for f in await importing.findings(body["id"])}
    assert found == {(2, "warning"), (3, "warning"), (3, "error")}


async def test_modes(importing: Importing) -> None:
    await importing.done(a_csv([a_row("A-1")]))
    content = a_csv([a_row("A-1", 品牌="New"), a_row("A-2")])
    created = await importing.done(content, mode="create")
    assert (rows_of(created)["new"], rows_of(created)["failed"]) == (1, 1)
    (found,) = await importing.findings(created["id"])
    assert found["code"] == "catalog.import.sku_exists"
    updated = await importing.done(a_csv([a_row("A-1", 品牌="New"), a_row("A-3")]), mode="update")
    assert (rows_of(updated)["changed"], rows_of(updated)["failed"]) == (1, 1)


async def test_a_repeated_sku_is_applied_in_order_and_warned_of(importing: Importing) -> None:
    body = await importing.done(a_csv([a_row("A-1"), a_row("A-1", 品牌="Second")]))
    assert (rows_of(body)["new"], rows_of(body)["changed"]) == (1, 1)
    product = (await importing.client.get("/v1/products/A-1")).json()
    assert (product["brand"], product["version"]) == ("Second", 1)
    (found,) = await importing.findings(body["id"])
    assert (found["code"], found["line"]) == ("catalog.import.sku_repeated", 3)


async def test_columns_are_chosen_and_remembered(importing: Importing) -> None:
    content = b"Ref,Gross weight (g)\nA-1,999\n"
    await importing.client.put("/v1/products/A-1", json=a_product())
    body = await importing.done(content)
    assert body["status"] == "needs_mapping", body
    address = f"/v1/imports/{body['id']}/columns"
    columns = (await importing.client.get(address)).json()
    assert [(c["name"], c["target"]) for c in columns["items"]] == [
        ("Ref", ""),
        ("Gross weight (g)", "gross_weight_g@g"),
    ]
    assert columns["items"][0]["samples"] == ["A-1"]
    wrong = await importing.client.put(address, json={"targets": {"Ref": "skuu", "No": "sku"}})
    refused(wrong, 422, "request.invalid")
    wrong = await importing.client.put(address, json={"constants": {"price.currency": "?"}})
    refused(wrong, 422, "request.invalid")
    chosen = await importing.client.put(address, json={"targets": {"Ref": "sku"}})
    assert chosen.status_code == 200, chosen.text
    await importing.work(body["id"])
    assert rows_of(await importing.get(body["id"]))["changed"] == 1
    refused(
        await importing.client.put(address, json={"targets": {"Ref": ""}}),
        409,
        "catalog.import.not_waiting",
    )
    next_one = await importing.done(b"Ref,Gross weight (g)\nA-1,1000\n")
    assert rows_of(next_one)["changed"] == 1


async def test_cancelling(importing: Importing) -> None:
    sent = await importing.send(a_csv([a_row("A-1")]))
    for _ in range(2):
        answer = await importing.client.post(f"/v1/imports/{sent['id']}:cancel")
        assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    running = await importing.send(a_csv([a_row("A-1")]))
    await importing.claim(running["id"])
    answer = await importing.client.post(f"/v1/imports/{running['id']}:cancel")
    assert answer.json()["status"] == "cancelling"


async def test_progress_is_streamed_until_the_end(importing: Importing) -> None:
    body = await importing.done(a_csv([a_row("A-1")]))
    answer = await importing.client.get(f"/v1/imports/{body['id']}/progress")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.startswith("event: progress\ndata: {")
    assert '"status":"done"' in answer.text


async def test_an_idempotency_key_makes_one_import(importing: Importing) -> None:
    request: dict[str, Any] = {
        "params": {"kind": "products"},
        "headers": {"Content-Type": "text/csv", "Idempotency-Key": "once"},
    }
    content = a_csv([a_row("A-1")])
    first = await importing.client.post("/v1/imports", content=content, **request)
    again = await importing.client.post("/v1/imports", content=content, **request)
    assert first.json()["id"] == again.json()["id"]
    other = await importing.client.post("/v1/imports", content=content + b"x", **request)
    refused(other, 422, "request.idempotency_mismatch")
    kept = [path for path in importing.spool.iterdir() if path.suffix == ".part"]
    assert kept == []


async def test_what_no_column_says_is_named_with_the_header_to_add(importing: Importing) -> None:
    body = await importing.done("SKU,英文品名,单价\nA-1,Mug,9.90\n".encode())
    fixes = {f["field"]: f["fix"] for f in await importing.findings(body["id"]) if f["line"]}
    assert fixes["hs_code"].startswith("Add a column with the header 海关编码 HS code, or")
    assert "constants=hs_code:…" in fixes["hs_code"]
    assert "币种 Currency" in fixes["price.currency"]
    answer = await importing.client.get(
        f"/v1/imports/{body['id']}/failed-rows", headers={"Accept-Language": "zh-CN"}
    )
    assert "海关编码 HS code: 该字段为必填项。" in answer.text
    assert "净重(g) Net weight (g): 该字段为必填项。" in answer.text


async def test_files_that_are_not_taken(importing: Importing) -> None:
    post = importing.client.post
    kind = {"kind": "products"}
    empty = await post("/v1/imports", params=kind, headers={"Content-Type": "text/csv"})
    refused(empty, 422, "request.file_empty")
    html = await post(
        "/v1/imports", params=kind, content=b"x", headers={"Content-Type": "text/html"}
    )
    refused(html, 415, "request.unsupported_media_type")
    assert "text/csv" in html.json()["detail"]
    assert "application/vnd.ms-excel" in html.json()["detail"]
    assert "form" in html.json()["fix"]
    body = await importing.done(b"<html><table><tr><td>SKU")
    assert (body["status"], body["failure"]["code"]) == ("failed", "catalog.sheet.kind_unknown")


async def test_files_that_have_no_rows_or_break_below_the_header_fail(importing: Importing) -> None:
    header = a_csv([])
    endless = a_csv([a_row(f"A-{n}") for n in range(50)]) + b"x" * 1_100_000
    for content, code in (
        (header, "catalog.sheet.empty"),
        (header + b",,,\n \n", "catalog.sheet.empty"),
        (endless, "catalog.sheet.broken"),
    ):
        body = await importing.done(content)
        assert (body["status"], body["failure"]["code"]) == ("failed", code)


async def test_names_and_values_in_findings_are_short_and_as_json_has_them(
    importing: Importing,
) -> None:
    content = b'{"sku":"A-1","size_mm":true,"' + b"k" * 5000 + b'":{"a":null}}\n'
    body = await importing.done(content)
    values = {f["field"]: f["value"] for f in await importing.findings(body["id"])}
    assert values["size_mm"] == "true"
    assert max(map(len, values)) == 200


async def test_what_was_imported_is_found(importing: Importing) -> None:
    await importing.done(a_csv([a_row("A-1"), a_row("A-2", 中文品名="台灯")]))

    async def found(q: str) -> list[str]:
        answer = await importing.client.get("/v1/products", params={"q": q})
        return [item["sku"] for item in answer.json()["items"]]

    assert await found("台灯") == ["A-2"]
    await importing.done(a_csv([a_row("A-2", 中文品名="吊灯")]))
    assert (await found("台灯"), await found("吊灯")) == ([], ["A-2"])


async def test_failed_rows_come_back_as_a_file_to_correct_and_send_again(
    importing: Importing,
) -> None:
    content = a_csv([a_row("A-1"), a_row("A-2", 单价="?"), a_row("A-3", 海关编码="000000")])
    body = await importing.done(content)
    answer = await importing.client.get(f"/v1/imports/{body['id']}/failed-rows")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["SKU", "A-2", "A-3"]
    assert "单价" in lines[1].rpartition("USD")[2]
    corrected = answer.content.decode("utf-8-sig").replace("?", "9.90").replace("000000", "960330")
    again = await importing.done(corrected.encode())
    assert (rows_of(again)["new"], rows_of(again)["failed"]) == (2, 0)
    assert not [path for path in importing.spool.iterdir() if path.suffix == ".part"]


async def test_variants_follow_their_parents(importing: Importing) -> None:
    parent = {"title": {"en": "Brush"}, "axes": ["color"]}
    made = await importing.client.put("/v1/parents/P-1", json=parent)
    assert made.status_code == 201, made.text
    header = [*a_row("x"), "父SKU", "颜色"]

    def variant(sku: str, color: str, **changes: str) -> dict[str, str]:
        return a_row(sku, 父SKU="P-1", 颜色=color, **changes)

    rows = [variant("V-1", "red"), variant("V-2", "blue"), variant("V-3", "red")]
    body = await importing.done(a_csv(rows, header))
    assert (rows_of(body)["new"], rows_of(body)["failed"]) == (2, 1)
    (found,) = await importing.findings(body["id"])
    assert (found["line"], found["code"]) == (4, "catalog.variant.options_taken")
    # The file does not name the parent: the product stays its variant.
    body = await importing.done(a_csv([a_row("V-1", 品牌="Other")]))
    assert rows_of(body)["changed"] == 1, await importing.findings(body["id"])
    # Two change places.
    body = await importing.done(a_csv([variant("V-1", "blue"), variant("V-2", "red")], header))
    assert rows_of(body)["changed"] == 2, await importing.findings(body["id"])
    product = (await importing.client.get("/v1/products/V-2")).json()
    assert product["options"] == {"color": "red"}


async def test_attributes_of_cells_are_what_their_type_asks_for(
    importing: Importing, operator: AsyncClient
) -> None:
    code = f"t_{new_id('typ')[-12:]}"
    schema = a_schema(dimmable={"type": "boolean"})
    made = await operator.put(f"/v1/product-types/{code}", json=a_product_type(schema=schema))
    assert made.is_success, made.text
    header = [*HEADER, "产品类型", "attributes.length_in", "attributes.dimmable"]
    more = {"产品类型": code, "attributes.dimmable": "是"}
    rows = [
        a_row("A-1", **{**more, "attributes.length_in": "20"}),
        a_row("A-2", **{**more, "attributes.length_in": "long"}),
    ]

    body = await importing.done(a_csv(rows, header))

    assert (rows_of(body)["new"], rows_of(body)["failed"]) == (1, 1)
    product = (await importing.client.get("/v1/products/A-1")).json()
    assert product["attributes"] == {"length_in": 20, "dimmable": True}


async def test_a_column_that_can_be_two_things_is_asked_about_once(importing: Importing) -> None:
    row = a_row("Q-1", **{"重量(kg)": "0.3"})
    del row["净重(g)"], row["毛重(g)"]
    header = list(row)
    body = await importing.done(a_csv([row], header))
    assert body["status"] == "needs_mapping"
    (finding,) = [f for f in await importing.findings(body["id"]) if f["severity"] == "error"]
    assert (finding["column"], finding["code"]) == ("重量(kg)", "catalog.column.unclear")
    address = f"/v1/imports/{body['id']}/columns"
    columns = (await importing.client.get(address)).json()["items"]
    assert columns[-1]["candidates"] == ["gross_weight_g@kg", "net_weight_g@kg"]
    answer = {"targets": {"重量(kg)": "gross_weight_g"}, "constants": {"net_weight_g": "200g"}}
    assert (await importing.client.put(address, json=answer)).status_code == 200
    await importing.work(body["id"])
    assert rows_of(await importing.get(body["id"]))["new"] == 1
    product = (await importing.client.get("/v1/products/Q-1")).json()
    assert (product["gross_weight_g"], product["net_weight_g"]) == (300, 200)
    # The same columns again ask nothing; what is missing now is said by row.
    again = await importing.done(a_csv([row | {"SKU": "Q-1", "单价": "13"}], header))
    assert (again["status"], rows_of(again)["changed"]) == ("done", 1)
