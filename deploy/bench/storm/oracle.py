"""What a document's state must be, read from the tables of the specification: the oracle of the
storm and of the tests.

Customs' words are letters, and what may follow what is a regular expression for each kind: P at the
port, A entered, M review, I inspection, C concluded, D detained, S suspended, L released, Z closed,
X returned, a entered once more after an amendment.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.customs.domain.documents.document import Attempt, DocumentFacts
from services.customs.domain.receipts.receipt import Receipt, ReceiptIdentity
from services.customs.domain.receipts.retry import Retry

RECEIPTS = {
    "order": "CEB304",
    "payment": "CEB404",
    "waybill": "CEB506",
    "list": "CEB604",
    "cancellation": "CEB606",
    "arrival": "CEB508",
    "bill": "CEB608",
    "departure": "CEB510",
    "return": "CEB214",
    "tally": "CEB216",
    "summary": "CEB702",
}
LETTERS = {
    "list": {"120": "A", "300": "M", "500": "I", "399": "C", "800": "L", "899": "Z", "100": "X"},
    "return": {
        "120": "A",
        "300": "M",
        "500": "I",
        "399": "C",
        "800": "L",
        "100": "X",
        "505": "D",
        "600": "S",
    },
    "cancellation": {"120": "A", "399": "C", "100": "X"},
}
PLAIN_LETTERS = {"120": "A", "399": "A", "100": "X"}
GRAMMAR = {
    "list": r"(PA?[MICa]*X)*(PA?[MICa]*L?Z?)?",
    "return": r"(PA?[MICDSa]*X)*(PA?[MICDSa]*L?)?",
    "cancellation": r"(P(Aa*)?X)*(P(Aa*)?C?)?",
}
PLAIN_GRAMMAR = r"(P(Aa*)?X)*(P(Aa*)?)?"
PHASE_OF_LETTER = {
    "A": "accepted",
    "a": "accepted",
    "M": "manual_review",
    "I": "inspection",
    "C": "concluded",
    "D": "detained",
    "S": "suspended",
    "L": "released",
    "Z": "closed",
    "X": "returned",
}
CUSTOMS = {"100", "120", "300", "399", "500", "505", "600", "800", "899"}
CLOCK_TIES = ["1", "2", "3", "4", "100", "120", "300", "500", "505", "600", "399", "800", "899"]
PORT = {"1": "staged", "2": "declaring", "3": "sent", "4": "send_failed"}
# The negative codes that the tests use.
STALE = {"-301014"}
ALREADY = {"-621004", "-301010", "-504015"}
REMEDIES = {"4": Retry.TRANSIENT, "-621017": Retry.TRANSIENT, "-621030": Retry.TOO_MUCH}
BUSY = "[Code:1301;"
PROGRESS = [
    *["queued", "transmitted", "staged", "declaring", "sent", "accepted", "manual_review"],
    *["inspection", "concluded", "detained", "suspended", "released", "closed"],
]


@dataclass
class Expected:
    phase: str
    at_fault: tuple[int, ...]
    channel: str | None
    retry: Retry | None
    is_amending: bool
    marks: dict[ReceiptIdentity, str]


@dataclass
class Word:
    letter: str
    receipt: Receipt
    attempt: Attempt | None


def is_negative(code: str) -> bool:
    return re.fullmatch("-[0-9]+", code) is not None


def newest_named(receipts: Sequence[Receipt], attempts: Sequence[Attempt]) -> list[Receipt]:
    """One for each identity: that with the guid of the newest upload, if one has ours."""
    numbers = {a.guid: a.number for a in attempts}
    groups: dict[ReceiptIdentity, list[Receipt]] = {}
    for receipt in receipts:
        groups.setdefault(receipt.identity, []).append(receipt)
    return [
        max(group, key=lambda r: (numbers.get(r.guid or "", 0), r.invt_no or "", r.guid or ""))
        for group in groups.values()
    ]


def clock(receipt: Receipt) -> tuple[datetime, int, str, str]:
    code = receipt.return_status
    rank = CLOCK_TIES.index(code) if code in CLOCK_TIES else CLOCK_TIES.index("4")
    return (receipt.return_time, rank, code, receipt.message_type)


class Part:
    def __init__(self, facts: DocumentFacts, number: int) -> None:
        self.kind = facts.kind.value
        self.number = number
        self.attempts = sorted(
            (a for a in facts.attempts if a.part == number), key=lambda a: a.number
        )
        self.receipts = sorted(
            (r for r in newest_named(facts.receipts, facts.attempts) if self.concerns(r)),
            key=lambda r: (*clock(r), r.key, r.return_info),
        )
        self.marks: dict[ReceiptIdentity, str] = {}
        self.words: list[Word] = []
        self.grammar = re.compile(GRAMMAR.get(self.kind, PLAIN_GRAMMAR))
        for receipt in self.receipts:
            if self.is_port(receipt):
                self.marks[receipt.identity] = self.mark_of_port(receipt)
            else:
                self.marks[receipt.identity] = self.mark_of_customs(receipt)

    def concerns(self, receipt: Receipt) -> bool:
        if receipt.message_type == "CEB900":
            return is_negative(receipt.return_status) and bool(self.about(receipt))
        return receipt.message_type == RECEIPTS[self.kind] and receipt.key.part == self.number

    def is_port(self, receipt: Receipt) -> bool:
        return receipt.return_status in PORT or is_negative(receipt.return_status)

    def about(self, receipt: Receipt) -> list[Attempt]:
        if receipt.message_type == "CEB900":
            return [a for a in self.attempts if a.message_guid == receipt.key.number]
        attempt = self.attempt_of(receipt)
        return [attempt] if attempt else []

    def attempt_of(self, receipt: Receipt) -> Attempt | None:
        for attempt in self.attempts:
            if attempt.guid == receipt.guid:
                return attempt
        there = [a for a in self.attempts if a.left_at] or self.attempts
        chosen = there[0] if there else None
        for attempt in there:
            known = [at for at in (attempt.app_time, attempt.left_at) if at is not None]
            if max(known).strftime("%Y%m%d%H%M%S") <= receipt.return_time.strftime("%Y%m%d%H%M%S"):
                chosen = attempt
        return chosen

    # --- customs' words
    def text(self) -> str:
        return "".join(word.letter for word in self.words)

    def reopens(self, attempt: Attempt | None) -> bool:
        """The last word is a return, and this upload has another content than what came back."""
        if attempt is None or not self.words or self.words[-1].letter != "X":
            return False
        sent_back = self.words[-1].attempt
        return sent_back is not None and attempt.version > sent_back.version

    def version(self) -> int:
        """Of the content that customs has: by the last entry, release or close."""
        text = self.text()
        for index in reversed(range(len(text))):
            if text[index] in "AaLZ" or index == 0 or text[index - 1] in "PX":
                attempt = self.words[index].attempt
                return attempt.version if attempt else 0
        return 0

    def spelt(self, words: Sequence[Word]) -> str:
        """With P wherever the document is at the port: first, and after each return."""
        return "P" + "".join(
            word.letter + ("P" if word.letter == "X" and n < len(words) - 1 else "")
            for n, word in enumerate(words)
        )

    def takes_change(self, receipt: Receipt, letter: str) -> bool:
        """120 enters a document, or a change of it. So does 399 where it entered what was before;
        after 120 it says nothing new.
        """
        if receipt.return_status == "120":
            return True
        before = self.words[-1] if self.words else None
        is_399 = receipt.return_status == "399" and letter == "A"
        return is_399 and before is not None and before.receipt.return_status == "399"

    def mark_of_customs(self, receipt: Receipt) -> str:  # noqa: PLR0911 - a rule each
        letter = LETTERS.get(self.kind, PLAIN_LETTERS).get(receipt.return_status)
        if letter is None:
            return "illegal" if receipt.return_status in CUSTOMS else "unknown"
        attempt = self.attempt_of(receipt)
        if attempt is None:
            return "illegal"  # nothing was uploaded
        version = attempt.version
        last = self.words[-1].letter if self.words else ""
        if last == "X" and not self.reopens(attempt):
            return "history" if letter == "X" else "illegal"
        if self.takes_change(receipt, letter) and last and last in "AaMICDS":
            if version <= self.version():
                return "history" if last in "Aa" else "illegal"
            letter = "a"
        elif last != "X" and letter == last.upper():
            return "history"
        words = [*self.words, Word(letter, receipt, attempt)]
        if not self.grammar.fullmatch(self.spelt(words)):
            return "illegal"
        self.words = words
        return "moved"

    # --- the port's
    def holds(self, attempt: Attempt) -> bool:
        """Customs has what this upload carried, or is done with the document."""
        if not self.words or self.reopens(attempt):
            return False
        over = "XLZC" if self.kind == "cancellation" else "XLZ"
        if self.words[-1].letter in over:
            return True
        return attempt.version <= self.version()

    def mark_of_port(self, receipt: Receipt) -> str:
        if not self.attempts:
            return "illegal"
        newest = self.attempts[-1]
        if receipt.return_status in STALE and BUSY not in receipt.return_info:
            return "history"
        if newest not in self.about(receipt) or self.holds(newest):
            return "history"
        return "moved"

    def answers(self, attempt: Attempt) -> list[Receipt]:
        return [
            r
            for r in self.receipts
            if self.is_port(r)
            and attempt in self.about(r)
            and not (r.return_status in STALE and BUSY not in r.return_info)
        ]

    def upload_phase(self, index: int) -> str:
        attempt = self.attempts[index]
        answers = self.answers(attempt)
        if not answers and attempt.left_at is None:
            # A message that the way to the port refuses never leaves.
            return "send_failed" if attempt.refusal else "queued"
        if not answers:
            return "transmitted"

        def is_already(r: Receipt) -> bool:
            return r.return_status in ALREADY and BUSY not in r.return_info

        if not is_already(answers[-1]):
            return PORT.get(answers[-1].return_status, "rejected_technical")
        others = [r.return_status for r in answers if not is_already(r)]
        if others and others[-1] in ("2", "3"):
            return PORT[others[-1]]
        came_back = [w.attempt.version for w in self.words if w.letter == "X" and w.attempt]
        if index > 0 and not (came_back and self.attempts[index - 1].version <= came_back[-1]):
            before = self.upload_phase(index - 1)
            if before in ("declaring", "sent"):
                return before
        return "declaring"

    def remedy(self, attempt: Attempt) -> Retry:
        """By the last answer, or by what refused the message. What is alone cannot be halved."""
        answers = self.answers(attempt)
        if not answers:
            assert attempt.refusal is not None
            found = attempt.refusal.retry
        elif BUSY in answers[-1].return_info:
            found = Retry.TRANSIENT
        else:
            found = REMEDIES.get(answers[-1].return_status, Retry.UNCLASSIFIED)
            # A CEB900 is about the whole message: nobody knows which document it means.
            if answers[-1].message_type == "CEB900" and found is Retry.UNCLASSIFIED:
                found = Retry.TOO_MUCH if attempt.nodes > 1 else found
        return Retry.TOO_LARGE if found is Retry.TOO_MUCH and attempt.nodes == 1 else found

    def outcome(self) -> tuple[str, Retry | None, bool]:
        """Phase, remedy, whether an amendment waits."""
        if not self.attempts:
            return "queued", None, False
        newest = self.attempts[-1]
        upload = self.upload_phase(len(self.attempts) - 1)
        remedy = None
        if upload in ("send_failed", "rejected_technical"):
            remedy = self.remedy(newest)
        if not self.words or self.reopens(newest):
            return upload, remedy, False
        at_customs = PHASE_OF_LETTER[self.words[-1].letter]
        return (at_customs, None, False) if self.holds(newest) else (at_customs, remedy, True)


def oracle_state(facts: DocumentFacts) -> Expected:
    parts = [Part(facts, number) for number in range(1, facts.parts + 1)]
    outcomes = [part.outcome() for part in parts]
    phases = [outcome[0] for outcome in outcomes]
    faults = [f for f in ("returned", "rejected_technical", "send_failed") if f in phases]
    phase = faults[0] if faults else min(phases, key=PROGRESS.index)
    chosen = [n for n, one in enumerate(phases) if one == phase]
    marks = {r.identity: placeless(r) for r in facts.receipts}
    for worth in ("illegal", "history", "moved"):
        for part in parts:
            marks |= {identity: m for identity, m in part.marks.items() if m == worth}
        # An unknown code of a part that exists stays unknown.
    for part in parts:
        marks |= {identity: m for identity, m in part.marks.items() if m == "unknown"}
    moved = {identity[2] for identity, mark in marks.items() if mark == "moved"}
    channel = None
    for code, colour in (("899", "green"), ("800", "green"), ("300", "yellow"), ("500", "red")):
        channel = colour if code in moved else channel
    remedies = [outcomes[n][1] for n in chosen if outcomes[n][1]]
    return Expected(
        phase="withdrawn" if facts.is_dropped and phase == "queued" else phase,
        at_fault=tuple(n + 1 for n in chosen) if faults else (),
        channel=channel,
        retry=remedies[0] if remedies else None,
        is_amending=any(outcome[2] for outcome in outcomes),
        marks=marks,
    )


def placeless(receipt: Receipt) -> str:
    code = receipt.return_status
    if receipt.message_type == "CEB900":
        return "illegal" if is_negative(code) else "unknown"
    return "illegal" if code in PORT or code in CUSTOMS or is_negative(code) else "unknown"
