"""Product files as other platforms write them: parents, variants and pictures in rows of their own.

All files are made up; the names of columns are those of the platforms.
"""

from random import Random
from typing import Any

import pytest

from services.catalog.use_cases.imports import products as product_rows
from services.catalog.use_cases.imports.families import FamilyRows
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


def _amazon(sku: str, level: str, **cells: str) -> dict[str, str]:
    shared = {"item_sku": sku, "item_name": "Cotton shirt", "parent_child": level}
    return shared | {"variation_theme": "SizeColor", "currency": "USD"} | cells


def _amazon_child(sku: str, color: str, size: str, **cells: str) -> dict[str, str]:
    own = {"parent_sku": "SHIRT", "color_name": color, "size_name": size, "standard_price": "9.99"}
    goods = {name: value for name, value in _GOODS.items() if name != "币种"}
    return _amazon(sku, "Child", **own, **goods, **cells)


async def test_amazon_parents_have_rows_of_their_own(importing: Importing) -> None:
    rows = [
        _amazon("SHIRT", "Parent", brand_name="Airlane", bullet_point1="Soft"),
        _amazon_child("SHIRT-R-S", "Red", "S"),
        _amazon_child("SHIRT-B-S", "Blue", "S"),
    ]
    body = await importing.done(csv_of(rows))

    assert rows_of(body)["new"] == 3, await importing.findings(body["id"])
    parent = await importing.parent("SHIRT")
    assert (parent["axes"], parent["brand"]) == (["size", "color"], "Airlane")
    assert parent["highlights"] == {"en": ["Soft"]}
    assert (await importing.client.get("/v1/products/SHIRT")).status_code == 404
    assert rows_of(await importing.done(csv_of(rows)))["unchanged"] == 3

    changed = await importing.done(csv_of([{**rows[0], "brand_name": "Other"}, *rows[1:]]))
    assert (rows_of(changed)["changed"], rows_of(changed)["unchanged"]) == (1, 2)
    assert (await importing.parent("SHIRT"))["version"] == 2
    # What the row does not say stays, as with PATCH.
    less = {name: value for name, value in rows[0].items() if name != "bullet_point1"}
    await importing.done(csv_of([less]))
    assert (await importing.parent("SHIRT"))["highlights"] == {"en": ["Soft"]}


async def test_rules_of_parents_hold_and_are_told_at_their_row(importing: Importing) -> None:
    await importing.done(csv_of([_amazon("SHIRT", "Parent"), _amazon_child("S-1", "Red", "S")]))
    other = await importing.done(csv_of([_amazon("SHIRT", "Parent", variation_theme="Color")]))
    many = _amazon("MANY", "Parent", variation_theme="Size-Color-Style-Pattern")
    body = await importing.done(csv_of([_amazon("NEW", "Parent"), many]))

    assert await importing.told(other) == [(2, "parent.axes_in_use")]
    assert rows_of(other)["failed"] == 1
    assert (rows_of(body)["new"], rows_of(body)["failed"]) == (1, 1)
    assert [line for line, _ in await importing.told(body)] == [3]
    created = await importing.done(csv_of([_amazon("NEW", "Parent")]), mode="create")
    assert await importing.told(created) == [(2, "import.parent_exists")]
    missing = await importing.done(csv_of([_amazon("NONE", "Parent")]), mode="update")
    assert await importing.told(missing) == [(2, "import.parent_not_there")]


def _woo(number: str, kind: str, sku: str, **cells: str) -> dict[str, str]:
    return {"ID": number, "Type": kind, "SKU": sku, "Name": "Cotton hoodie"} | cells


