"""Which figures are computed for what is asked, and what is refused."""

import pytest

from services.analytics.domain.kpis import (
    KPIS,
    KpiNotDivisible,
    KpiOfThePark,
    UnknownKpi,
    chosen_kpis,
)


def test_what_cannot_be_asked_for_is_refused_wherever_it_stands() -> None:
    with pytest.raises(UnknownKpi):
        chosen_kpis(("orders", "profit"), needed=frozenset(), is_park=True)
    with pytest.raises(KpiNotDivisible) as refusal:
        chosen_kpis(("orders", "tonnes"), needed=frozenset({"day", "market"}), is_park=True)
    assert refusal.value.params["dimension"] == "market"
    with pytest.raises(KpiOfThePark):
        chosen_kpis(("orders", "tonnes"), needed=frozenset(), is_park=False)


def test_what_can_be_asked_for_comes_once_in_the_order_given() -> None:
    for needed in (frozenset[str](), frozenset({"day"})):
        chosen = chosen_kpis(("tonnes", "orders", "tonnes"), needed=needed, is_park=True)
        assert [kpi.name for kpi in chosen] == ["tonnes", "orders"]


def test_without_names_one_gets_all_that_fit() -> None:
    assert len(chosen_kpis((), needed=frozenset(), is_park=True)) == len(KPIS)
    by_belt = {k.name for k in chosen_kpis((), needed=frozenset({"belt"}), is_park=True)}
    assert "companies" in by_belt
    assert "tonnes" not in by_belt
    by_both = chosen_kpis((), needed=frozenset({"belt", "day"}), is_park=True)
    assert {"companies", "tonnes"}.isdisjoint(kpi.name for kpi in by_both)
    own = {k.name for k in chosen_kpis((), needed=frozenset(), is_park=False)}
    assert "tonnes_shipped" in own
    assert "tonnes" not in own
