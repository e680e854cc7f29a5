"""What a key ring keeps of each key and of each message that waits."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from services.customs.clients.signers.keys import SigningKey
from services.customs.clients.signers.rate import TokenBucket
from services.customs.domain.messages.parties import Party
from services.customs.domain.messages.signing.algorithms import Algorithm
from services.customs.domain.messages.signing.holder import holder_differences
from services.customs.domain.messages.signing.signature import Signature, ToSign
from shared.kernel.errors import AirlaneError

SET_ASIDE_FIRST_S: Final = 1.0
SET_ASIDE_MAX_S: Final = 60.0
_DOUBLINGS_MAX: Final = 10


@dataclass(frozen=True, slots=True)
class Bound:
    """`waiting_max`: messages in the queue; `batch_max`: given to a key at once; `patience_s`: how
    long a message waits.
    """

    waiting_max: int = 1000
    batch_max: int = 10
    patience_s: float = 60.0


class KeyStatus(StrEnum):
    READY = "ready"
    SET_ASIDE = "set_aside"
    DISTRUSTED = "distrusted"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"


@dataclass(frozen=True, slots=True)
class KeyHealth:
    """`reason`: why it is distrusted. `expires_soon`: in less than 30 days."""

    key_name: str
    algorithm: Algorithm
    holder_name: str
    holder_code: str | None
    valid_until: datetime
    status: KeyStatus
    reason: str | None
    expires_soon: bool
    is_test: bool


@dataclass(slots=True, eq=False)
class Request:
    """A message that waits. `answer` is done once nobody waits for it any more."""

    holder: Party
    prepared: Mapping[Algorithm, ToSign]
    answer: asyncio.Future[Signature]

    def settle(self, signature: Signature) -> None:
        if not self.answer.done():
            self.answer.set_result(signature)

    def refuse(self, refusal: AirlaneError) -> None:
        if not self.answer.done():
            self.answer.set_exception(refusal)


@dataclass(slots=True, eq=False)
class Place:
    """A key in the ring, and how it does. `bucket`: None: as fast as it can."""

    key: SigningKey
    bucket: TokenBucket | None = None
    set_aside_first_s: float = SET_ASIDE_FIRST_S
    failures: int = field(default=0, init=False)
    _until_s: float = field(default=0.0, init=False)

    @property
    def name(self) -> str:
        return self.key.certificate.number

    @property
    def algorithm(self) -> Algorithm:
        return self.key.certificate.public_key.algorithm

    def fits(self, request: Request) -> bool:
        is_open = not request.answer.done()
        return is_open and not holder_differences(self.key.certificate, request.holder)

    def set_aside(self, retry_after_s: float | None, *, now_s: float) -> None:
        """For longer with every failure in a row; not shorter than the key itself asked for."""
        doubled_s = self.set_aside_first_s * 2 ** min(self.failures, _DOUBLINGS_MAX)
        self.failures += 1
        self._until_s = now_s + max(min(doubled_s, SET_ASIDE_MAX_S), retry_after_s or 0.0)

    def recover(self) -> None:
        self.failures, self._until_s = 0, 0.0

    def pause_s(self, *, now_s: float) -> float:
        return max(self._until_s - now_s, 0.0)

    def may_take(self, most: int, *, now_s: float) -> int:
        """How many messages now; one if it failed before. They count against its rate."""
        most = 1 if self.failures else most
        return most if self.bucket is None else self.bucket.take(most, now_s=now_s)

    @property
    def rate_pause_s(self) -> float:
        return 0.0 if self.bucket is None else self.bucket.wait_s

    def health(self, distrust: str | None, *, now: datetime, now_s: float) -> KeyHealth:
        certificate = self.key.certificate
        status = KeyStatus.READY
        if distrust is not None:
            status = KeyStatus.DISTRUSTED
        elif now > certificate.valid_until:
            status = KeyStatus.EXPIRED
        elif now < certificate.valid_from:
            status = KeyStatus.NOT_YET_VALID
        elif self.pause_s(now_s=now_s) > 0:
            status = KeyStatus.SET_ASIDE
        return KeyHealth(
            key_name=self.name,
            algorithm=self.algorithm,
            holder_name=certificate.holder_name,
            holder_code=certificate.holder_code,
            valid_until=certificate.valid_until,
            status=status,
            reason=distrust,
            expires_soon=certificate.expires_soon_at(now),
            is_test=self.key.is_test,
        )
