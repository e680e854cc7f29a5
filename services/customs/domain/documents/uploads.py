"""Which upload an answer of the port is about, and what the answers make of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.customs.domain.documents.document import Attempt
from services.customs.domain.documents.phases import FAILED, PORT_PHASES, DocumentPhase, is_refusal
from services.customs.domain.receipts.receipt import FORMAT_RECEIPT, Receipt
from services.customs.domain.receipts.retry import Retry, retry_class

_ARRIVED = (DocumentPhase.DECLARING, DocumentPhase.SENT)
_TOO_MUCH = (Retry.TOO_MUCH, Retry.TOO_LARGE)
# Of the key, or of nothing in the message: fewer documents would change nothing.
_NOT_BY_CONTENT = (
    Retry.TRANSIENT,
    Retry.SECURITY,
    Retry.CERTIFICATE,
    Retry.STALE,
    Retry.ALREADY_THERE,
)


def is_port_answer(receipt: Receipt) -> bool:
    """About an upload. Any other code is customs' word about the document."""
    return receipt.return_status in PORT_PHASES or is_refusal(receipt.return_status)


def is_failure(receipt: Receipt) -> bool:
    """The port says that the upload failed."""
    return PORT_PHASES.get(receipt.return_status) in FAILED or is_refusal(receipt.return_status)


def fault_of(receipt: Receipt) -> Retry:
    return retry_class(receipt.return_status, receipt.return_info)


def is_of_others_too(receipt: Receipt, attempt: Attempt) -> bool:
    """A CEB900 refuses all documents of a message, although one of them may be at fault alone."""
    return receipt.message_type == FORMAT_RECEIPT and attempt.nodes > 1


def fault_of_upload(attempt: Attempt, answers: Sequence[Receipt]) -> Retry | None:
    """`answers`: of the port, to this upload; the last one counts. What is too much although it was
    alone in its message cannot be divided here. What a message was refused for as a whole is
    divided, too, until the document at fault is alone. What was wrong with a signature has passed
    once an operator trusts the key again.
    """
    if answers:
        found = fault_of(answers[-1])
        if is_of_others_too(answers[-1], attempt) and found not in _NOT_BY_CONTENT:
            found = Retry.TOO_MUCH
    elif attempt.refusal is not None:
        found = attempt.refusal.retry
    else:
        return None
    if found is Retry.SECURITY and attempt.is_key_trusted:
        return Retry.TRANSIENT
    return Retry.TOO_LARGE if found is Retry.TOO_MUCH and attempt.nodes == 1 else found


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
        then; the first, if our clock is ahead of customs'. It may have waited long for the port;
        and its appTime is later than all that had been heard.
        """
        named = self.named(receipt.guid)
        if named is not None:
            return named
        left = [one for one in self.attempts if one.left_at is not None] or self.attempts
        there = [one for one in left if _there_since(one) <= receipt.return_time]
        if there:
            return there[-1]
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

    def is_refused(self, attempt: Attempt) -> bool:
        """Its message has never reached the port, as far as we know."""
        return attempt.refusal is not None and not self.answers.get(attempt.number)

    @property
    def nodes_max(self) -> int | None:
        """How many parts of documents the next message may hold: half of the least that was too
        much. None: as many as any message.
        """
        refused = [
            one.nodes
            for one in self.attempts
            if fault_of_upload(one, [a for a in self.answers.get(one.number, []) if is_failure(a)])
            in _TOO_MUCH
        ]
        return max(min(refused) // 2, 1) if refused else None

    def is_under_way(self, phases: dict[int, DocumentPhase], *, decided: int) -> bool:
        """The newest has not been decided on, or an older one has reached the port and the newest
        has not replaced it. `decided`: the newest content that customs has taken or returned.
        """
        counting = [
            one for one in self.attempts if not self.is_refused(one) and one.version > decided
        ]
        if counting and phases[counting[-1].number] not in FAILED:
            return True
        return any(phases[one.number] in _ARRIVED for one in counting)


def _phase(
    attempt: Attempt, answers: Sequence[Receipt], before: DocumentPhase | None
) -> DocumentPhase:
    phase = DocumentPhase.QUEUED
    if attempt.left_at is not None or answers:
        phase = DocumentPhase.TRANSMITTED
    elif attempt.refusal is not None:
        phase = DocumentPhase.SEND_FAILED
    for receipt in answers:
        if not is_refusal(receipt.return_status):
            phase = PORT_PHASES[receipt.return_status]
        elif fault_of(receipt) is not Retry.ALREADY_THERE:
            phase = DocumentPhase.REJECTED_TECHNICAL
        elif phase not in _ARRIVED:
            # The document is there; how far it got, an earlier upload may have learnt.
            phase = before if before in _ARRIVED else DocumentPhase.DECLARING
    return phase


def _there_since(attempt: Attempt) -> datetime:
    return seconds(max(attempt.app_time, attempt.left_at or attempt.app_time))


def seconds(at: datetime) -> datetime:
    """As the port knows it: in whole seconds."""
    return at.replace(microsecond=0)