def _woo_file() -> list[dict[str, str]]:
    names = {"Attribute 1 name": "Color", "Attribute 2 name": "Size"}
    material = {"Attribute 3 name": "Material", "Attribute 3 value(s)": "Cotton"}
    values = {"Attribute 1 value(s)": "Red, Blue", "Attribute 2 value(s)": "S"}
    shared = {**_GOODS, "Description": "Warm and soft.", **names}

    def variation(number: str, parent: str, color: str) -> dict[str, str]:
        own = {"Attribute 1 value(s)": color, "Attribute 2 value(s)": "S", "Regular price": "20"}
        return _woo(number, "variation", f"HOOD-{color}", Parent=parent, **names, **own)

    return [
        _woo("10", "variable", "HOOD", **shared, **values, **material),
        _woo("20", "variable", "", **shared, **values, **material),
        variation("11", "HOOD", "Red"),
        variation("12", "id:10", "Blue"),
        variation("21", "id:20", "Green"),
        _woo("30", "simple", "MUG", **_GOODS, Description="A mug.") | {"Regular price": "5"},
    ]


async def test_woocommerce_variations_find_their_parent_by_sku_or_id(importing: Importing) -> None:
    body = await importing.done(csv_of(_woo_file()))

    assert rows_of(body)["new"] == 6, await importing.findings(body["id"])
    assert (await importing.parent("HOOD"))["axes"] == ["color", "size"]
    blue = await importing.product("HOOD-Blue")
    assert (blue["parent_sku"], blue["options"]) == ("HOOD", {"color": "Blue", "size": "S"})
    assert blue["description"] == {"en": "Warm and soft."}
    assert (await importing.product("HOOD-Green"))["parent_sku"] == "id-20"
    assert (await importing.product("MUG"))["parent_sku"] is None
    assert rows_of(await importing.done(csv_of(_woo_file())))["unchanged"] == 6


_MEDIA = "https://media.example"


def _shopify(handle: str, **cells: str) -> dict[str, str]:
    return {"Handle": handle} | cells


def _shopify_article(number: int, chance: Random) -> list[dict[str, str]]:
    """A product of a shop: with choices or without, and rows that have a picture only."""
    handle = f"cotton-shirt-with-a-long-name-{number}"
    first = {"Title": f"Cotton shirt {number}", "Body (HTML)": "<p>Soft.</p>", "Vendor": "Airlane"}
    first |= _GOODS | {"Image Src": f"{_MEDIA}/{number}-0.jpg"}
    price = {"Variant Price": "19.90"}
    if chance.random() < 0.3:
        names = {"Option1 Name": "Title", "Option1 Value": "Default Title"}
        rows = [_shopify(handle, **first, **names, **price) | {"Variant SKU": f"P-{number}"}]
    else:
        rows = [
            _shopify(handle, **price)
            | {"Variant SKU": f"P-{number}-{size}", "Option1 Value": size, "Option2 Value": "Red"}
            for size in "SML"[: chance.randint(1, 3)]
        ]
        rows[0] |= first | {"Option1 Name": "Size", "Option2 Name": "Colour"}
    for picture in range(chance.randint(0, 2)):
        rows.append(_shopify(handle) | {"Image Src": f"{_MEDIA}/{number}-{picture + 1}.jpg"})
    return rows


