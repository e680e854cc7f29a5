"""What keeps a declaration from naming its enterprises: a stable code, whose move it is, and text
and fix in English and Chinese. A finding is kept as its code and parameters, and put into words
when somebody reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from services.customs.domain.messages.parties import PartyRole
from shared.kernel.errors import Locale, Text

Owner = Literal["merchant", "park"]

ROLE_NAMES: Final[Mapping[PartyRole, Text]] = {
    PartyRole.OWNER: Text("maker or consignor", "生产销售单位"),
    PartyRole.FIRM: Text("e-commerce firm", "电商企业"),
    PartyRole.PLATFORM: Text("e-commerce platform", "电商平台"),
    PartyRole.LOGISTICS: Text("logistics firm", "物流企业"),
    PartyRole.DECLARANT: Text("declarant", "申报单位"),
    PartyRole.OPERATOR: Text("operator of the supervised site", "监管场所经营人"),
    PartyRole.AREA: Text("area enterprise", "区内企业"),
    PartyRole.PAYMENT: Text("payment firm", "支付企业"),
}


@dataclass(frozen=True, slots=True)
class PartyFindingKind:
    text: Text
    fix: Text


@dataclass(frozen=True, slots=True)
class PartyFinding:
    """`owner`: whose move it is."""

    code: str
    owner: Owner
    role: PartyRole
    params: Mapping[str, str] = field(default_factory=dict)

    def text(self, locale: Locale) -> str:
        return self._words(KINDS[self.code].text, locale)

    def fix(self, locale: Locale) -> str:
        return self._words(KINDS[self.code].fix, locale)

    def _words(self, text: Text, locale: Locale) -> str:
        role = ROLE_NAMES[self.role].render(locale, {})
        return text.render(locale, {**self.params, "role": role})


def _kind(en: str, zh: str, fix_en: str, fix_zh: str) -> PartyFindingKind:
    return PartyFindingKind(Text(en, zh), Text(fix_en, fix_zh))


KINDS: Final[Mapping[str, PartyFindingKind]] = {
    "customs.party.own_missing": _kind(
        "Supervision mode {mode} asks for the merchant's own {role}, and none is registered for"
        " {day}.",
        "监管方式 {mode} 要求商户自己的{role}，但 {day} 没有已登记的企业。",
        "Register the enterprise: POST /v1/registrations. Or declare under a mode that allows the"
        " park's.",
        "请登记该企业：POST /v1/registrations；或改用允许使用园区企业的监管方式。",
    ),
    "customs.party.missing": _kind(
        "Neither the merchant nor the park has a {role} registered for {day}.",
        "商户与园区在 {day} 均没有已登记的{role}。",
        "Register the enterprise: POST /v1/registrations. Or ask the park to register its own.",
        "请登记该企业：POST /v1/registrations；或请园区登记其企业。",
    ),
    "customs.party.park_missing": _kind(
        "The park has no {role} registered for {day}.",
        "园区在 {day} 没有已登记的{role}。",
        "The park registers the enterprise: POST /v1/registrations.",
        "请园区登记该企业：POST /v1/registrations。",
    ),
    "customs.party.not_valid": _kind(
        "The registration of the {role} {name} is not valid on {day}: it is from {valid_from} until"
        " before {valid_to}.",
        "{role}{name}的登记在 {day} 无效：有效期自 {valid_from} 起，至 {valid_to} 之前。",
        "Enter the new validity as a new version: PUT /v1/registrations/{registration_id}.",
        "请以新版本填写新的有效期：PUT /v1/registrations/{registration_id}。",
    ),
    "customs.party.other_district": _kind(
        "The {role} {name} is not registered for the district {district}.",
        "{role}{name}未登记于关区 {district}。",
        "Add the district: PUT /v1/registrations/{registration_id}.",
        "请补充该关区：PUT /v1/registrations/{registration_id}。",
    ),
    "customs.party.ambiguous": _kind(
        "Several enterprises are registered as {role} on {day}: {names}.",
        "{day} 有多家企业登记为{role}：{names}。",
        "Leave the role to one of them: PUT /v1/registrations/{registration_id}.",
        "请仅保留一家企业的该角色：PUT /v1/registrations/{registration_id}。",
    ),
    "customs.party.no_dxp_id": _kind(
        "The {role} {name} has no client by which messages could leave.",
        "{role}{name}没有可发送报文的传输客户端。",
        "Enter dxp_id: PUT /v1/registrations/{registration_id}.",
        "请填写 dxp_id：PUT /v1/registrations/{registration_id}。",
    ),
    "customs.party.no_client": _kind(
        "{message_type} is to leave as the {role}, which has no client registered for it.",
        "{message_type} 应以{role}身份发送，但没有已登记的传输客户端。",
        "Enter the dxp_id of its registration: PUT /v1/registrations. Or let the declarant send"
        " this message: CUSTOMS_SENDERS.",
        "请在其登记中填写 dxp_id：PUT /v1/registrations；"
        "或改由申报单位发送该报文：CUSTOMS_SENDERS。",
    ),
    "customs.party.no_ledger": _kind(
        "The {role} {name} has no number of its bonded ledger, which mode {mode} asks for.",
        "{role}{name}没有保税账册编号，而监管方式 {mode} 要求填写。",
        "Enter ems_no: PUT /v1/registrations/{registration_id}.",
        "请填写 ems_no：PUT /v1/registrations/{registration_id}。",
    ),
}
