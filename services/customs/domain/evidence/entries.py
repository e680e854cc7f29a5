"""What is worth proving: one entry for each message that left or came, and for each act of a person
or of the system on a declaration. An entry is written in the transaction of its fact.
"""

import hashlib
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from services.customs.domain.evidence.hashing import Members, Scalar, canonical_json
from services.customs.domain.evidence.pieces import cut, new_secret, root_of
from shared.kernel.identity import PARK_TENANT
from shared.kernel.ids import new_id
from shared.kernel.instants import rfc3339

_FORMAT: Final = 1
_SIGNATURE: Final = re.compile(r"<(?:[\w.-]+:)?Signature\b.*</(?:[\w.-]+:)?Signature>", re.DOTALL)
_METHOD: Final = re.compile(r"<(?:[\w.-]+:)?SignatureMethod\s[^<>]*\bAlgorithm=\"([^\"<]*)\"")
_TEXT: Final = r"<(?:[\w.-]+:)?{name}>([^<]*)</"
_KEY_NAME: Final = re.compile(_TEXT.format(name="KeyName"))
_CERTIFICATE: Final = re.compile(_TEXT.format(name="X509Certificate"))


class EntryKind(StrEnum):
    DELIVERED = "delivered"
    RECEIVED = "received"
    ACT = "act"


class ActKind(StrEnum):
    """What a person or the system did: to a declaration, or to what is the park's."""

    REPAIR = "repair"
    RESEND = "resend"
    AMEND = "amend"
    CANCEL = "cancel"
    CLONE = "clone"
    RETURN = "return"
    BIND = "bind"
    SUMMARISE = "summarise"
    REPLAY = "replay"
    TRUST = "trust"
    OPEN = "open"
    CLOSE = "close"
    NOTE = "note"


class About(StrEnum):
    """What of the park's an act is about: a document that covers many declarations, a message that
    came (its digest; `SEVERAL`: more than one), a key that signs, a door.
    """

    DOCUMENT = "document"
    INBOUND = "inbound"
    KEY = "key"
    DOOR = "door"


SEVERAL: Final = "several"


def park_subject(about: About, name: str) -> str:
    """The subject of the entry of an act."""
    return f"{about}:{name}"


@dataclass(frozen=True, slots=True)
class NewEntry:
    """`subject`: guid of the message that left, digest of the one that came, id of the declaration,
    or `park_subject` of what is the park's.
    `content`: canonical JSON, what the chain proves. `secret`: of the salts of the message's pieces
    (None: an act has no pieces); it is no part of the content.
    """

    id: str
    tenant_id: str
    kind: EntryKind
    subject: str
    content: bytes
    secret: bytes | None
    at: datetime


@dataclass(frozen=True, slots=True)
class UnsealedEntry:
    """An entry that waits for its block."""

    id: str
    content: bytes


def delivered(body: bytes, *, guid: str, message_type: str, door: str, at: datetime) -> NewEntry:
    """A message as it was handed to the door. `body`: the exact bytes."""
    members: dict[str, Scalar | Mapping[str, Scalar]] = {
        "guid": guid,
        "message_type": message_type,
        "door": door,
        "signature": _signature(body),
    }
    return _of_message(EntryKind.DELIVERED, guid, body, members, at)


def received(raw: bytes, *, content_type: str, source: str, at: datetime) -> NewEntry:
    """A message as it came. `source`: which way."""
    members = {"content_type": content_type, "source": source}
    return _of_message(EntryKind.RECEIVED, hashlib.sha256(raw).hexdigest(), raw, members, at)


def acted(
    *,
    tenant_id: str,
    declaration_id: str,
    act: ActKind,
    actor: str,
    detail: Mapping[str, Scalar],
    at: datetime,
) -> NewEntry:
    """`actor`: the client or the job. `detail`: what was done, such as the numbers of documents."""
    members: Members = {
        "declaration_id": declaration_id,
        "act": act,
        "actor": actor,
        "detail": detail,
    }
    return _of_act(tenant_id, declaration_id, members, at)


def acted_in_park(
    *,
    about: About,
    name: str,
    act: ActKind,
    actor: str,
    detail: Mapping[str, Scalar],
    at: datetime,
) -> NewEntry:
    """On what is the park's: `name` says which."""
    subject = park_subject(about, name)
    members: Members = {"subject": subject, "act": act, "actor": actor, "detail": detail}
    return _of_act(PARK_TENANT, subject, members, at)


def _of_act(tenant_id: str, subject: str, members: Members, at: datetime) -> NewEntry:
    entry_id = new_id("evd")
    content = canonical_json(
        {**members, "v": _FORMAT, "id": entry_id, "kind": EntryKind.ACT, "at": rfc3339(at)}
    )
    return NewEntry(entry_id, tenant_id, EntryKind.ACT, subject, content, None, at)


def _of_message(
    kind: EntryKind,
    subject: str,
    raw: bytes,
    members: Mapping[str, Scalar | Mapping[str, Scalar]],
    at: datetime,
) -> NewEntry:
    entry_id, secret = new_id("evd"), new_secret()
    pieces = cut(raw)
    content = canonical_json(
        {
            **members,
            "v": _FORMAT,
            "id": entry_id,
            "kind": kind,
            "at": rfc3339(at),
            "sha256": hashlib.sha256(raw).hexdigest(),
            "bytes": len(raw),
            "pieces": len(pieces.pieces),
            "pieces_root": root_of(pieces, secret).hex(),
        }
    )
    return NewEntry(entry_id, PARK_TENANT, kind, subject, content, secret, at)


def _signature(body: bytes) -> Mapping[str, Scalar] | None:
    """Of which key, by what the message says. None: it is not signed."""
    # The signature stands near the end.
    found = _SIGNATURE.search(body[-64 * 1024 :].decode("utf-8", "replace"))
    if found is None:
        return None
    method, key_name, certificate = (
        pattern.search(found[0]) for pattern in (_METHOD, _KEY_NAME, _CERTIFICATE)
    )
    return {
        "algorithm": method[1] if method else None,
        "key_name": key_name[1].strip() if key_name else None,
        "certificate_sha256": _sha256_of_base64(certificate[1]) if certificate else None,
    }


def _sha256_of_base64(text: str) -> str | None:
    try:
        return hashlib.sha256(b64decode("".join(text.split()), validate=True)).hexdigest()
    except ValueError:
        return None