async def test_shopify_rows_of_a_handle_are_one_article(importing: Importing) -> None:
    rows = [
        _shopify("shirt-of-the-finest-cotton", Title="Shirt", Vendor="Airlane", **_GOODS)
        | {"Option1 Name": "Size", "Option1 Value": "S", "Variant SKU": "A-S"}
        | {"Variant Price": "10", "Image Src": f"{_MEDIA}/1.jpg"},
        _shopify("shirt-of-the-finest-cotton", **{"Option1 Value": "M", "Variant SKU": "A-M"})
        | {
            "Variant Price": "11",
            "Image Src": f"{_MEDIA}/2.jpg",
            "Variant Image": f"{_MEDIA}/m.jpg",
        },
        _shopify("shirt-of-the-finest-cotton") | {"Image Src": f"{_MEDIA}/3.jpg"},
        _shopify("mug", Title="Mug", **_GOODS)
        | {"Option1 Name": "Title", "Option1 Value": "Default Title", "Variant SKU": "MUG"}
        | {"Variant Price": "5", "Image Src": f"{_MEDIA}/4.jpg"},
        _shopify("mug") | {"Image Src": f"{_MEDIA}/5.jpg"},
    ]
    body = await importing.done(csv_of(rows))

    counts = rows_of(body)
    assert (counts["read"], counts["new"], counts["failed"]) == (5, 3, 0), await importing.told(
        body
    )
    parent = await importing.parent("shirt-of-the-finest-cotton")
    assert (parent["axes"], parent["title"], parent["brand"]) == (
        ["size"],
        {"en": "Shirt"},
        "Airlane",
    )
    assert [one["url"][-5:] for one in parent["media"]] == ["1.jpg", "2.jpg", "3.jpg", "m.jpg"]
    small, medium = await importing.product("A-S"), await importing.product("A-M")
    assert (medium["title"], medium["options"]) == ({"en": "Shirt"}, {"size": "M"})
    assert [one["url"][-5:] for one in small["media"]] == ["1.jpg"]
    assert [one["url"][-5:] for one in medium["media"]] == ["m.jpg"]
    mug = await importing.product("MUG")
    assert (mug["parent_sku"], mug["options"]) == (None, {})
    assert [one["url"][-5:] for one in mug["media"]] == ["4.jpg", "5.jpg"]

    again = await importing.done(csv_of(rows))
    assert rows_of(again)["unchanged"] == 5
    assert (await importing.parent(parent["sku"]))["version"] == 1
    # The first row of a handle speaks for the article.
    renamed = [
        {**row, "Title": "Fine shirt"} if row.get("Title") == "Shirt" else row for row in rows
    ]
    await importing.done(csv_of(renamed))
    assert (await importing.parent(parent["sku"]))["title"] == {"en": "Fine shirt"}
    assert (await importing.product("A-M"))["title"] == {"en": "Fine shirt"}


async def _everything(importing: Importing) -> dict[str, Any]:
    """Products and parents, without what differs from one import to the next."""
    own = ("id", "created_at", "updated_at", "merchant_id")
    found: dict[str, Any] = {}
    for kind in ("products", "parents"):
        answer = await importing.client.get(f"/v1/{kind}", params={"limit": 200})
        assert answer.status_code == 200, answer.text
        found[kind] = {
            one["sku"]: {name: value for name, value in one.items() if name not in own}
            for one in answer.json()["items"]
        }
    return found


@pytest.mark.parametrize("seed", range(4))
async def test_chunks_do_not_cut_an_article(
    importing: Importing, other_importing: Importing, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = Random(seed)
    content = csv_of(row for n in range(8) for row in _shopify_article(n, chance))
    whole = await importing.done(content)
    monkeypatch.setattr(product_rows, "CHUNK_ROWS", chance.randint(1, 5))
    cut = await other_importing.done(content)

    assert rows_of(cut) == rows_of(whole)
    assert rows_of(cut)["failed"] == 0
    assert await _everything(other_importing) == await _everything(importing)


@pytest.mark.parametrize("seed", range(3))
async def test_a_run_that_breaks_off_goes_on_with_the_same_articles(
    importing: Importing, other_importing: Importing, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = Random(seed)
    content = csv_of(row for n in range(8) for row in _shopify_article(n, chance))
    whole = await importing.done(content)
    monkeypatch.setattr(product_rows, "CHUNK_ROWS", 2)
    sent = await other_importing.send(content)
    write = FamilyRows.write
    left = [chance.randint(1, 2)]

    async def broken(self: FamilyRows, *args: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise ZeroDivisionError
        return await write(self, *args, **named)

    monkeypatch.setattr(FamilyRows, "write", broken)
    for _ in range(2):
        left[0] = chance.randint(1, 2)
        with pytest.raises(ZeroDivisionError):
            await other_importing.work(sent["id"])
        await other_importing.put_back(sent["id"])
    monkeypatch.setattr(FamilyRows, "write", write)
    await other_importing.work(sent["id"])

    assert rows_of(await other_importing.get(sent["id"])) == rows_of(whole)
    assert await _everything(other_importing) == await _everything(importing)
