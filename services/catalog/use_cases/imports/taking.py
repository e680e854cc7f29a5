"""What every kind of import does with the rows of its file, in chunks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, TypeVar

from services.catalog.domain.imports.outcomes import Outcome
from services.catalog.domain.imports.rows import SheetRow
from shared.db import UnitOfWork

P = TypeVar("P")

# So much text of a chunk is in memory, and several times: as rows, documents and products. Usual
# rows have a tenth of it.
CHARACTERS_MAX: Final = 8_000_000


class Taker(Protocol[P]):
    """`take` reads the rows of a chunk, `prepare` decides about them outside of a transaction, and
    `write` makes it so. `check` says what `write` would do, and writes nothing.
    """

    def take(self, rows: Iterator[SheetRow]) -> list[SheetRow]: ...

    async def prepare(self, rows: list[SheetRow]) -> P: ...

    async def check(self, uow: UnitOfWork, prepared: P, *, now: datetime) -> Outcome: ...

    async def write(self, uow: UnitOfWork, prepared: P, *, now: datetime) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows of a number at a time, fewer if they are long. Rows of one article stay together."""

    rows_max: int

    def take(self, rows: Iterator[SheetRow]) -> list[SheetRow]:
        taken: list[SheetRow] = []
        left = CHARACTERS_MAX
        for row in rows:
            taken.append(row)
            left -= row.length
            is_full = len(taken) >= self.rows_max or left <= 0
            if is_full and not (row.part is not None and row.part.goes_on):
                break
        return taken
