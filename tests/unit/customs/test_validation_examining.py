"""What is examined may say anything: the match names its faults and does not fail."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.customs.domain.declarations.case import Match
from services.customs.domain.declarations.examining import Papers, examine_early
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.schemas.validation import ValidationIn
from tests.support.candidates import SOUND_LINE, a_candidate
from tests.support.customs import NOW, RULEBOOK, a_line, an_order

ALL_SENT = replace(RULEBOOK, sends_before=(DocumentKind.ORDER, DocumentKind.WAYBILL))
TEXTS = st.text(st.characters(categories=["L", "N", "P"]), max_size=500)
NUMBERS = st.integers(-(10**15), 10**15)


def anything_like(sound: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Some of the values are replaced by any others of their type."""
    odd = {
        name: st.just(value) | (NUMBERS if isinstance(value, int) else TEXTS)
        for name, value in sound.items()
        if isinstance(value, int | str)
    }
    return st.fixed_dictionaries(odd).map(lambda changed: sound | changed)


LINES = st.lists(anything_like(SOUND_LINE | {"line": 1, "gtin": "1", "legal_quantity_1": "1"}))
BODIES = st.builds(
    lambda order, lines, waybill: {"order": order | {"lines": lines}, "waybill": waybill},
    anything_like(a_candidate("A-1")["order"]),
    LINES,
    st.none() | anything_like(a_candidate("A-1")["waybill"] | {"pieces": 1}),
)


@given(BODIES)
def test_any_values_are_examined(body: dict[str, Any]) -> None:
    papers = ValidationIn.model_validate(body).to_domain("mer_1")

    found = examine_early(papers, rulebook=ALL_SENT, takers={}, now=NOW)

    for finding in found.findings:
        assert finding.document is not None
        assert finding.text("en")
        assert finding.fix("zh-CN")


def test_an_order_in_order_is_a_draft_until_its_waybill_is_there() -> None:
    papers = Papers(None, an_order(a_line(1), a_line(2)), None)

    found = examine_early(papers, rulebook=ALL_SENT, takers={}, now=NOW)

    assert (found.match, found.findings) == (Match.DRAFT, ())
