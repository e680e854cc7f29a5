"""/v1/evidence: the chain of blocks; /v1/declarations/{id}/evidence: what proves a declaration."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.responses import Response, StreamingResponse

from services.customs.api.deps import CustomsRead, DeclarationId, ParkRead
from services.customs.domain.evidence.archive import Archive
from services.customs.domain.evidence.chain import Block, way_back
from services.customs.domain.evidence.errors import HeadTooOld
from services.customs.domain.evidence.package import File, Package
from services.customs.queries import evidence
from services.customs.queries.declarations import timeline, views
from services.customs.queries.evidence import Dossier
from services.customs.schemas.declarations import TimelineOut
from services.customs.schemas.evidence import BlockOut
from shared.db import Database
from shared.http import Page, PageOf, json_reply, problems
from shared.http.replies import json_bytes
from shared.http.streams import Streams
from shared.kernel.identity import PARK

evidence_api = APIRouter(tags=["evidence"])

# One holds a message in memory: up to 16 MiB.
_PACKAGES: Final = Streams(at_once=4, of_one=1)


@evidence_api.get("/v1/evidence/blocks", response_model=Page[BlockOut], responses=problems(422))
async def list_blocks(call: ParkRead, page: PageOf) -> Response:
    """List blocks of evidence, newest first.

    Each names the hash of the block before it, and of one further back.
    """
    asked = page.of({}, int)
    async with call.read() as reader:
        found = await evidence.list_blocks(reader, asked.window)
    return json_reply(asked.page(found, BlockOut.of, key=lambda block: (block.number,)))


@evidence_api.get("/v1/evidence/head", response_model=BlockOut)
async def get_head(call: CustomsRead) -> Response:
    """Read the newest block of evidence.

    Note its number and hash outside of the park: whoever has them can see later that nothing before
    was changed. They say nothing about any merchant.
    """
    async with call.db.read(PARK) as reader:
        head = await evidence.get_head(reader)
    return json_reply(BlockOut.of(head))


@evidence_api.get(
    "/v1/declarations/{declaration_id}/evidence",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "A zip; `python verify.py` in it says what it proves.",
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        },
        **problems(404, 409, 422, 429),
    },
)
async def export_evidence(
    declaration_id: DeclarationId,
    call: CustomsRead,
    head: Annotated[
        int | None,
        Query(
            ge=0,
            le=2**63 - 1,
            description="Number of a block that was noted: the evidence is linked with it. "
            "Without it, with the newest block that is about this declaration.",
        ),
    ] = None,
) -> Response:
    """Export the evidence about a declaration.

    The messages that left and came about it, each sealed in a chain of hashes, with a verifier that
    needs Python only. Operators of the park get whole messages; for a merchant, what is about
    others is left out of them, and the rest is still proven. The same evidence is the same bytes.
    What happened in the last seconds may not be sealed yet; the package says so.
    """
    async with call.read() as reader:
        declaration = await evidence.get_declaration(reader, declaration_id=declaration_id)
        shown = await views.get_declaration(reader, declaration_id=declaration_id)
    async with call.db.read(PARK) as reader:
        happened = await timeline.get_timeline(reader, shown)
        dossier = await evidence.read_dossier(reader, declaration)
        way = await evidence.read_blocks(reader, numbers=_way_of(dossier, head))
    package = Package(
        declaration_id=declaration_id,
        view="whole" if call.tenant == PARK else "extract",
        numbers=dossier.numbers,
        receipts=dossier.receipts,
        leaves=dossier.leaves,
    )
    told = json_bytes(TimelineOut.of(happened, call.locale, is_park=call.tenant == PARK))
    return _PACKAGES.answer(
        call.tenant,
        _zipped(call.db, package, dossier, way, told),
        media_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{declaration_id}-evidence.zip"'},
    )


def _way_of(dossier: Dossier, head: int | None) -> list[int]:
    """Raises HeadTooOld."""
    blocks = {entry.block for entry in dossier.entries}
    newest = max(blocks, default=0)
    if head is not None and head < newest:
        raise HeadTooOld(head=head, newest=newest)
    return way_back(newest if head is None else head, blocks)


async def _zipped(
    db: Database, package: Package, dossier: Dossier, way: list[Block], told: bytes
) -> AsyncGenerator[bytes, None]:
    archive = Archive()

    def written(files: list[File]) -> bytes:
        return b"".join([archive.add(file.name, file.content) for file in files])

    for entry in dossier.entries:
        async with db.read(PARK) as reader:
            raw = await evidence.read_message(reader, entry)
        files = await asyncio.to_thread(package.add, entry, raw)
        yield await asyncio.to_thread(written, files)
    files = package.finish(way, timeline=told, pending=dossier.pending)
    yield await asyncio.to_thread(written, files)
    yield archive.close()
