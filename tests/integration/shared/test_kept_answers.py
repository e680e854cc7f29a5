"""What is kept of the first answer under an Idempotency-Key."""

import pytest

from shared.db import Database, UnitOfWork
from shared.http import Reply, idempotency
from shared.http.idempotency import IdempotencyAnswerNotKept, key_of, run_once
from tests.kit.databases import Postgres


async def test_an_answer_too_long_to_keep_is_given_once_and_its_effect_had_once(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "_KEPT_BYTES_MAX", 10)
    key = key_of("k", tenant="mer_a", method="POST", path="/x", query=b"", body=b"{}")
    runs = []

    async def act(uow: UnitOfWork) -> Reply:
        runs.append(1)
        return Reply(201, {"long": "x" * 20})

    async with postgres.kit_database("catalog") as name:
        db = Database(postgres.app_dsn("catalog", name), schema="catalog", size=1)
        await db.open()
        try:
            assert (await run_once(db, "mer_a", key, act)).status_code == 201
            with pytest.raises(IdempotencyAnswerNotKept):
                await run_once(db, "mer_a", key, act)
        finally:
            await db.close()
    assert len(runs) == 1
