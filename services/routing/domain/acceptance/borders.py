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
from services.routing.domain.network.records import Embargo, EmbargoScope
from shared.kernel.errors import Text
from shared.kernel.words import Words, words


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
            reason = Words(embargo.reason_en, embargo.reason_zh)
            return refused(texts.EMBARGO, reason, _fix(embargo))
    if codes is not None or not embargoes:
        return ALLOWED
    prefixes = sorted({embargo.hs_prefix for embargo in embargoes})
    country = embargoes[0].country
    return on_condition(
        texts.HS_CODE_OPEN,
        words(texts.HS_CODE_NOT_KNOWN, country=country, prefixes=prefixes),
        words(texts.DECLARE_HS_CODE),
    )


def _fix(embargo: Embargo) -> Words:
    if embargo.valid_to is None:
        return words(texts.EMBARGO_FIX)
    return words(texts.EMBARGO_FIX_UNTIL, day=embargo.valid_to.isoformat())


def verdict_of_documents(
    rules: Iterable[DocumentRule], consignment: Consignment, *, origin: str, destination: str
) -> Verdict:
    """Of a leg that crosses a border."""
    if origin == destination:
        return ALLOWED
    missing = [
        rule
        for rule in rules
        if rule.origin_country in (ANY, origin)
        and rule.destination_country in (ANY, destination)
        and rule.document not in consignment.documents
    ]
    if not missing:
        return ALLOWED
    return together(*(_document(rule, origin, destination) for rule in missing))


def _document(rule: DocumentRule, origin: str, destination: str) -> Verdict:
    document = Text(rule.name_en, rule.name_zh)
    return on_condition(
        texts.DOCUMENT_OPEN,
        words(texts.DOCUMENT_NOT_KNOWN, origin=origin, destination=destination, document=document),
        words(texts.BRING_DOCUMENT, document=document),
    )
