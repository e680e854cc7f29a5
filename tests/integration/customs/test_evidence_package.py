"""A package about a declaration proves what it shows, and shows nobody what is another's."""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient

from services.customs.domain.evidence.entries import ActKind
from services.customs.use_cases.evidence import record_act
from shared.kernel.identity import Role
from shared.kernel.ids import new_id
from tests.support.worlds.customs import CustomsOperator, CustomsWorld
from tests.support.worlds.evidence import a_shared_message, act, seal


@pytest.fixture
async def merchant(
    app: FastAPI, client_for: Any, merchant_token: Callable[[str], str], merchant_id: str
) -> AsyncIterator[AsyncClient]:
    async with client_for(app, token=merchant_token(merchant_id)) as client:
        yield client


async def export(client: AsyncClient, declaration_id: str, **params: Any) -> bytes:
    response = await client.get(f"/v1/declarations/{declaration_id}/evidence", params=params)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/zip"
    content: bytes = response.content
    return content


def verified(content: bytes, folder: Path, *more: str) -> tuple[int, str]:
    folder /= "package"
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        package.extractall(folder)
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "verify.py"), *more],
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout.decode() + done.stderr.decode()


async def test_a_package_of_a_merchant_proves_its_own_and_shows_nothing_else(
    customs: CustomsWorld,
    office: CustomsOperator,
    merchant: AsyncClient,
    merchant_id: str,
    tmp_path: Path,
) -> None:
    own, foreign = await a_shared_message(customs, office, merchant_id)

    content = await export(merchant, own["id"])

    status, said = verified(content, tmp_path)
    assert status == 0, said
    assert f"document {own['cop_no']} (copNo) is in it" in said
    assert f"for {own['cop_no']} is in it" in said
    assert "pieces of a message" in said
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        everything = b"".join(package.read(name) for name in package.namelist())
    for secret in ("cop_no", "order_id", "tenant_id"):
        assert foreign[secret].encode() not in everything


async def test_a_package_of_the_park_has_the_messages_byte_for_byte(
    customs: CustomsWorld, office: CustomsOperator, merchant_id: str, tmp_path: Path
) -> None:
    own, _ = await a_shared_message(customs, office, merchant_id)

    content = await export(office.http, own["id"])

    status, said = verified(content, tmp_path)
    assert status == 0, said
    sent = tmp_path / "package" / "messages" / "sent" / f"{own['message_guid']}.xml"
    assert sent.read_bytes() == (customs.folder.out / sent.name).read_bytes()


async def test_the_same_evidence_is_the_same_bytes(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, merchant_id: str
) -> None:
    own, _ = await a_shared_message(customs, office, merchant_id)
    first = await export(merchant, own["id"])
    await act(customs, new_id("dec"))
    await seal(customs)

    assert await export(merchant, own["id"]) == first


async def test_evidence_is_linked_with_a_head_that_was_noted(
    customs: CustomsWorld,
    office: CustomsOperator,
    merchant: AsyncClient,
    merchant_id: str,
    tmp_path: Path,
) -> None:
    own, _ = await a_shared_message(customs, office, merchant_id)
    for _ in range(5):
        await act(customs, new_id("dec"))
        await seal(customs)
    head = (await merchant.get("/v1/evidence/head")).json()
    await act(customs, new_id("dec"))
    await seal(customs)

    content = await export(merchant, own["id"], head=head["number"])

    status, said = verified(content, tmp_path, "--head", f"{head['number']}:{head['hash']}")
    assert status == 0, said
    assert f"block {head['number']} is the one that was noted earlier" in said


async def test_a_head_before_the_evidence_proves_nothing(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, merchant_id: str
) -> None:
    own, _ = await a_shared_message(customs, office, merchant_id)
    path = f"/v1/declarations/{own['id']}/evidence"

    early = await merchant.get(path, params={"head": 0})
    unknown = await merchant.get(path, params={"head": 10**9})

    assert (early.status_code, early.json()["code"]) == (409, "customs.evidence.head_too_old")
    assert (unknown.status_code, unknown.json()["code"]) == (
        404,
        "customs.evidence.block_not_found",
    )


