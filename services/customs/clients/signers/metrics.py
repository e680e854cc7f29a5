"""What signing counts. A key is a series of its own: a park has a handful of them."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

SIGNATURES: Final = Counter(
    "airlane_customs_signer_signatures",
    "Messages given to a key, by outcome: signed, failed (tried again), discarded (distrusted).",
    ["key", "outcome"],
)
OUTCOMES: Final = ("signed", "failed", "discarded")
GIVEN_UP: Final = Counter("airlane_customs_signer_given_up", "Messages that no key signed in time.")
WAITING: Final = Gauge(
    "airlane_customs_signer_waiting_messages", "Messages that wait for a signature."
)
SIGNING_SECONDS: Final = Histogram(
    "airlane_customs_signer_signing_seconds",
    "Time a key took for one batch.",
    ["key"],
    buckets=(0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
KEY_USABLE: Final = Gauge(
    "airlane_customs_signer_key_usable",
    "1: the key signs; 0: it was set aside after a failure, or is distrusted.",
    ["key"],
)
CERTIFICATE_EXPIRES: Final = Gauge(
    "airlane_customs_signer_certificate_expires_timestamp_seconds",
    "When the certificate of a key ends, in seconds since 1970.",
    ["key"],
)
