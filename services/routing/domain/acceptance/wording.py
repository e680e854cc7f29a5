"""Findings of `entries.py` as verdicts: with a reason, and what would make the goods bookable."""

from collections.abc import Iterable

from services.routing.domain.acceptance import texts
from services.routing.domain.acceptance.entries import Bar, Entry, Finding, judge, kinds_taking
from services.routing.domain.acceptance.rules import ANY
from services.routing.domain.acceptance.verdict import (
    ALLOWED,
    Verdict,
    on_condition,
    refused,
    together,
)
from services.routing.domain.network.records import VehicleKind
from shared.kernel.errors import Text


def verdict_of(entry: Entry, carrier: str, kind: VehicleKind, *, heaviest_g: int) -> Verdict:
    """`heaviest_g`: the heaviest piece, which bounds the batteries in it."""
    found = judge(entry, carrier, kind)
    match found.bar:
        case None:
            return _conditions(entry, found, kind, heaviest_g=heaviest_g)
        case Bar.NO_RULE:
            return no_rule(entry, kind)
        case Bar.WITHDRAWN:
            return _withdrawn(entry)
        case Bar.FORBIDDEN:
            return _forbidden(entry, carrier, kind)
        case Bar.NET_WEIGHT:
            return _too_heavy(entry, found, kind)
        case Bar.STATE_OF_CHARGE:
            assert entry.good is not None
            return refused(
                texts.STATE_OF_CHARGE,
                texts.CHARGE_TOO_HIGH,
                texts.DISCHARGE,
                goods=entry.name,
                kind=texts.KINDS[kind],
                pct=entry.good.state_of_charge_pct,
                pct_max=found.state_of_charge_pct_max,
            )


def no_rule(entry: Entry, kind: VehicleKind) -> Verdict:
    return refused(
        texts.NO_RULE,
        texts.GOODS_UNKNOWN,
        texts.LOAD_RULE,
        goods=entry.name,
        kind=texts.KINDS[kind],
    )


def _forbidden(entry: Entry, carrier: str, kind: VehicleKind) -> Verdict:
    kinds, place = kinds_taking(entry), texts.KINDS[kind]
    if kind in kinds:  # so it is this carrier that forbids it
        return refused(
            texts.FORBIDDEN,
            texts.CARRIER_FORBIDS,
            texts.BOOK_OTHER_CARRIER,
            carrier=carrier,
            goods=entry.name,
            kind=place,
        )
    fix = texts.BOOK_OTHER_KIND if kinds else texts.LEAVE_OUT
    return refused(
        texts.FORBIDDEN,
        texts.GOODS_FORBIDDEN,
        fix,
        goods=entry.name,
        kind=place,
        kinds=names(kinds),
    )


def _withdrawn(entry: Entry) -> Verdict:
    fix = texts.DECLARE_OTHER_SECTION if entry.sections_left else texts.LEAVE_OUT
    return refused(
        texts.WITHDRAWN,
        texts.SECTION_WITHDRAWN,
        fix,
        goods=entry.name,
        sections=entry.sections_left,
    )


def _too_heavy(entry: Entry, found: Finding, kind: VehicleKind) -> Verdict:
    assert entry.good is not None
    assert entry.good.net_g_per_package is not None
    assert found.net_g_max is not None
    kinds = kinds_taking(entry)
    if len(found.sections) > 1:
        fix = texts.PACK_OR_DECLARE
    else:
        fix = texts.PACK_OR_BOOK if kinds else texts.PACK_AT_MOST
    return refused(
        texts.NET_WEIGHT,
        texts.PACKAGE_TOO_HEAVY,
        fix,
        goods=entry.name,
        kind=texts.KINDS[kind],
        kinds=names(kinds),
        kg=_kg(entry.good.net_g_per_package),
        kg_max=_kg(found.net_g_max),
    )


def _conditions(entry: Entry, found: Finding, kind: VehicleKind, *, heaviest_g: int) -> Verdict:
    """What has to be declared or done for the limits to hold."""
    good, name = entry.good, entry.name
    conditions = [_label(entry, kind)]
    if len(found.sections) > 1:
        conditions.append(
            on_condition(
                texts.SECTION_OPEN,
                texts.SECTION_NOT_KNOWN,
                texts.DECLARE_SECTION,
                goods=name,
                sections=found.sections,
            )
        )
    net_g_known = good.net_g_per_package if good else None
    if net_g_known is None and found.net_g_max is not None and heaviest_g > found.net_g_max:
        conditions.append(
            on_condition(
                texts.NET_WEIGHT_OPEN,
                texts.NET_WEIGHT_NOT_KNOWN,
                texts.PACK_AT_MOST,
                goods=name,
                kg_max=_kg(found.net_g_max),
            )
        )
    charge_pct = good.state_of_charge_pct if good else None
    if charge_pct is None and found.state_of_charge_pct_max is not None:
        conditions.append(
            on_condition(
                texts.STATE_OF_CHARGE_OPEN,
                texts.CHARGE_NOT_KNOWN,
                texts.DECLARE_CHARGE,
                goods=name,
                pct_max=found.state_of_charge_pct_max,
            )
        )
    return together(*conditions)


def _label(entry: Entry, kind: VehicleKind) -> Verdict:
    """Packages that only freighters take say so (IATA DGR 7.2.4.2, Cargo Aircraft Only)."""
    is_labelled = entry.good is not None and entry.good.has_cao_label
    is_dangerous = any(rule.un_number for rule in entry.rules)
    if kind != "freighter" or not is_dangerous or is_labelled:
        return ALLOWED
    if judge(entry, ANY, "passenger").bar is None:
        return ALLOWED
    return on_condition(texts.LABEL_OPEN, texts.LABEL_NOT_KNOWN, texts.PUT_LABEL, goods=entry.name)


def names(kinds: Iterable[VehicleKind]) -> tuple[Text, ...]:
    return tuple(texts.KINDS[kind] for kind in kinds)


def _kg(grams: int) -> str:
    return f"{grams / 1_000:g}"
