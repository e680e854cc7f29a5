"""What a sender may call a file, and what is refused before it is queued."""

from pathlib import Path

import pytest

from tests.support.worlds.catalog import refused
from tests.support.worlds.importing import Importing


def names_in(spool: Path) -> set[str]:
    """The files of all tests are in one folder, which the first of them makes."""
    return {path.name for path in spool.iterdir()} if spool.exists() else set()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"%PDF-1.7", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Excel 97–2003 (.xls)"),
    ],
    ids=["png", "pdf", "xls"],
)
async def test_what_is_plainly_no_sheet_is_refused_at_the_door(
    importing: Importing, content: bytes, kind: str
) -> None:
    before = names_in(importing.spool)
    answer = await importing.client.post(
        "/v1/imports",
        params={"kind": "products"},
        content=content,
        headers={"Content-Type": "application/vnd.ms-excel"},
    )
    body = refused(answer, 422, "catalog.sheet.kind_unknown")
    assert kind in body["detail"]
    assert ".xlsx" in body["fix"]
    assert (await importing.client.get("/v1/imports")).json()["items"] == []
    assert names_in(importing.spool) == before


@pytest.mark.parametrize(
    "media_type",
    [
        "application/vnd.ms-excel",
        "text/plain; charset=gbk",
        "application/csv",
        "text/tab-separated-values",
        "application/json",
        None,
    ],
)
async def test_what_senders_call_a_csv_is_taken_for_what_it_is(
    importing: Importing, media_type: str | None
) -> None:
    answer = await importing.client.post(
        "/v1/imports",
        params={"kind": "products"},
        content=b"SKU\tBrand\nA-1\tX\n",
        headers={} if media_type is None else {"Content-Type": media_type},
    )
    assert answer.status_code == 201, answer.text
    expected = "application/octet-stream" if media_type is None else media_type.split(";")[0]
    assert answer.json()["media_type"] == expected
