"""Whether a document comes on file: uploads that fail, signatures, and the rules of versions."""

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Final

from deploy.sandbox.customs_office.answers.decisions import Step, failure_of
from deploy.sandbox.customs_office.answers.flows import failing
from deploy.sandbox.customs_office.clerks.case import Objection, Rules
from deploy.sandbox.customs_office.inbound.checking import gaps_of_departure
from deploy.sandbox.customs_office.inbound.papers import CHANGE, NEW, Paper, Signed, Upload
from deploy.sandbox.customs_office.inbound.scripts import Told, told
from deploy.sandbox.customs_office.ledger import Filed, Ledger
from deploy.sandbox.customs_office.tables.codes import CODES, TRANSIENT, info

_OUTAGE: Final = ("3001", "3002", "3003", "3999")
_EXAMINED: Final = frozenset(("300", "500", "399", "800", "899"))


def told_about(paper: Paper, ledger: Ledger) -> Told | None:
    """What another document's number says is done once: a corrected document gets through."""
    says = told(paper)
    if says is None or not says.by:
        return says
    mark = (paper.kind.message, says.by)
    if mark in ledger.told_by:
        return None
    ledger.told_by.add(mark)
    return says


def upload_failure(
    paper: Paper, says: Told | None, ledger: Ledger, *, rules: Rules, seed: int
) -> Step | None:
    """The only answer, if the upload fails. A fault that passes does so once."""
    key, failed = paper.key, ledger.failed
    failure: Step | None = None
    if says is not None and says.failure is not None:
        failure = failing(says.failure)
        if says.failure not in TRANSIENT:
            return failure
    elif says is None and (paper.kind.message == "CEB603" or rules.every_kind_fails):
        failure = failure_of(paper.content, seed) if not paper.faults else None
    if failure is None or key in failed or key in ledger.documents:
        failed.discard(key)
        return None
    failed.add(key)
    return failure


def outage_failure(paper: Paper) -> Step:
    code = _OUTAGE[len(paper.number) % len(_OUTAGE)]
    return replace(failing("4"), info=info(code, "发送海关失败"))


def admit(
    upload: Upload, paper: Paper, before: Filed | None, now: datetime, tolerated: Counter[str]
) -> None:
    """`before`: its stored version. Raises Objection."""
    codes = CODES[paper.kind.message]
    _check_signature(upload, tolerated)
    if paper.faults:
        raise Objection(codes.faulty, "; ".join(paper.faults[:5]))
    if before and paper.app_time < before.paper.app_time:
        raise Objection(codes.stale, f"older than the stored one of {before.paper.app_time}")
    if before is None:
        if paper.head["appType"] != NEW:
            raise Objection(codes.unknown, "there is nothing to change")
    elif before.is_under_way(now):
        status = before.status_at(now)
        if paper.head["appType"] == NEW:
            raise Objection(codes.there, f"the number exists ({status})")
        if paper.head["appType"] == CHANGE and status in _EXAMINED - _accepting(paper):
            raise Objection(codes.unfit, f"its state ({status}) does not allow a change")
    if paper.kind.message == "CEB509" and gaps_of_departure(paper.head):
        tolerated["departures by air that are not complete"] += 1


def _accepting(paper: Paper) -> frozenset[str]:
    """Lists and returns are examined; what is accepted at once may be changed afterwards."""
    return frozenset() if paper.kind.message in ("CEB603", "CEB213") else frozenset(("399",))


def _check_signature(upload: Upload, tolerated: Counter[str]) -> None:
    code = CODES[upload.kind.message].signature
    if upload.signed is Signed.WRONG:
        raise Objection(code, "the signature does not fit")
    if upload.signed is Signed.UNPROVEN:
        tolerated[Signed.UNPROVEN.value] += 1
    if upload.signed is Signed.ABSENT and upload.must_be_signed:
        if not upload.says_it_is_unsigned:
            raise Objection(code, "the signature is missing")
        tolerated["unsigned"] += 1
