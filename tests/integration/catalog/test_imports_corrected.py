"""Failed rows of a file, corrected and sent again: those that mean something with others only."""

from typing import Any

from tests.support.worlds.importing import Importing, csv_of, rows_of

_GOODS = {
    "HS Code": "610910",
    "Country of origin": "CN",
    "净重(g)": "150",
    "毛重(g)": "180",
    "尺寸(cm)": "30x20x2",
    "币种": "USD",
    "Battery": "no",
}


async def _corrected(importing: Importing, rows: list[dict[str, str]]) -> dict[str, Any]:
    sent = await importing.done(csv_of(rows))
    assert rows_of(sent)["failed"] > 0
    failed = await importing.client.get(f"/v1/imports/{sent['id']}/failed-rows")
    return await importing.done(failed.content.replace(b"ask us", b"9.90"))


async def test_a_variant_of_shopify_comes_with_the_other_rows_of_its_handle(
    importing: Importing,
) -> None:
    rows = [
        {"Handle": "tee", "Title": "Tee", "Option1 Name": "Color", "Option1 Value": "Red"}
        | {"Variant SKU": "T-R", "Variant Price": "9.90", "Image Src": "https://e.example/1.jpg"}
        | _GOODS,
        {"Handle": "tee", "Option1 Value": "Blue", "Variant SKU": "T-B", "Variant Price": "ask us"},
        {"Handle": "tee", "Image Src": "https://e.example/2.jpg"},
        {"Handle": "mug", "Title": "Mug", "Variant SKU": "MUG", "Variant Price": "5"} | _GOODS,
    ]
    body = await _corrected(importing, rows)

    assert (rows_of(body)["new"], rows_of(body)["failed"]) == (1, 0)
    assert rows_of(body)["read"] == 3
    assert (await importing.product("T-B"))["title"] == {"en": "Tee"}
    media = (await importing.parent("tee"))["media"]
    assert [one["url"][-5:] for one in media] == ["1.jpg", "2.jpg"]


async def test_a_variation_of_woocommerce_comes_with_what_its_parent_says(
    importing: Importing,
) -> None:
    shared = {"Attribute 1 name": "Color", "Attribute 1 value(s)": "Red, Blue"}
    rows = [
        {"ID": "10", "Type": "variable", "SKU": "HOOD", "Name": "Hoodie"} | shared | _GOODS,
        {"ID": "11", "Type": "variation", "SKU": "H-R", "Parent": "id:10"}
        | {"Attribute 1 name": "Color", "Attribute 1 value(s)": "Red", "Regular price": "ask us"},
        {"ID": "20", "Type": "variable", "SKU": "", "Name": "Cap"} | shared | _GOODS,
        {"ID": "21", "Type": "variation", "SKU": "C-R", "Parent": "id:20"}
        | {"Attribute 1 name": "Color", "Attribute 1 value(s)": "Red", "Regular price": "ask us"},
    ]
    body = await _corrected(importing, rows)

    assert (rows_of(body)["new"], rows_of(body)["failed"]) == (2, 0)
    assert (await importing.product("H-R"))["parent_sku"] == "HOOD"
    assert (await importing.product("C-R"))["title"] == {"en": "Cap"}
