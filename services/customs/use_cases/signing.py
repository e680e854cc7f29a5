"""Messages get their signature before they go to a door, each in a transaction of its own: with SM2
no two signatures of a message are equal, and killed in between, the same bytes have to leave again.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from services.customs.clients.signers.signer import Signer
from services.customs.domain.documents.document import MessageRefusal
from services.customs.domain.evidence.entries import About, ActKind
from services.customs.domain.messages.signing.complaint import KeyComplaint, KnownKey
from services.customs.domain.messages.signing.errors import (
    KeyNotFound,
    MessageAlreadySigned,
    NoKeyOfParty,
)
from services.customs.domain.messages.signing.signature import signed
from services.customs.domain.receipts.retry import Retry
from services.customs.repository import signing
from services.customs.repository.signing import SignedMessages, UnsignedMessage
from services.customs.use_cases.evidence import record_park_act
from services.customs.use_cases.messages import refuse_message
from shared.db import Database, Reader, UnitOfWork
from shared.kernel.clock import Clock, real_now
from shared.kernel.errors import Unavailable
from shared.kernel.identity import PARK

# Real time. A worker that dies with messages in its hands gives them back after so long.
_CLAIMED: Final = timedelta(minutes=2)
_PUT_OFF: Final = timedelta(seconds=5)
AT_ONCE: Final = 20
_FORGOTTEN_AFTER: Final = timedelta(days=1)


async def sign_messages(db: Database, signer: Signer, *, clock: Clock) -> int:
    """Up to `AT_ONCE` messages, side by side. Returns how many were taken."""
    taken_at = real_now()
    async with db.transaction(PARK) as uow:
        complaints = await signing.list_complaints(uow)
        unsigned = await signing.claim_unsigned(
            uow, until=taken_at + _CLAIMED, real_now=taken_at, rows_max=AT_ONCE
        )
    signer.keep_distrusted({o.key_name: o.reason for o in complaints if o.trusted_at is None})
    await asyncio.gather(*(_sign(db, signer, one, clock=clock) for one in unsigned))
    return len(unsigned)


async def _sign(db: Database, signer: Signer, message: UnsignedMessage, *, clock: Clock) -> None:
    """No connection is held while the key signs: a card takes its time."""
    try:
        signature = await signer.sign(message.body, holder=message.holder)
    except (NoKeyOfParty, MessageAlreadySigned) as refusal:
        async with db.transaction(PARK) as uow:
            now = clock.now()
            reason = MessageRefusal(now, Retry.UNDELIVERABLE, str(refusal))
            await refuse_message(
                uow, guid=message.guid, refusal=reason, now=now, real_now=real_now()
            )
        return
    except Unavailable as failure:
        async with db.transaction(PARK) as uow:
            until = real_now() + _PUT_OFF
            await signing.put_off(uow, message.guid, until=until, error=str(failure))
        return
    body = await asyncio.to_thread(signed, message.body, signature)
    async with db.transaction(PARK) as uow:
        await signing.save_signed(
            uow, message.guid, body=body, signature=signature, now=clock.now()
        )


async def note_keys(uow: UnitOfWork, keys: Sequence[KnownKey]) -> None:
    """How the keys of this worker do."""
    await signing.save_keys(uow, keys)


async def list_keys(reader: Reader, *, real_now: datetime) -> list[KnownKey]:
    """Those that some worker signs with."""
    return await signing.list_keys(reader, seen_after=real_now - _FORGOTTEN_AFTER)


async def list_complaints(reader: Reader) -> list[KeyComplaint]:
    return await signing.list_complaints(reader)


async def list_to_settle(uow: UnitOfWork, *, limit: int) -> list[SignedMessages]:
    """Of keys that are trusted again: the messages of which documents wait, oldest first."""
    return await signing.list_to_settle(uow, rows_max=limit)


async def mark_settled(uow: UnitOfWork, *, key_name: str, guid: str | None) -> None:
    """Up to this message; None: no more are left."""
    await signing.mark_settled(uow, key_name, guid=guid)


async def trust_key(uow: UnitOfWork, *, key_name: str, by: str, now: datetime) -> KeyComplaint:
    """An operator has seen to it. A job sends again what was refused for it. Raises KeyNotFound."""
    trusted = await signing.trust(uow, key_name, now=now)
    if trusted is None:
        raise KeyNotFound(key=key_name)
    await record_park_act(uow, about=About.KEY, name=key_name, act=ActKind.TRUST, actor=by, now=now)
    return trusted
