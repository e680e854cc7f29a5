"""Messages that wait for a signature, and keys that customs found fault with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.messages.parties import Party
from services.customs.domain.messages.signing.complaint import KeyComplaint, KnownKey
from services.customs.domain.messages.signing.signature import Signature
from shared.db import INSTANT, INTEGER, JSON, TEXT, TEXTS, Reader, UnitOfWork, sql
from shared.kernel.identity import PARK_TENANT


@dataclass(frozen=True, slots=True)
class UnsignedMessage:
    """`holder`: whose certificate may sign it."""

    guid: str
    body: str
    holder: Party


@dataclass(frozen=True, slots=True)
class SignedMessages:
    """By guid, of a key that is trusted again."""

    key_name: str
    guids: list[str]


def _unsigned(guid: str, body: str, holder_code: str, holder_name: str) -> UnsignedMessage:
    return UnsignedMessage(guid, body, Party(holder_code, holder_name))


# A message without a note is to be signed. Nobody else takes it before `until`.
_CLAIM: Final = sql(
    """
    UPDATE customs.outgoing_messages AS m SET next_try_at = :until
    FROM (
        SELECT guid FROM customs.outgoing_messages
        WHERE status = 'composed' AND note = ''
            AND (next_try_at IS NULL OR next_try_at <= :real_now)
        ORDER BY guid LIMIT :rows_max FOR UPDATE SKIP LOCKED) AS w
    WHERE m.guid = w.guid
    RETURNING m.guid, m.body, m.holder_code, m.holder_name
    """,
    _unsigned,
    until=INSTANT,
    real_now=INSTANT,
    rows_max=INTEGER,
)

_SAVE_SIGNED: Final = sql(
    """
    UPDATE customs.outgoing_messages
    SET status = 'signed', body = :body, signature = :signature, signed_at = :now,
        next_try_at = NULL, last_error = NULL
    WHERE guid = :guid AND status = 'composed'
    """,
    guid=TEXT,
    body=TEXT,
    signature=JSON,
    now=INSTANT,
)

_PUT_OFF: Final = sql(
    """
    UPDATE customs.outgoing_messages SET next_try_at = :until, last_error = :error
    WHERE guid = :guid AND status = 'composed'
    """,
    guid=TEXT,
    until=INSTANT,
    error=TEXT,
)

_COMPLAINTS: Final = sql(
    """
    SELECT key_name, reason, distrusted_at, trusted_at FROM customs.key_complaints
    ORDER BY key_name
    """,
    KeyComplaint,
)

# By which keys the newest uploads of these documents were signed.
_COMPLAIN: Final = sql(
    f"""
    INSERT INTO customs.key_complaints AS k (key_name, tenant_id, reason, distrusted_at)
    SELECT used.key_name, '{PARK_TENANT}', :reason, :now
    FROM (
        SELECT m.signature ->> 'key_name' AS key_name, max(m.signed_at) AS signed_at
        FROM customs.documents AS d
        JOIN customs.attempts AS a ON a.document_id = d.id AND a.number = d.attempts
        JOIN customs.outgoing_messages AS m ON m.guid = a.message_guid
        WHERE d.id = ANY(:document_ids) AND m.signature IS NOT NULL
        GROUP BY 1) AS used
    LEFT JOIN customs.key_complaints AS seen USING (key_name)
    WHERE seen.key_name IS NULL OR seen.trusted_at < used.signed_at
    ON CONFLICT (key_name) DO UPDATE
    SET reason = excluded.reason, distrusted_at = excluded.distrusted_at, trusted_at = NULL,
        settled_to = NULL
    """,  # noqa: S608 - constants
    document_ids=TEXTS,
    reason=TEXT,
    now=INSTANT,
)

_TRUST: Final = sql(
    """
    UPDATE customs.key_complaints SET trusted_at = :now, settled_to = '' WHERE key_name = :key_name
    RETURNING key_name, reason, distrusted_at, trusted_at
    """,
    KeyComplaint,
    key_name=TEXT,
    now=INSTANT,
)

# What such a key had signed and the port has refused, by message: it goes again.
_TO_SETTLE: Final = sql(
    f"""
    SELECT k.key_name, ARRAY(
        SELECT m.guid FROM customs.outgoing_messages AS m
        WHERE m.signature ->> 'key_name' = k.key_name AND m.guid > k.settled_to
            AND m.signed_at <= k.trusted_at AND EXISTS (
                SELECT FROM customs.attempts AS a
                JOIN customs.documents AS d ON d.id = a.document_id
                WHERE a.message_guid = m.guid AND d.send_at IS NULL
                    AND d.phase = '{DocumentPhase.REJECTED_TECHNICAL}')
        ORDER BY m.guid LIMIT :rows_max) AS guids
    FROM customs.key_complaints AS k WHERE k.settled_to IS NOT NULL ORDER BY k.key_name
    """,  # noqa: S608 - constants
    SignedMessages,
    rows_max=INTEGER,
)

_MARK_SETTLED: Final = sql(
    """
    UPDATE customs.key_complaints SET settled_to = :guid
    WHERE key_name = :key_name AND settled_to IS NOT NULL
    """,
    key_name=TEXT,
    guid=TEXT,
)

_SAVE_KEYS: Final = sql(
    f"""
    INSERT INTO customs.signing_keys AS k (
        key_name, tenant_id, holder_name, valid_until, status, reason, is_test, seen_at)
    SELECT key_name, '{PARK_TENANT}', holder_name, valid_until, status, reason, is_test, seen_at
    FROM jsonb_to_recordset(:rows) AS r (
        key_name text, holder_name text, valid_until timestamptz, status text, reason text,
        is_test boolean, seen_at timestamptz)
    ORDER BY key_name
    ON CONFLICT (key_name) DO UPDATE SET
        holder_name = excluded.holder_name, valid_until = excluded.valid_until,
        status = excluded.status, reason = excluded.reason, is_test = excluded.is_test,
        seen_at = excluded.seen_at
    """,  # noqa: S608 - constants
    rows=JSON,
)

# One that nobody signs with any more is forgotten.
_KEYS: Final = sql(
    """
    SELECT key_name, holder_name, valid_until, status, reason, is_test, seen_at
    FROM customs.signing_keys WHERE seen_at > :seen_after ORDER BY valid_until, key_name
    """,
    KnownKey,
    seen_after=INSTANT,
)


async def save_keys(uow: UnitOfWork, keys: Sequence[KnownKey]) -> None:
    rows = [
        {
            "key_name": one.key_name,
            "holder_name": one.holder_name,
            "valid_until": one.valid_until.isoformat(),
            "status": one.status,
            "reason": one.reason,
            "is_test": one.is_test,
            "seen_at": one.seen_at.isoformat(),
        }
        for one in keys
    ]
    await uow.execute(_SAVE_KEYS, rows=rows)


async def list_keys(reader: Reader, *, seen_after: datetime) -> list[KnownKey]:
    """The first to end first."""
    return await reader.fetch_all(_KEYS, seen_after=seen_after)


async def claim_unsigned(
    uow: UnitOfWork, *, until: datetime, real_now: datetime, rows_max: int
) -> list[UnsignedMessage]:
    """The oldest that wait. Nobody else takes them until then; real time."""
    found = await uow.fetch_all(_CLAIM, until=until, real_now=real_now, rows_max=rows_max)
    return sorted(found, key=lambda one: one.guid)


async def save_signed(
    uow: UnitOfWork, guid: str, *, body: str, signature: Signature, now: datetime
) -> None:
    """`body`: with the signature. Whoever saves first has signed it."""
    kept = {
        "algorithm": signature.algorithm.value,
        "key_name": signature.key_name,
        "certificate_sha256": signature.certificate_sha256,
        "signed_at": signature.signed_at.isoformat(),
        "digest": signature.digest,
        "is_test": signature.is_test,
    }
    await uow.execute(_SAVE_SIGNED, guid=guid, body=body, signature=kept, now=now)


async def put_off(uow: UnitOfWork, guid: str, *, until: datetime, error: str) -> None:
    await uow.execute(_PUT_OFF, guid=guid, until=until, error=error)


async def list_complaints(reader: Reader) -> list[KeyComplaint]:
    return await reader.fetch_all(_COMPLAINTS)


async def complain(
    uow: UnitOfWork, document_ids: Sequence[str], *, reason: str, now: datetime
) -> None:
    await uow.execute(_COMPLAIN, document_ids=document_ids, reason=reason, now=now)


async def trust(uow: UnitOfWork, key_name: str, *, now: datetime) -> KeyComplaint | None:
    """None: nobody complained of such a key."""
    return await uow.fetch_first(_TRUST, key_name=key_name, now=now)


async def list_to_settle(uow: UnitOfWork, *, rows_max: int) -> list[SignedMessages]:
    """Messages that keys had signed which are trusted again, and of which documents wait."""
    return await uow.fetch_all(_TO_SETTLE, rows_max=rows_max)


async def mark_settled(uow: UnitOfWork, key_name: str, *, guid: str | None) -> None:
    """Up to this message; None: no more are left."""
    await uow.execute(_MARK_SETTLED, key_name=key_name, guid=guid)
