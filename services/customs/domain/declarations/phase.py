"""The phases of a declaration."""

from enum import StrEnum
from typing import Final


class Phase(StrEnum):
    DRAFT = "draft"  # a document is missing
    BLOCKED = "blocked"  # our own match found faults; nothing was sent
    VALIDATED = "validated"  # passed through within one transaction, on the way to QUEUED
    QUEUED = "queued"  # waits for a message to go with
    SIGNED = "signed"  # not used: a message is signed, not a declaration
    TRANSMITTED = "transmitted"  # in the folder of the transfer client
    STAGED = "staged"
    DECLARING = "declaring"
    SENT = "sent"
    SEND_FAILED = "send_failed"
    REJECTED_TECHNICAL = "rejected_technical"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    MANUAL_REVIEW = "manual_review"
    INSPECTION = "inspection"
    CONCLUDED = "concluded"
    RELEASED = "released"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"  # cancelled before customs had it, or after customs sent it back
    CANCELLED = "cancelled"  # customs has cancelled the list on request
    CANCEL_REQUESTED = "cancel_requested"  # shown instead of the phase until customs has answered


# Customs has entered the list and has not returned it.
ENTERED: Final = frozenset(
    {
        Phase.ACCEPTED,
        Phase.MANUAL_REVIEW,
        Phase.INSPECTION,
        Phase.CONCLUDED,
        Phase.RELEASED,
        Phase.CLOSED,
    }
)