async def test_what_is_not_sealed_is_left_out_and_counted(
    customs: CustomsWorld, merchant: AsyncClient, merchant_id: str, tmp_path: Path
) -> None:
    (own,) = await customs.declare(customs.an_order(merchant_id))

    content = await export(merchant, own["id"])

    status, said = verified(content, tmp_path)
    assert status == 0, said
    assert "1 facts are left out" in said
    assert json.loads((tmp_path / "package" / "manifest.json").read_bytes())["entries"] == []


@pytest.mark.parametrize(
    ("table", "key", "column", "said"),
    [
        ("outgoing_messages", "guid", "body", "it is not the message that was sealed"),
        ("evidence_entries", "subject", "content", "the entry, its place or its path was changed"),
    ],
)
async def test_what_somebody_changed_in_the_database_is_found(
    customs: CustomsWorld,
    office: CustomsOperator,
    merchant_id: str,
    tmp_path: Path,
    table: str,
    key: str,
    column: str,
    said: str,
) -> None:
    (own,) = await customs.declare(customs.an_order(merchant_id))
    await seal(customs)
    guid = own["message_guid"]
    (kept,) = await customs.sql(
        f"SELECT {column} AS it FROM customs.{table} WHERE {key} = $1", guid
    )
    change = f"UPDATE customs.{table} SET {column} = $2 WHERE {key} = $1"
    await customs.sql(change, guid, kept["it"] * 2)

    content = await export(office.http, own["id"])

    await customs.sql(change, guid, kept["it"])
    status, told = verified(content, tmp_path)
    assert status == 1
    assert said in told


async def test_a_block_that_was_rewritten_is_found(
    customs: CustomsWorld, office: CustomsOperator, merchant_id: str, tmp_path: Path
) -> None:
    (own,) = await customs.declare(customs.an_order(merchant_id))
    await seal(customs)
    await act(customs, new_id("dec"))
    await seal(customs)
    head = await office.get("/v1/evidence/head")
    change = "UPDATE customs.evidence_blocks SET sealed_at = sealed_at + $2 * '1 s'::interval"
    await customs.sql(f"{change} WHERE number = $1", head["number"] - 1, 1)

    content = await export(office.http, own["id"], head=head["number"])

    await customs.sql(f"{change} WHERE number = $1", head["number"] - 1, -1)
    status, told = verified(content, tmp_path)
    assert status == 1
    assert f"block {head['number'] - 1}: no block above it has its hash" in told


async def test_an_act_is_in_the_package(
    customs: CustomsWorld, merchant: AsyncClient, merchant_id: str, tmp_path: Path
) -> None:
    (own,) = await customs.declare(customs.an_order(merchant_id))
    async with customs.db.transaction(merchant_id) as uow:
        await record_act(
            uow,
            tenant_id=merchant_id,
            declaration_id=own["id"],
            act=ActKind.RESEND,
            actor="cli_1",
            detail={"document": own["cop_no"]},
            now=customs.clock.now(),
        )
    await seal(customs)

    status, said = verified(await export(merchant, own["id"]), tmp_path)

    assert status == 0, said
    entry = tmp_path / "package" / "entries" / "0002-act.json"
    assert json.loads(entry.read_bytes())["act"] == "resend"


async def test_another_merchant_gets_nothing(
    customs: CustomsWorld,
    app: FastAPI,
    client_for: Any,
    merchant_token: Callable[[str], str],
    merchant_id: str,
) -> None:
    (own,) = await customs.declare(customs.an_order(merchant_id))

    async with client_for(app, token=merchant_token(new_id("mer"))) as stranger:
        response = await stranger.get(f"/v1/declarations/{own['id']}/evidence")

    assert response.status_code == 404


async def test_an_operator_who_acts_for_a_merchant_sees_what_it_sees(
    customs: CustomsWorld,
    office: CustomsOperator,
    app: FastAPI,
    client_for: Any,
    token_for: Callable[..., str],
    merchant_id: str,
) -> None:
    own, foreign = await a_shared_message(customs, office, merchant_id)

    token = token_for(Role.OPERATOR, "park", ["customs:read"])
    async with client_for(app, token=token) as client:
        client.headers["Airlane-Tenant"] = merchant_id
        content = await export(client, own["id"])

    with zipfile.ZipFile(io.BytesIO(content)) as package:
        everything = b"".join(package.read(name) for name in package.namelist())
    assert foreign["cop_no"].encode() not in everything
