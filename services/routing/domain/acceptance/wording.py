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
from shared.kernel.words import Words, words


def verdict_of(entry: Entry, carrier: str, kind: VehicleKind, *, heaviest_g: int) -> Verdict:
    """`heaviest_g`: the heaviest piece, which bounds the batteries in it."""
    found = judge(entry, carrier, kind)
    if found.bar is None:
        return _conditions(entry, found, kind, heaviest_g=heaviest_g)
    name, place = entry.name, texts.KINDS[kind]
    match found.bar:
        case Bar.NO_RULE:
            detail = words(texts.GOODS_UNKNOWN, goods=name, kind=place)
            return refused(texts.NO_RULE, detail, words(texts.LOAD_RULE))
        case Bar.WITHDRAWN:
            return _withdrawn(entry)
        case Bar.FORBIDDEN:
            return _forbidden(entry, carrier, kind)
        case Bar.NET_WEIGHT:
            return _too_heavy(entry, found, kind)
        case Bar.STATE_OF_CHARGE:
            assert entry.good is not None
            pct, pct_max = entry.good.state_of_charge_pct, found.state_of_charge_pct_max
            return refused(
                texts.STATE_OF_CHARGE,
                words(texts.CHARGE_TOO_HIGH, goods=name, kind=place, pct=pct, pct_max=pct_max),
                words(texts.DISCHARGE, pct_max=pct_max),
            )


def _forbidden(entry: Entry, carrier: str, kind: VehicleKind) -> Verdict:
    kinds = kinds_taking(entry)
    if kind in kinds:  # so it is this carrier that forbids it
        detail = words(
            texts.CARRIER_FORBIDS, carrier=carrier, goods=entry.name, kind=texts.KINDS[kind]
        )
        return refused(texts.FORBIDDEN, detail, words(texts.BOOK_OTHER_CARRIER))
    detail = words(texts.GOODS_FORBIDDEN, goods=entry.name, kind=texts.KINDS[kind])
    return refused(texts.FORBIDDEN, detail, book_or(kinds, words(texts.LEAVE_OUT)))


def _withdrawn(entry: Entry) -> Verdict:
    detail = words(texts.SECTION_WITHDRAWN, goods=entry.name)
    sections = list(entry.sections_left)
    if not sections:
        return refused(texts.WITHDRAWN, detail, words(texts.LEAVE_OUT))
    return refused(texts.WITHDRAWN, detail, words(texts.DECLARE_OTHER_SECTION, sections=sections))


def _too_heavy(entry: Entry, found: Finding, kind: VehicleKind) -> Verdict:
    assert entry.good is not None
    assert entry.good.net_g_per_package is not None
    assert found.net_g_max is not None
    kg, kg_max = f"{entry.good.net_g_per_package / 1_000:g}", f"{found.net_g_max / 1_000:g}"
    detail = words(
        texts.PACKAGE_TOO_HEAVY, goods=entry.name, kind=texts.KINDS[kind], kg=kg, kg_max=kg_max
    )
    kinds = kinds_taking(entry)
    if len(found.sections) > 1:
        fix = words(texts.PACK_OR_DECLARE, kg_max=kg_max)
    elif kinds:
        fix = words(texts.PACK_OR_BOOK, kg_max=kg_max, kinds=names(kinds))
    else:
        fix = words(texts.PACK_AT_MOST, kg_max=kg_max)
    return refused(texts.NET_WEIGHT, detail, fix)


def _conditions(entry: Entry, found: Finding, kind: VehicleKind, *, heaviest_g: int) -> Verdict:
    """What has to be declared or done for the limits to hold."""
    good, name = entry.good, entry.name
    conditions = []
    if len(found.sections) > 1:
        conditions.append(
            on_condition(
                texts.SECTION_OPEN,
                words(texts.SECTION_NOT_KNOWN, goods=name),
                words(texts.DECLARE_SECTION, sections=list(found.sections)),
            )
        )
    net_g_known = good.net_g_per_package if good else None
    if net_g_known is None and found.net_g_max is not None and heaviest_g > found.net_g_max:
        conditions.append(
            on_condition(
                texts.NET_WEIGHT_OPEN,
                words(texts.NET_WEIGHT_NOT_KNOWN, goods=name),
                words(texts.PACK_AT_MOST, kg_max=f"{found.net_g_max / 1_000:g}"),
            )
        )
    charge_pct = good.state_of_charge_pct if good else None
    if charge_pct is None and found.state_of_charge_pct_max is not None:
        conditions.append(
            on_condition(
                texts.STATE_OF_CHARGE_OPEN,
                words(texts.CHARGE_NOT_KNOWN, goods=name),
                words(texts.DECLARE_CHARGE, pct_max=found.state_of_charge_pct_max),
            )
        )
    return together(*conditions, _label(entry, kind))


def _label(entry: Entry, kind: VehicleKind) -> Verdict:
    """Packages that only freighters take say so (IATA DGR 7.2.4.2, Cargo Aircraft Only)."""
    is_labelled = entry.good is not None and entry.good.has_cao_label
    is_dangerous = any(rule.un_number for rule in entry.rules)
    if kind != "freighter" or not is_dangerous or is_labelled:
        return ALLOWED
    if judge(entry, ANY, "passenger").bar is None:
        return ALLOWED
    return on_condition(
        texts.LABEL_OPEN, words(texts.LABEL_NOT_KNOWN, goods=entry.name), words(texts.PUT_LABEL)
    )


def book_or(kinds: Iterable[VehicleKind], otherwise: Words) -> Words:
    """What to book instead, if there is anything."""
    found = names(kinds)
    return words(texts.BOOK_OTHER_KIND, kinds=found) if found else otherwise


def names(kinds: Iterable[VehicleKind]) -> list[Text]:
    return [texts.KINDS[kind] for kind in kinds]
