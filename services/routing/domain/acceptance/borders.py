"""The verdict on the countries of a leg: embargoes, and the documents that a border asks for."""

from collections.abc import Iterable, Sequence

from services.routing.domain.acceptance import texts
from services.routing.domain.acceptance.goods import Consignment
from services.routing.domain.acceptance.rules import ANY, DocumentRule, RulesOfDay
from services.routing.domain.acceptance.verdict import (
    ALLOWED,
    Verdict,
    on_condition,
    refused,
    together,
)
from services.routing.domain.network.records import Embargo, EmbargoScope, VehicleKind
from shared.kernel.errors import Text


def verdict_of_embargoes(
    day: RulesOfDay,
    consignment: Consignment,
    *,
    origin: str,
    destination: str,
    transit: Sequence[str] = (),
) -> Verdict:
    """Each of the three is a country in one scope; an embargo of the scope `all` is in any."""
    embargoes = day.embargoes
    if embargoes.keys().isdisjoint((origin, destination, *transit)):
        return ALLOWED
    places: list[tuple[str, EmbargoScope]] = [(origin, "origin"), (destination, "destination")]
    places += [(country, "transit") for country in transit]
    return together(
        *(
            _of_embargoes(
                [e for e in embargoes.get(country, ()) if e.scope in ("all", scope)], consignment
            )
            for country, scope in places
        )
    )


def _of_embargoes(embargoes: list[Embargo], consignment: Consignment) -> Verdict:
    codes = consignment.hs_codes
    for embargo in embargoes:
        if not embargo.hs_prefix or any(c.startswith(embargo.hs_prefix) for c in codes or ()):
            return _refused(embargo)
    if codes or not embargoes:
        return ALLOWED
    return on_condition(
        texts.HS_CODE_OPEN,
        texts.HS_CODE_NOT_KNOWN,
        texts.DECLARE_HS_CODE,
        country=embargoes[0].country,
        prefixes=tuple(sorted({embargo.hs_prefix for embargo in embargoes})),
    )


def _refused(embargo: Embargo) -> Verdict:
    reason = Text(embargo.reason_en, embargo.reason_zh)
    if embargo.valid_to is None:
        return refused(texts.EMBARGO, texts.EMBARGOED, texts.EMBARGO_FIX, reason=reason)
    return refused(
        texts.EMBARGO,
        texts.EMBARGOED,
        texts.EMBARGO_FIX_UNTIL,
        reason=reason,
        day=embargo.valid_to.isoformat(),
    )


def missing_documents(
    rules: Iterable[DocumentRule], consignment: Consignment, kind: VehicleKind
) -> list[DocumentRule]:
    """Documents that some border asks of such a vehicle and that are not known to be there."""
    return [
        rule
        for rule in rules
        if rule.vehicle_kind in (ANY, kind) and rule.document not in consignment.documents
    ]


def is_asked(rule: DocumentRule, origin: str, destination: str) -> bool:
    """At the border between two countries."""
    return rule.origin_country in (ANY, origin) and rule.destination_country in (ANY, destination)


def verdict_of_documents(missing: Iterable[DocumentRule]) -> Verdict:
    return together(
        *(
            on_condition(
                texts.DOCUMENT_OPEN,
                texts.DOCUMENT_NOT_KNOWN,
                texts.BRING_DOCUMENT,
                document=Text(rule.name_en, rule.name_zh),
            )
            for rule in missing
        )
    )
