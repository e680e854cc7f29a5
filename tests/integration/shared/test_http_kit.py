"""The HTTP kit on a real database: one effect per Idempotency-Key, tenants, locking, outages."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Final

import pytest
from fastapi import APIRouter, Depends, FastAPI
from httpx2 import ASGITransport, AsyncClient, Response
from pydantic import BaseModel
from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    Table,
    Text,
    bindparam,
    func,
    insert,
    select,
    text,
    update,
)
from starlette.responses import Response as StarletteResponse

from shared.db import Database, Statement, UnitOfWork
from shared.http import (
    Call,
    GivenKeys,
    Reply,
    call,
    create_app,
    json_reply,
    representation,
)
from shared.http.idempotency import Key, key_of, run_once
from shared.kernel import errors
from shared.kernel.identity import PARK, Role
from shared.kernel.ids import new_id
from shared.settings import ServiceSettings
from tests.kit.clock import ManualClock
from tests.kit.databases import Postgres

notes: Final = Table(
    "note",
    MetaData(schema="catalog"),
    Column("id", Text, primary_key=True),
    Column("tenant_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("version", Integer, nullable=False),
)
_RULE: Final = (
    "tenant_id = current_setting('airlane.tenant', true)"
    " OR current_setting('airlane.tenant', true) = '*'"
)
NOTE_SQL: Final = (
    """
    CREATE TABLE catalog.note (id text PRIMARY KEY, tenant_id text NOT NULL, title text NOT NULL,
    version integer NOT NULL, UNIQUE (tenant_id, title))
    """,
    "ALTER TABLE catalog.note ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE catalog.note FORCE ROW LEVEL SECURITY",
    f"CREATE POLICY note_tenant ON catalog.note USING ({_RULE}) WITH CHECK ({_RULE})",
)
ADD: Final = Statement(
    insert(notes).values(
        id=bindparam("id"), tenant_id=bindparam("tenant_id"), title=bindparam("title"), version=1
    )
)
BY_ID: Final = Statement(select(notes).where(notes.c.id == bindparam("id")))
BY_TITLE: Final = Statement(select(notes.c.id).where(notes.c.title == bindparam("title")))
RETITLE: Final = Statement(
    update(notes)
    .where(notes.c.id == bindparam("note_id"))
    .values(title=bindparam("new_title"), version=notes.c.version + 1)
)
COUNT: Final = Statement(select(func.count()).select_from(notes))
COUNT_KEYS: Final = Statement(text("SELECT count(*) FROM catalog.idempotency_key"))


class NoteIn(BaseModel):
    title: str


class NoteOut(BaseModel):
    id: str
    title: str
    version: int


class TitleTaken(errors.Conflict):
    code = "sample.note.title_taken"


@dataclass(frozen=True, slots=True)
class _OtherLock(Key):
    @property
    def lock(self) -> int:
        return 1


Read = Annotated[Call, Depends(call("catalog:read"))]
Write = Annotated[Call, Depends(call("catalog:write"))]


def _notes_api(pause_s: float) -> APIRouter:
    api = APIRouter(prefix="/v1")

    @api.post("/notes")
    async def add_note(body: NoteIn, call: Write) -> StarletteResponse:
        async def act(uow: UnitOfWork) -> Reply:
            if await uow.fetch_first(BY_TITLE, title=body.title) is not None:
                raise TitleTaken
            note = NoteOut(id=new_id("not"), title=body.title, version=1)
            await uow.execute(ADD, id=note.id, tenant_id=call.tenant, title=note.title)
            await asyncio.sleep(pause_s)
            return representation(note, 201, at=f"/v1/notes/{note.id}")

        return await call.once(act)

    @api.get("/notes/{note_id}")
    async def get_note(note_id: str, call: Read) -> StarletteResponse:
        async with call.read() as reader:
            row = await reader.fetch_first(BY_ID, id=note_id)
        if row is None:
            raise errors.NotFound
        note = NoteOut(id=row["id"], title=row["title"], version=row["version"])
        return json_reply(note)

    @api.put("/notes/{note_id}")
    async def put_note(note_id: str, body: NoteIn, call: Write) -> StarletteResponse:
        async def act(uow: UnitOfWork) -> Reply:
            row = await uow.fetch_first(BY_ID, id=note_id)
            if row is None:
                raise errors.NotFound
            note = NoteOut(id=row["id"], title=row["title"], version=row["version"])
            call.check_unchanged(note)
            await uow.execute(RETITLE, note_id=note_id, new_title=body.title)
            return Reply(204)

        return await call.change(act)

    return api


@pytest.fixture
async def name(postgres: Postgres) -> AsyncIterator[str]:
    async with postgres.kit_database("catalog", *NOTE_SQL) as name:
        yield name


@pytest.fixture
async def db(postgres: Postgres, name: str) -> AsyncIterator[Database]:
    db = Database(postgres.app_dsn("catalog", name), schema="catalog", size=8)
    await db.open()
    yield db
    await db.close()


ClientOf = Callable[..., Any]


@pytest.fixture
def client_of(
    db: Database, jwks: dict[str, Any], token_for: Callable[..., str], clock: ManualClock
) -> ClientOf:
    def app(pause_s: float) -> FastAPI:
        return create_app(
            service="catalog",
            settings=ServiceSettings(database_url=db.dsn),
            db=db,
            clock=clock,
            routers=[_notes_api(pause_s)],
            keys=GivenKeys(jwks),
        )

    @asynccontextmanager
    async def client(
        tenant: str = "mer_a", role: Role = Role.MERCHANT, pause_s: float = 0
    ) -> AsyncIterator[AsyncClient]:
        token = token_for(role, tenant, ["catalog:read", "catalog:write"])
        transport = ASGITransport(app=app(pause_s), raise_app_exceptions=False)
        headers = {"Authorization": f"Bearer {token}"}
        async with AsyncClient(
            transport=transport, base_url="http://catalog", headers=headers
        ) as it:
            yield it

    return client


async def _post(client: AsyncClient, title: str, key: str | None, **more: str) -> Response:
    headers = {"Idempotency-Key": key} if key is not None else {}
    return await client.post("/v1/notes", json={"title": title, **more}, headers=headers)


async def _count(db: Database, statement: Statement) -> int:
    async with db.read(PARK) as reader:
        return int(await reader.fetch_value(statement) or 0)


async def test_fifty_at_once_with_one_key_have_one_effect(
    db: Database, client_of: ClientOf
) -> None:
    async with client_of(pause_s=0.05) as client:
        answers = await asyncio.gather(*(_post(client, "one", "k-1") for _ in range(50)))
        codes = Counter(answer.status_code for answer in answers)
        assert codes[201] >= 1
        assert set(codes) <= {201, 409}
        refused = {a.json()["code"] for a in answers if a.status_code == 409}
        assert refused <= {"request.idempotency_in_progress"}
        assert await _count(db, COUNT) == 1
        assert await _count(db, COUNT_KEYS) == 1
        # Everybody who was turned away gets the very same answer later.
        again = await _post(client, "one", "k-1")
    made = [a for a in answers if a.status_code == 201]
    (first,) = (a for a in made if "idempotency-replayed" not in a.headers)
    assert again.status_code == 201
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"
    for header in ("location", "etag", "content-type"):
        assert again.headers[header] == first.headers[header]


async def test_without_a_pause_no_answer_but_the_first_one_is_given(
    db: Database, client_of: ClientOf
) -> None:
    """The lock is taken after the snapshot: some see neither row nor lock, and must find out."""
    async with client_of() as client:
        for round_ in range(8):
            answers = await asyncio.gather(
                *(_post(client, f"t{round_}", f"k-{round_}") for _ in range(12))
            )
            for answer in answers:
                assert answer.status_code == 201 or (
                    answer.json()["code"] == "request.idempotency_in_progress"
                ), answer.text
            assert len({a.content for a in answers if a.status_code == 201}) == 1
    assert await _count(db, COUNT) == 8


@pytest.mark.parametrize("refused", [False, True])
async def test_a_request_overtaken_at_its_very_end_gives_the_first_answer(
    db: Database, refused: bool
) -> None:
    """Another request with the key commits after our look: told apart from the lock's doing."""
    key = key_of("k", tenant="mer_a", method="POST", path="/x", query=b"", body=b"{}")
    runs = 0

    async def first(uow: UnitOfWork) -> Reply:
        return Reply(201, {"by": "the first"})

    async def second(uow: UnitOfWork) -> Reply:
        nonlocal runs
        runs += 1
        await uow.execute(ADD, id=new_id("not"), tenant_id="mer_a", title="must not stay")
        # As if the first request had held the lock until now: it has a lock of its own here.
        await run_once(db, "mer_a", _OtherLock(key.hash, key.fingerprint), first)
        if refused:
            raise TitleTaken
        return Reply(201, {"by": "the second"})

    answer = await run_once(db, "mer_a", key, second)
    assert bytes(answer.body) == b'{"by":"the first"}'
    assert answer.headers["idempotency-replayed"] == "true"
    assert runs == 1
    assert await _count(db, COUNT) == 0


