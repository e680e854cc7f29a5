"""What can be wrong when a merchant or a partner is registered."""

import pytest

from services.catalog.domain.merchants import (
    NewMerchant,
    UnknownMerchants,
    merchant_problems,
    visible_merchants,
)

NEW = NewMerchant({"en": "Ezhou Lamps"}, "91110000600037341L", "wigs", None, synthetic=True)


def test_a_merchant_of_a_known_belt_with_a_right_code_has_no_problems() -> None:
    assert merchant_problems(NEW, {"wigs"}, is_uscc_valid=True) == []


def test_both_faults_of_a_merchant_are_reported() -> None:
    problems = merchant_problems(NEW, {"lamps"}, is_uscc_valid=False)

    assert [p.pointer for p in problems] == ["/belt", "/uscc"]


def test_a_partner_sees_each_merchant_once_or_every_merchant() -> None:
    assert visible_merchants(["mer_2", "mer_1", "mer_2"], known={"mer_1", "mer_2"}) == (
        "mer_1",
        "mer_2",
    )
    assert visible_merchants([], known=set()) == ()
    assert visible_merchants(None, known=set()) is None


def test_merchants_that_nobody_knows_are_named() -> None:
    with pytest.raises(UnknownMerchants) as refused:
        visible_merchants(["mer_3", "mer_1", "mer_2"], known={"mer_1"})

    assert refused.value.params == {"merchants": "mer_2, mer_3"}
