"""What every kind of import does with the rows of its file, in chunks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Protocol, TypeVar

from services.catalog.domain.imports.outcomes import Outcome
from services.catalog.domain.imports.rows import SheetRow
from shared.db import UnitOfWork

P = TypeVar("P")


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
    """Rows of a number at a time."""

    rows_max: int

    def take(self, rows: Iterable[SheetRow]) -> list[SheetRow]:
        return list(islice(rows, self.rows_max))
