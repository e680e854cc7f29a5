"""A receipt that comes again under another guid: the copy that names our upload counts, whenever it
comes.
"""

from dataclasses import replace
from itertools import permutations

from services.customs.domain.documents.correlation import KeptReceipt, add_repetitions
from services.customs.domain.receipts.receipt import Receipt
from tests.support.documents import a_receipt, an_attempt

UPLOADS = {"doc_1": (an_attempt(1), an_attempt(2, at_s=60))}
FAILED = a_receipt("4", at_s=90)


def a_kept(receipt: Receipt) -> KeptReceipt:
    return KeptReceipt("rcp_1", receipt, None, 1, receipt.return_time)


def kept_after(*copies: str | None) -> str | None:
    """The guid that is kept when copies with these come, one after the other."""
    first, *others = (replace(FAILED, guid=guid) for guid in copies)
    kept = [a_kept(first)]
    for one in others:
        kept, _ = add_repetitions(kept, [one], UPLOADS)
    return kept[0].receipt.guid


def test_the_copy_that_names_our_newest_upload_counts_in_any_order() -> None:
    for copies in permutations((None, "ELSEWHERE", "guid-1-1", "GUID-1-2")):
        assert kept_after(*copies) == "GUID-1-2"


def test_a_copy_without_a_number_takes_none_away() -> None:
    numbered = a_kept(replace(FAILED, invt_no="I1"))
    kept, changed = add_repetitions([numbered], [replace(FAILED, pre_no="P1")], UPLOADS)

    assert (kept[0].receipt.invt_no, kept[0].receipt.pre_no) == ("I1", "P1")
    assert changed == kept


def test_the_same_again_changes_nothing() -> None:
    kept = [a_kept(FAILED)]

    assert add_repetitions(kept, [FAILED, FAILED], UPLOADS) == (kept, [])
