"""Blocks of evidence, as partners note them."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from services.customs.queries.evidence import BlockView

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class BlockOut(BaseModel):
    """A block of the chain. `previous`, `skip` and `root` are hex digits, as they are hashed."""

    number: int = Field(description="Counts from 1; block 0 begins the chain.")
    hash: Sha256 = Field(description="SHA-256 of the block.")
    previous: Sha256 = Field(description="Hash of the block before.")
    skip: Sha256 = Field(
        description="Hash of the block whose number lacks the lowest binary digit of this one."
    )
    root: Sha256 = Field(description="Of the Merkle tree (RFC 6962) over its entries.")
    entries: int
    sealed_at: datetime

    @classmethod
    def of(cls, block: BlockView) -> "BlockOut":
        return cls(
            number=block.number,
            hash=block.hash.hex(),
            previous=block.previous.hex(),
            skip=block.skip.hex(),
            root=block.root.hex(),
            entries=block.entries,
            sealed_at=block.sealed_at,
        )