async def test_another_body_under_the_same_key_is_refused(client_of: ClientOf) -> None:
    async with client_of() as client:
        assert (await _post(client, "a", "k")).status_code == 201
        other = await _post(client, "b", "k")
        assert other.status_code == 422
        assert other.json()["code"] == "request.idempotency_mismatch"
        # The same content in another order and spacing is the same request.
        same = await client.post(
            "/v1/notes",
            content=b'{ "title" :"a" }',
            headers={"Idempotency-Key": '"k"', "Content-Type": "application/json"},
        )
        assert same.status_code == 201
        assert same.headers["idempotency-replayed"] == "true"


async def test_a_refusal_is_not_stored_and_leaves_nothing(
    db: Database, client_of: ClientOf
) -> None:
    async with client_of() as client:
        assert (await _post(client, "a", None)).status_code == 201
        refused = await _post(client, "a", "k")
        assert refused.json()["code"] == "sample.note.title_taken"
        assert await _count(db, COUNT_KEYS) == 0
        # Corrected, under the same key.
        assert (await _post(client, "b", "k")).status_code == 201


async def test_keys_of_two_tenants_do_not_meet(db: Database, client_of: ClientOf) -> None:
    async with client_of("mer_a") as first, client_of("mer_b") as second:
        a, b = await _post(first, "x", "k"), await _post(second, "x", "k")
    assert a.status_code == b.status_code == 201
    assert a.json()["id"] != b.json()["id"]
    assert await _count(db, COUNT) == 2


