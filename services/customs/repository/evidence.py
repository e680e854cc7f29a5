"""Entries of evidence, written with their facts, and the blocks that seal them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from services.customs.domain.evidence.chain import Block, Sealed
from services.customs.domain.evidence.entries import NewEntry, UnsealedEntry
from shared.db import BIGINT, BYTES, INSTANT, INTEGER, TEXTS, UnitOfWork, array_of, sql
from shared.kernel.identity import PARK_TENANT


def _block(  # noqa: PLR0917 - a row's columns
    number: int, previous: bytes, skip: bytes, root: bytes, entries: int, sealed_at: datetime
) -> Block:
    return Block(number, previous, skip, root, entries, sealed_at)


# A message has one entry, however often it comes or its delivery is repeated.
_INSERT: Final = sql(
    """
    INSERT INTO customs.evidence_entries (
        id, tenant_id, kind, subject, content, secret, recorded_at)
    SELECT * FROM unnest(
        :ids, :tenants, :kinds, :subjects, :contents, :secrets, :recorded_at)
    ON CONFLICT (kind, subject) WHERE kind <> 'act' DO NOTHING
    """,
    ids=TEXTS,
    tenants=TEXTS,
    kinds=TEXTS,
    subjects=TEXTS,
    contents=array_of(BYTES),
    secrets=array_of(BYTES),
    recorded_at=array_of(INSTANT),
)

_LOCK: Final = sql("SELECT number FROM customs.evidence_blocks WHERE number = 0 FOR UPDATE", int)

_COLUMNS: Final = "number, previous, skip, root, entries, sealed_at"

_LAST: Final = sql(
    f"SELECT {_COLUMNS} FROM customs.evidence_blocks ORDER BY number DESC LIMIT 1",  # noqa: S608 - constants
    _block,
)

_BLOCK: Final = sql(
    f"SELECT {_COLUMNS} FROM customs.evidence_blocks WHERE number = :number",  # noqa: S608 - constants
    _block,
    number=BIGINT,
)

_UNSEALED: Final = sql(
    """
    SELECT id, content FROM customs.evidence_entries
    WHERE block_number IS NULL ORDER BY id LIMIT :rows_max
    """,
    UnsealedEntry,
    rows_max=INTEGER,
)

_INSERT_BLOCK: Final = sql(
    f"""
    INSERT INTO customs.evidence_blocks (
        number, tenant_id, previous, skip, root, entries, hash, sealed_at)
    VALUES (:number, '{PARK_TENANT}', :previous, :skip, :root, :entries, :hash, :sealed_at)
    """,  # noqa: S608 - constants
    number=BIGINT,
    previous=BYTES,
    skip=BYTES,
    root=BYTES,
    entries=INTEGER,
    hash=BYTES,
    sealed_at=INSTANT,
)

_SEAL: Final = sql(
    """
    UPDATE customs.evidence_entries AS e
    SET block_number = :number, place = r.place - 1, leaf = r.leaf
    FROM unnest(:ids, :leaves) WITH ORDINALITY AS r (id, leaf, place)
    WHERE e.id = r.id AND e.block_number IS NULL
    """,
    number=BIGINT,
    ids=TEXTS,
    leaves=array_of(BYTES),
)


async def insert_entries(uow: UnitOfWork, entries: Sequence[NewEntry]) -> None:
    if not entries:
        return
    await uow.execute(
        _INSERT,
        ids=[entry.id for entry in entries],
        tenants=[entry.tenant_id for entry in entries],
        kinds=[entry.kind for entry in entries],
        subjects=[entry.subject for entry in entries],
        contents=[entry.content for entry in entries],
        secrets=[entry.secret for entry in entries],
        recorded_at=[entry.at for entry in entries],
    )


async def lock_chain(uow: UnitOfWork) -> Block:
    """The last block; nobody else adds one until the transaction ends."""
    await uow.fetch_value(_LOCK)
    last = await uow.fetch_first(_LAST)
    assert last is not None
    return last


async def get_block(uow: UnitOfWork, number: int) -> Block:
    block = await uow.fetch_first(_BLOCK, number=number)
    assert block is not None
    return block


async def list_unsealed(uow: UnitOfWork, *, rows_max: int) -> list[UnsealedEntry]:
    """Whatever is committed and in no block yet, also if it began long ago."""
    return await uow.fetch_all(_UNSEALED, rows_max=rows_max)


async def insert_block(uow: UnitOfWork, sealed: Sealed, entry_ids: Sequence[str]) -> None:
    """`entry_ids` in the order of the leaves."""
    block = sealed.block
    await uow.execute(
        _INSERT_BLOCK,
        number=block.number,
        previous=block.previous,
        skip=block.skip,
        root=block.root,
        entries=block.entries,
        hash=block.hash,
        sealed_at=block.sealed_at,
    )
    touched = await uow.execute(_SEAL, number=block.number, ids=entry_ids, leaves=sealed.leaves)
    assert touched == len(entry_ids), "an entry is sealed once"
