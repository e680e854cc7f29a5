"""The files of the rules: a row that cannot be read is named with its line."""

import pytest

from services.routing.clients.network_files import DATA
from services.routing.domain.acceptance.files import (
    DOCUMENTS_FILE,
    RULES_FILE,
    AcceptanceFileWrong,
    parse_documents,
    parse_rules,
)

RULES = (DATA / RULES_FILE).read_bytes()
DOCUMENTS = (DATA / DOCUMENTS_FILE).read_bytes()


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (b"IA,RBI,forbidden", b"IA,RBI,perhaps", "line 2: .*perhaps"),
        (b"*,passenger,UN3480,965,IA", b"*,van,UN3480,965,IA", "line 2: .*van"),
        (b"UN3480,965,IA,RBI,allowed", b"UN3480,965,,RBI,allowed", "line 3: .*dangerous goods"),
        (b"allowed,35,30", b"allowed,much,30", "line 3"),
        (b"2016-04-01", b"2016-04-31", "line 2"),
    ],
)
def test_a_wrong_rule_is_named_with_its_line(old: bytes, new: bytes, fault: str) -> None:
    assert old in RULES

    with pytest.raises(AcceptanceFileWrong, match=rf"acceptance-rules\.csv, {fault}"):
        parse_rules(RULES.replace(old, new, 1))


def test_a_wrong_document_is_named_with_its_line() -> None:
    wrong = DOCUMENTS.replace(b",truck,", b",lorry,")

    with pytest.raises(AcceptanceFileWrong, match=r"acceptance-documents\.csv, line 3: .*lorry"):
        parse_documents(wrong)


def test_limits_are_grams_and_what_is_empty_is_not_known() -> None:
    of_metal, loose = (
        next(rule for rule in parse_rules(RULES) if rule.id == name)
        for name in ("un3090-968-ib-freighter", "un3480-965-ia-truck")
    )

    assert of_metal.net_g_max == 2_500
    assert of_metal.state_of_charge_pct_max is None
    assert (loose.net_g_max, loose.valid_from, loose.valid_to) == (None, None, None)
