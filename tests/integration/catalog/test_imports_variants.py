"""Variants and their parents in the sheets of factories. All files are made up."""

import pytest
from httpx2 import AsyncClient

from services.catalog.use_cases.imports import products as product_rows
from tests.support.worlds.importing import Importing, a_row, csv_of, rows_of


def _variant(sku: str, style: str, color: str, size: str, **changes: str) -> dict[str, str]:
    return a_row(sku, 款号=style, 颜色=color, 尺码=size, **changes)


async def test_the_parent_is_made_of_its_first_variant(importing: Importing) -> None:
    rows = [
        _variant("T-RED-S", "T-1", "红", "S"),
        _variant("T-RED-M", "T-1", "红", "M"),
        _variant("U-1", "U", "蓝", "L"),
    ]
    body = await importing.done(csv_of(rows))

    assert rows_of(body)["new"] == 3, await importing.findings(body["id"])
    assert await importing.told(body) == [(2, "row.parent_made"), (4, "row.parent_made")]
    parent = await importing.parent("T-1")
    assert (parent["axes"], parent["title"]["en"]) == (["color", "size"], "Makeup brush T-RED-S")
    assert (parent["brand"], parent["version"]) == ("Airlane", 1)
    assert (await importing.product("T-RED-M"))["options"] == {"color": "红", "size": "M"}

    again = await importing.done(csv_of(rows))
    assert rows_of(again)["unchanged"] == 3
    assert await importing.told(again) == []
    more = await importing.done(csv_of([_variant("T-BLUE-S", "T-1", "蓝", "S", 英文品名="Other")]))
    assert rows_of(more)["new"] == 1
    # A variant says nothing about a parent that is there.
    assert await importing.parent("T-1") == parent


async def test_a_faulty_first_variant_makes_no_parent(importing: Importing) -> None:
    rows = [
        _variant("F-1", "F", "red", "S", 海关编码="999999"),
        _variant("F-2", "F", "red", "M", 英文品名="Second"),
    ]
    body = await importing.done(csv_of(rows))

    assert (rows_of(body)["new"], rows_of(body)["failed"]) == (1, 1)
    assert (await importing.parent("F"))["title"]["en"] == "Second"
    alone = await importing.done(csv_of([_variant("G-1", "G", "red", "S", 海关编码="999999")]))
    assert rows_of(alone)["failed"] == 1
    assert (await importing.client.get("/v1/parents/G")).status_code == 404


async def test_parents_may_be_required(importing: Importing) -> None:
    content = csv_of([_variant("R-1", "R", "red", "S")])
    body = await importing.done(content, parents="require")

    assert body["parents"] == "require"
    assert rows_of(body)["failed"] == 1
    assert (await importing.client.get("/v1/parents/R")).status_code == 404
    # Not the same import: this one makes the parent.
    other = await importing.done(content)
    assert (rows_of(other)["new"], other["same_file_as"]) == (1, None)


@pytest.mark.parametrize("options", [{"dry_run": "true"}, {"policy": "reject_everything"}])
async def test_a_check_says_what_would_become_of_parents(
    importing: Importing, options: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(product_rows, "CHUNK_ROWS", 1)
    rows = [_variant("C-1", "C", "red", "S"), _variant("C-2", "C", "red", "M")]
    bad = _variant("C-3", "C", "red", "L", 海关编码="999999")
    body = await importing.done(csv_of([*rows, bad] if "policy" in options else rows), **options)

    there = (await importing.client.get("/v1/parents/C")).status_code
    assert there == 404
    if "policy" not in options:
        assert rows_of(body)["new"] == 2
        assert await importing.told(body) == [(2, "row.parent_made")]


async def test_choices_without_a_parent_are_attributes_or_are_left_out(
    importing: Importing, operator: AsyncClient
) -> None:
    schema = {"type": "object", "properties": {"colour": {"type": "string"}}}
    body = {"name": {"en": "Shirt"}, "source": "a test", "as_of": "2026-11-01", "schema": schema}
    answer = await operator.put("/v1/product-types/shirt_of_test", json=body)
    assert answer.status_code in {200, 201}, answer.text
    rows = [
        a_row("O-1", 颜色="红", 尺码="M", 产品类型="shirt_of_test"),
        a_row("O-2", 颜色="蓝", 尺码="L", 产品类型=""),
    ]
    done = await importing.done(csv_of(rows))

    assert rows_of(done)["new"] == 2, await importing.findings(done["id"])
    found = await importing.findings(done["id"])
    assert [(one["column"], one["code"]) for one in found] == [
        ("颜色", "catalog.column.option_alone"),
        ("尺码", "catalog.column.option_alone"),
    ]
    first, second = await importing.product("O-1"), await importing.product("O-2")
    assert (first["attributes"], first["options"]) == ({"colour": "红"}, {})
    assert (second["attributes"], second["options"]) == ({}, {})


async def test_a_choice_beside_the_axes_of_the_parent_is_left_out(importing: Importing) -> None:
    parent = {"title": {"en": "Brush"}, "axes": ["colour"]}
    await importing.client.put("/v1/parents/X", json=parent)
    body = await importing.done(
        csv_of([_variant("X-1", "X", "red", "S"), a_row("X-2", 颜色="red")])
    )

    assert rows_of(body)["new"] == 2, await importing.findings(body["id"])
    assert (await importing.product("X-1"))["options"] == {"colour": "red"}
    assert await importing.told(body) == [
        (2, "cell.option_left_out"),
        (3, "cell.option_left_out"),
    ]


async def test_style_codes_without_choices_do_not_fail_rows(importing: Importing) -> None:
    body = await importing.done(csv_of([a_row("S-1", 款号="S"), a_row("S-2", 款号="S")]))

    assert rows_of(body)["new"] == 2
    assert await importing.told(body) == [(2, "row.parent_ignored"), (3, "row.parent_ignored")]
    assert (await importing.product("S-1"))["parent_sku"] is None


async def test_a_row_of_sums_is_no_product(importing: Importing) -> None:
    total = dict.fromkeys(a_row("x"), "") | {"SKU": "合计", "净重(g)": "240"}
    body = await importing.done(csv_of([a_row("Z-1"), a_row("Z-2"), total]))

    assert (rows_of(body)["new"], rows_of(body)["unchanged"], rows_of(body)["warnings"]) == (
        2,
        1,
        1,
    )
    assert await importing.told(body) == [(4, "row.sum")]


@pytest.mark.parametrize("dry_run", ["true", "false"])
async def test_what_is_left_of_choices_may_be_taken(importing: Importing, dry_run: str) -> None:
    """Without a choice that is no axis, two rows may be the same variant."""
    parent = {"title": {"en": "Brush"}, "axes": ["color"]}
    await importing.client.put("/v1/parents/Y", json=parent)
    await importing.done(csv_of([_variant("Y-1", "Y", "red", "")]))
    rows = [_variant("Y-2", "Y", "red", "S"), _variant("Y-3", "Y", "blue", "S")]
    body = await importing.done(csv_of(rows), dry_run=dry_run)

    assert body["status"] == "done"
    assert (rows_of(body)["new"], rows_of(body)["failed"]) == (1, 1)
    assert (2, "variant.options_taken") in await importing.told(body)
