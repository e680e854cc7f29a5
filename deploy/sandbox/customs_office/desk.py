"""The desk: a message comes in, the answers to it go out, each with the time at which it is due. It
knows no folders and no connections, and its clock is what it is told.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from deploy.sandbox.customs_office.admission import (
    admit,
    outage_failure,
    told_about,
    upload_failure,
)
from deploy.sandbox.customs_office.answers.decisions import Step, receipts_for
from deploy.sandbox.customs_office.answers.flows import as_told, declined, failing, usual
from deploy.sandbox.customs_office.answers.writing import Answer, answer_to, refusal_of
from deploy.sandbox.customs_office.clerks.afterwards import AFTERWARDS
from deploy.sandbox.customs_office.clerks.case import Case, Objection, Rules
from deploy.sandbox.customs_office.clerks.movements import MOVEMENTS
from deploy.sandbox.customs_office.clerks.sales import SALES
from deploy.sandbox.customs_office.inbound.papers import Paper, Unacceptable, Upload
from deploy.sandbox.customs_office.inbound.reading import read_upload
from deploy.sandbox.customs_office.inbound.scripts import Told, told
from deploy.sandbox.customs_office.ledger import Decision, Filed, Ledger
from deploy.sandbox.customs_office.tables.codes import info

_CLERKS: Final = SALES | MOVEMENTS | AFTERWARDS
_AT_ONCE: Final = timedelta(minutes=1)
_AFTER_ARRIVAL: Final = timedelta(minutes=3)
_ACCEPTING: Final = ("399", "120", "800")
_WAITS: Final = frozenset(("300", "500", "399", "800"))  # for the goods, where arrival is first


@dataclass(frozen=True, slots=True)
class Planned:
    """An answer and when it goes. It stays here if its document has been overtaken by then.
    `receiver`: to whom it is enveloped; empty: it goes bare."""

    answer: Answer
    send_at: datetime
    about: Filed | None = None
    receiver: str = ""

    @property
    def is_due_still(self) -> bool:
        return self.about is None or self.about.speaks_at(self.answer.at)


class Desk:
    """`tolerated`: what a real office would refuse; `left_waybills`: named in departures."""

    def __init__(self, seed: int, rules: Rules | None = None) -> None:
        self._seed, self.rules = seed, rules or Rules()
        self.ledger = Ledger()
        self.tolerated: Counter[str] = Counter()
        self.unreadable: list[str] = []
        self.left_waybills: set[str] = set()

    def take(
        self, raw: bytes, name: str, now: datetime, *, is_failing: bool = False
    ) -> list[Planned]:
        """`is_failing`: the port takes messages and cannot hand them on."""
        try:
            upload = _read(raw, name)
        except Unacceptable as fault:
            self.unreadable.append(f"{name}: {fault.problem}")
            self.ledger.messages_refused.append(fault.original.cop_msg_id)
            at = now + _AT_ONCE
            answer = refusal_of(fault.original, fault.problem, at=at)
            return [Planned(answer, at, receiver=fault.original.sender)]
        found = []
        for paper in upload.papers:
            found += self._fail(paper, now) if is_failing else self._document(upload, paper, now)
        return [replace(one, receiver=upload.original.sender) for one in found]

    def recall(self, messages: Iterable[tuple[str, bytes]]) -> None:
        """What an earlier life of this office has answered: on file, and nothing else."""
        known = []
        for name, raw in messages:
            try:
                known.append((max(one.dated for one in _read(raw, name).papers), name, raw))
            except (Unacceptable, ValueError):
                continue  # it is on no file
        for at, name, raw in sorted(known):
            self.take(raw, name, at)
        # Nobody is owed anything from then.
        self.unreadable.clear()
        self.tolerated.clear()
        self.left_waybills.clear()
        self.ledger.failed.clear()

    # -- one document ---------------------------------------------------------------------------

    def _document(self, upload: Upload, paper: Paper, now: datetime) -> list[Planned]:
        before = self.ledger.documents.get(paper.key)
        if before and before.paper.guid == paper.guid and before.is_under_way(now):
            return []  # the same upload handed over twice, and being answered
        says = told_about(paper, self.ledger)
        failure = upload_failure(paper, says, self.ledger, rules=self.rules, seed=self._seed)
        if failure is not None:
            return self._refuse(paper, failure, now)
        case = Case(paper, self.ledger, self.rules, self._seed, now)
        try:
            admit(upload, paper, before, now, self.tolerated)
            reason = _CLERKS[paper.kind.message].returns(case)
        except Objection as objection:
            step = replace(failing(objection.code), info=info(objection.code, objection.text))
            return self._refuse(paper, step, now)
        return self._answers(case, self.ledger.file(paper, now), reason, says)

    def _fail(self, paper: Paper, now: datetime) -> list[Planned]:
        before = self.ledger.documents.get(paper.key)
        if before and before.paper.guid == paper.guid:
            return []
        self.ledger.failed.add(paper.key)
        return self._refuse(paper, outage_failure(paper), now)

    def _refuse(self, paper: Paper, step: Step, now: datetime) -> list[Planned]:
        self.ledger.refuse(paper, step.status, now)
        answer = answer_to(paper, step.status, step.info, at=now + step.after, filed_at=now)
        return [Planned(answer, now + step.sent_after)]

    def _answers(self, case: Case, filed: Filed, reason: str, says: Told | None) -> list[Planned]:
        clerk, now = _CLERKS[case.paper.kind.message], case.now
        steps = self._steps(case, filed, reason, says)
        codes = {step.status: step.after for step in steps}
        accepted = next((codes[code] for code in _ACCEPTING if code in codes), None)
        if accepted is not None and "100" not in codes:
            case.accepted_at = now + accepted
            clerk.effect(case)
        self.left_waybills.update(case.left)
        self.unreadable += (f"{case.paper.number}: {note}" for note in case.notes)
        return [
            *_plan(filed, steps, now, case.sum_no),
            *(one for about, step in case.others for one in _plan(about, [step], now)),
            *(Planned(answer, now + waits) for answer, waits in case.results),
        ]

    def _steps(self, case: Case, filed: Filed, reason: str, says: Told | None) -> list[Step]:
        message, content = case.paper.kind.message, case.paper.content
        if reason and not (says and says.decided):
            steps = declined(reason)
        elif message == "CEB603":
            steps = receipts_for(content, self._seed)
        else:
            steps = usual(message, content, self._seed, _CLERKS[message].minutes)
        if says is not None:
            steps = as_told(says, message, steps)
        if message == "CEB603" and self.rules.arrival_first and not filed.has_arrived:
            steps, filed.later = _until_arrival(steps)
        return steps


def _read(raw: bytes, name: str) -> Upload:
    """Raises Unacceptable, also where a number of the message asks for it."""
    upload = read_upload(raw, name)
    for says in map(told, upload.papers):
        if says is not None and says.refuses_message:
            raise Unacceptable(upload.original, "报文格式错误")
    return upload


def _plan(filed: Filed, steps: Iterable[Step], now: datetime, sum_no: str = "") -> list[Planned]:
    planned = []
    for step in steps:
        at = now + step.after
        filed.decisions.append(Decision(step.status, at))
        answer = answer_to(
            filed.paper,
            step.status,
            step.info,
            at=at,
            filed_at=filed.filed_at,
            sum_no=sum_no if step.status in _ACCEPTING else "",
        )
        planned.append(Planned(answer, now + step.sent_after, filed))
    return planned


def _until_arrival(steps: Sequence[Step]) -> tuple[list[Step], tuple[Step, ...]]:
    """What customs decides before the goods are there, and what it decides afterwards."""
    early = [step for step in steps if step.status not in _WAITS]
    later = [step for step in steps if step.status in _WAITS]
    if not later:
        return early, ()
    wait = min(step.after for step in later) - _AFTER_ARRIVAL
    return early, tuple(
        replace(step, after=step.after - wait, sent_after=step.sent_after - wait) for step in later
    )
