"""The classes of faults, against the tables typed in anew from the corrected brief."""

from collections import Counter

import pytest

from services.customs.domain.receipts.retry import (
    CODES_BY_RETRY,
    Family,
    Retry,
    family_of,
    retry_class,
)

# Each class by what is added to the first brief; "a…b" is a run.
EXPECTED = {
    Retry.TRANSIENT: "4 3001…3003 3999 1301 -301013 -401011 -505015 -621017 -800004 -623027 -625019"
    " -625110 -625116 -621020…-621023 -623011 -623018…-623020 -623022 -625017 -625018 -625029"
    " -625030",
    Retry.TOO_MUCH: "-301015 -401013 -504013 -505013 -505017 -621030 -623008 -800006",
    Retry.ALREADY_THERE: "-301010 -401007 -504012 -504015 -505012 -621004 -623009 -625022 -625033"
    " -800003",
    Retry.STATE: "-301011 -401008 -504016 -621010 -621011 -621012 -623005 -623013",
    Retry.UNKNOWN_DOCUMENT: "-301009 -401006 -504014",
    Retry.NOT_FOUND: "-301003…-301005 -401001 -401002 -401004 -621006 -621019 -623003 -623004"
    " -625016 -625032 -625204 -625209",
    Retry.SEVERAL_FOUND: "-301006 -401003",
    Retry.EMPTY: "-301007 -401005 -504000 -504010 -505000 -505010 -625003",
    Retry.STALE: "-301014 -401012 -505016 -800005",
    Retry.SECURITY: "1001…1004 1999 -621028 -621029 -621025 -621026 -623016 -623017 -623029 -625005"
    " -625027 -625028 -625208",
    Retry.CERTIFICATE: "-625013 -621015 -621016 -623021 -623026 -625020 -625021 -625113 -625114",
    Retry.DATA: "0001 0002 0999 2001 2002 2999 -10101 -10102 -301008 -301001 -621000 -621024"
    " -623000 -625006 -625023 -625031 -625200 -800000 -301002 -621027 -625008 -625009",
    Retry.TOO_LARGE: "",
    Retry.UNDELIVERABLE: "",
    Retry.UNCLASSIFIED: "",
}
FAMILIES = {
    Family.ENTERPRISE: ["-10101", "-10102"],
    Family.ORDER: ["-301001", "-301015", "-301017"],
    Family.PAYMENT: ["-401001", "-401013"],
    Family.WAYBILL: ["-504000", "-504016"],
    Family.WAYBILL_STATUS: ["-505000", "-505017"],
    Family.LIST: ["-621000", "-621007", "-621030"],
    Family.CANCEL: ["-623000", "-623015", "-623029"],
    Family.RETURN: ["-625001", "-625033", "-625209"],
    Family.BONDED_RECEIPT: ["-800000", "-800006"],
}


def spelt_out(text: str) -> list[str]:
    found = []
    for word in text.split():
        first, _, last = word.partition("…")
        if last:
            sign = "-" if first.startswith("-") else ""
            numbers = range(abs(int(first)), abs(int(last)) + 1)
            found += [f"{sign}{number}" for number in numbers]
        else:
            found.append(word)
    return found


@pytest.mark.parametrize("retry", list(Retry))
def test_the_codes_of_each_class(retry: Retry) -> None:
    assert sorted(CODES_BY_RETRY[retry]) == sorted(spelt_out(EXPECTED[retry]))
    assert {retry_class(code, "") for code in CODES_BY_RETRY[retry]} <= {retry}


def test_each_code_is_in_one_class() -> None:
    counted = Counter(code for codes in CODES_BY_RETRY.values() for code in codes)

    assert set(CODES_BY_RETRY) == set(Retry)
    assert [code for code, times in counted.items() if times > 1] == []


@pytest.mark.parametrize(
    ("code", "family"), [(code, family) for family, codes in FAMILIES.items() for code in codes]
)
def test_an_unknown_negative_is_classed_by_its_range(code: str, family: Family) -> None:
    assert family_of(code) is family


@pytest.mark.parametrize(
    "code", ["4", "-1", "621000", "-62100", "-6210000", "-x", "-", "-" + "9" * 5000]
)
def test_a_code_outside_all_ranges_has_no_family(code: str) -> None:
    assert family_of(code) is None
    assert retry_class("-621007", "") is Retry.UNCLASSIFIED


def test_the_code_in_the_text_says_more_than_the_status() -> None:
    assert retry_class("-621099", "[Code:1301;Desc:busy]") is Retry.TRANSIENT
    assert retry_class("-621017", "[Code:2600;Desc:x]") is Retry.TRANSIENT
    assert retry_class("-1001", "") is Retry.SECURITY