@pytest.mark.parametrize("key", ["", '""', "x" * 256, "a\tb", "a b", "\xfc"])
async def test_an_odd_key_is_refused(client_of: ClientOf, key: str) -> None:
    async with client_of() as client:
        headers = [(b"Idempotency-Key", key.encode("latin-1"))]
        response = await client.post("/v1/notes", json={"title": "a"}, headers=headers)
    assert response.status_code == 422
    assert response.json()["code"] == "request.idempotency_key_invalid"


async def test_a_foreign_id_answers_404_and_a_change_needs_the_version(
    client_of: ClientOf,
) -> None:
    async with client_of("mer_a") as mine, client_of("mer_b") as other:
        path = (await _post(mine, "a", None)).headers["location"]
        assert (await other.get(path)).status_code == 404
        assert (await other.put(path, json={"title": "x"})).status_code == 404
        etag = (await mine.get(path)).headers["etag"]
        assert (await mine.put(path, json={"title": "b"})).status_code == 428
        ok = await mine.put(path, json={"title": "b"}, headers={"If-Match": etag})
        assert (ok.status_code, ok.content) == (204, b"")
        late = await mine.put(path, json={"title": "c"}, headers={"If-Match": etag})
        assert late.status_code == 412
        assert (await mine.get(path)).headers["etag"] in late.json()["detail"]
        async with client_of("park", Role.OPERATOR) as operator:
            assert (await operator.get(path)).json()["title"] == "b"


async def test_numbers_and_characters_no_column_takes_are_the_clients_fault(
    db: Database, jwks: dict[str, Any], clock: ManualClock
) -> None:
    api = APIRouter()
    echo = Statement(text("SELECT CAST(:n AS integer)").bindparams(bindparam("n", type_=Integer)))
    say = Statement(text("SELECT CAST(:t AS text)").bindparams(bindparam("t", type_=Text)))

    @api.get("/number")
    async def number() -> StarletteResponse:
        async with db.read(PARK) as reader:
            return json_reply(await reader.fetch_value(echo, n=10**12))

    @api.get("/text")
    async def nul_text() -> StarletteResponse:
        async with db.read(PARK) as reader:
            return json_reply(await reader.fetch_value(say, t="a\x00b"))

    app = create_app(
        service="catalog",
        settings=ServiceSettings(database_url=db.dsn),
        db=db,
        clock=clock,
        routers=[api],
        keys=GivenKeys(jwks),
    )
    async with AsyncClient(
        transport=ASGITransport(app=app, raise_app_exceptions=False), base_url="http://x"
    ) as client:
        large = await client.get("/number")
        assert (large.status_code, large.json()["code"]) == (422, "request.value_out_of_range")
        nul = await client.get("/text")
        assert (nul.status_code, nul.json()["code"]) == (422, "request.nul_character")


async def test_readiness_follows_the_database_and_a_dead_one_gives_503(
    jwks: dict[str, Any], token_for: Callable[..., str], clock: ManualClock, client_of: ClientOf
) -> None:
    async with client_of() as client:
        assert (await client.get("/readyz")).status_code == 200
    dsn = "postgresql://airlane_catalog_app@127.0.0.1:1/none"
    db = Database(dsn, schema="catalog")
    app = create_app(
        service="catalog",
        settings=ServiceSettings(database_url=dsn),
        db=db,
        clock=clock,
        routers=[_notes_api(0)],
        keys=GivenKeys(jwks),
    )
    token = token_for(Role.MERCHANT, "mer_a", ["catalog:read"])
    async with (
        app.router.lifespan_context(app),
        AsyncClient(
            transport=ASGITransport(app=app, raise_app_exceptions=False),
            base_url="http://x",
            headers={"Authorization": f"Bearer {token}"},
        ) as client,
    ):
        assert (await client.get("/livez")).status_code == 200
        assert (await client.get("/readyz")).status_code == 503
        answer = await client.get("/v1/notes/not_1")
        assert answer.status_code == 503
        assert answer.json()["code"] == "database.unavailable"
        assert answer.headers["retry-after"] == "1"
