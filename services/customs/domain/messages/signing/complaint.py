"""What is known of keys that sign: how they do, and what customs found fault with."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class KeyComplaint:
    """`trusted_at`: an operator has seen to it; None: the key signs nothing."""

    key_name: str
    reason: str
    distrusted_at: datetime
    trusted_at: datetime | None


@dataclass(frozen=True, slots=True)
class KnownKey:
    """As a worker that signs with it last saw it. `status`: ready, set_aside after a failure,
    distrusted, expired or not_yet_valid; `reason`: why it is distrusted. `seen_at`: real time.
    """

    key_name: str
    holder_name: str
    valid_until: datetime
    status: str
    reason: str | None
    is_test: bool
    seen_at: datetime
