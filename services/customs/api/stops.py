"""What keeps the documents of declarations from leaving."""

from collections.abc import Sequence

from services.customs.api.deps import CustomsParts
from services.customs.domain.declarations.stops import Stops
from services.customs.queries.declarations.files import DeclarationFile
from services.customs.use_cases.stops import read_stops
from shared.db import Reader
from shared.kernel.clock import real_now


async def stops_of(reader: Reader, files: Sequence[DeclarationFile], parts: CustomsParts) -> Stops:
    """`reader`: of the whole park. Nothing is asked while nothing waits."""
    if not any(one.is_waiting for file in files for one in file.uploads):
        return Stops()
    return await read_stops(reader, door=parts.door, real_now=real_now())
