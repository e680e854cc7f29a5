"""Which upload an answer of the port is about, and what the answers make of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.customs.domain.documents.document import Attempt
from services.customs.domain.documents.phases import FAILED, PORT_PHASES, DocumentPhase, is_refusal
from services.customs.domain.receipts.receipt import FORMAT_RECEIPT, Receipt
from services.customs.domain.receipts.retry import Retry, retry_class

_ARRIVED = (DocumentPhase.DECLARING, DocumentPhase.SENT)


def is_port_answer(receipt: Receipt) -> bool:
    """About an upload. Any other code is customs' word about the document."""
    return receipt.return_status in PORT_PHASES or is_refusal(receipt.return_status)


def is_failure(receipt: Receipt) -> bool:
    """The port says that the upload failed."""
    return PORT_PHASES.get(receipt.return_status) in FAILED or is_refusal(receipt.return_status)


def fault_of(receipt: Receipt) -> Retry:
    return retry_class(receipt.return_status, receipt.return_info)


def is_stale(receipt: Receipt) -> bool:
    """ "Older than what we have, ignored" says nothing about the document itself."""
    return is_refusal(receipt.return_status) and fault_of(receipt) is Retry.STALE


@dataclass(slots=True)
class Uploads:
    """Of one part, by number, and the answers to each, by customs' clock."""

    attempts: Sequence[Attempt]
    answers: dict[int, list[Receipt]] = field(default_factory=dict)

    @property
    def newest(self) -> Attempt | None:
        return self.attempts[-1] if self.attempts else None

    def about(self, receipt: Receipt) -> Sequence[Attempt]:
        """A CEB900 is about all that left in its message, any other about one at most."""
        if receipt.message_type == FORMAT_RECEIPT:
            message_guid = receipt.key.number.upper()
            return [one for one in self.attempts if one.message_guid.upper() == message_guid]
        attempt = self.attempt_of(receipt)
        return [] if attempt is None else [attempt]

    def attempt_of(self, receipt: Receipt) -> Attempt | None:
        """By our guid where the receipt has it. Else by the clocks: the newest that had left by
        then; the first, if our clock is ahead of customs'. When it was composed does not matter:
        it may have waited long for the port.
        """
        named = self.named(receipt.guid)
        if named is not None:
            return named
        left = [one for one in self.attempts if one.left_at is not None] or self.attempts
        older = [one for one in left if seconds(one.left_at or one.app_time) <= receipt.return_time]
        if older:
            return older[-1]
        return left[0] if left else None

    def named(self, guid: str | None) -> Attempt | None:
        guid = guid.upper() if guid else None
        return next((one for one in self.attempts if one.guid.upper() == guid), None)

    def phases(self, *, returned: int | None) -> dict[int, DocumentPhase]:
        """Where each upload stands, by number. `returned`: the content that customs returned;
        uploads of it do not count for those of a newer one.
        """
        found: dict[int, DocumentPhase] = {}
        before: DocumentPhase | None = None
        for attempt in self.attempts:
            answers = self.answers.get(attempt.number, [])
            found[attempt.number] = _phase(attempt, answers, before)
            is_over = returned is not None and attempt.version <= returned
            before = None if is_over else found[attempt.number]
        return found

    def is_under_way(self, phases: dict[int, DocumentPhase], *, returned: int | None) -> bool:
        """The newest has not been decided on, or an older one has reached the port and the newest
        has not replaced it.
        """
        newest = self.newest
        if newest is None:
            return False
        if phases[newest.number] not in FAILED:
            return True
        return any(
            phases[one.number] in _ARRIVED
            for one in self.attempts
            if returned is None or one.version > returned
        )


def _phase(
    attempt: Attempt, answers: Sequence[Receipt], before: DocumentPhase | None
) -> DocumentPhase:
    has_left = attempt.left_at is not None or bool(answers)
    phase = DocumentPhase.TRANSMITTED if has_left else DocumentPhase.QUEUED
    for receipt in answers:
        if not is_refusal(receipt.return_status):
            phase = PORT_PHASES[receipt.return_status]
        elif fault_of(receipt) is not Retry.ALREADY_THERE:
            phase = DocumentPhase.REJECTED_TECHNICAL
        elif phase not in _ARRIVED:
            # The document is there; how far it got, an earlier upload may have learnt.
            phase = before if before in _ARRIVED else DocumentPhase.DECLARING
    return phase


def seconds(at: datetime) -> datetime:
    """As the port knows it: in whole seconds."""
    return at.replace(microsecond=0)
