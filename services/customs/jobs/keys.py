"""How the keys of this worker do is noted, so that others can see it."""

from services.customs.clients.signers.key_ring import KeyRing
from services.customs.domain.messages.signing.complaint import KnownKey
from services.customs.use_cases import signing
from shared.kafka import JobContext
from shared.kernel.clock import real_now
from shared.kernel.identity import PARK


async def note_keys(context: JobContext, *, signer: KeyRing) -> None:
    at = real_now()
    keys = [
        KnownKey(
            key_name=one.key_name,
            holder_name=one.holder_name,
            valid_until=one.valid_until,
            status=one.status,
            reason=one.reason,
            is_test=one.is_test,
            seen_at=at,
        )
        for one in signer.health()
    ]
    async with context.db.transaction(PARK) as uow:
        await signing.note_keys(uow, keys)
