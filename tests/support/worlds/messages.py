"""Messages to customs that are composed, and have not left."""

from services.customs.domain.documents.kinds import DocumentKind
from services.customs.use_cases import messages
from shared.kernel.clock import real_now
from shared.kernel.identity import PARK
from tests.support.worlds.customs import CustomsWorld


async def compose(customs: CustomsWorld, kind: DocumentKind) -> None:
    """What waits goes into messages. They leave when the world sends next."""
    async with customs.db.transaction(PARK) as uow:
        await messages.compose_due(
            uow,
            kind=kind,
            park=customs.park,
            signs=lambda _kind, _party: False,
            now=customs.clock.now(),
            real_now=real_now(),
        )
