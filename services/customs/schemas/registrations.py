"""Registrations of enterprises, as clients send and read them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from services.customs.domain.messages.parties import (
    CUSTOMS_CODE_PATTERN,
    USCC_PATTERN,
    Parties,
    Party,
    PartyRole,
)
from services.customs.domain.registrations.findings import PartyFinding
from services.customs.domain.registrations.registration import (
    Particulars,
    Registration,
    in_order,
)
from services.customs.use_cases.registrations import PartiesCheck
from shared.documents.fields import Body, Day, TrueOrFalse
from shared.documents.text import Line
from shared.kernel.errors import Locale
from shared.kernel.identity import PARK_TENANT

Name = Annotated[Line, Field(max_length=100)]
District = Annotated[str, Field(pattern=r"^[0-9]{4}$", examples=["4700"])]
# Names of certificates, clients and ledgers: printable, without blanks.
_MARK = r"^[!-~]+$"


class RegistrationIn(Body):
    """An enterprise and its registration. All of it: what is left out is not registered."""

    name: Name = Field(
        description="The Chinese name exactly as registered.", examples=["示例跨境电商有限公司"]
    )
    name_en: Name | None = None
    customs_code: str | None = Field(
        default=None,
        pattern=CUSTOMS_CODE_PATTERN,
        description="Registration number at customs. Messages name it rather than the USCC.",
        examples=["4201960ABC"],
    )
    uscc: str | None = Field(
        default=None,
        pattern=USCC_PATTERN,
        description="Unified social credit code. Without both codes an enterprise can only be a"
        " maker that is not registered, or a platform abroad.",
        examples=["91420700MAA1RL002N"],
    )
    roles: list[PartyRole] = Field(min_length=1, max_length=8, examples=[["ecommerce_firm"]])
    districts: list[District] | None = Field(
        default=None,
        min_length=1,
        max_length=50,
        description="The districts where it acts; everywhere if left out.",
    )
    certificate_no: str | None = Field(
        default=None, pattern=_MARK, max_length=64, description="Of the card that it signs with."
    )
    dxp_id: str | None = Field(
        default=None,
        pattern=_MARK,
        max_length=16,
        description="Address of its transfer client. The declarant needs one.",
    )
    ems_no: str | None = Field(
        default=None,
        pattern=_MARK,
        max_length=30,
        description="Number of its bonded ledger; area enterprises only.",
    )
    valid_from: Day = Field(description="A day in China.", examples=["2026-01-01"])
    valid_to: Day | None = Field(
        default=None, description="The first day on which it no longer counts."
    )
    source: Line = Field(description="Where this is written.", examples=["business licence"])
    as_of: Day = Field(description="When the source said so.", examples=["2026-11-22"])
    synthetic: TrueOrFalse = Field(default=False, description="The enterprise is made up.")

    def to_domain(self) -> Particulars:
        return Particulars(
            name=self.name,
            name_en=self.name_en,
            customs_code=self.customs_code,
            uscc=self.uscc,
            roles=in_order(self.roles),
            districts=None if self.districts is None else tuple(sorted({*self.districts})),
            certificate_no=self.certificate_no,
            dxp_id=self.dxp_id,
            ems_no=self.ems_no,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            source=self.source,
            as_of=self.as_of,
            synthetic=self.synthetic,
        )


class RegistrationOut(BaseModel):
    id: str
    version: int = Field(description="From 1. Declarations store which one they name.")
    owner: Literal["merchant", "park"]
    merchant_id: str | None = Field(description="null: the park's.")
    name: str
    name_en: str | None
    customs_code: str | None
    uscc: str | None
    roles: list[PartyRole]
    districts: list[str] | None = Field(description="null: everywhere.")
    certificate_no: str | None
    dxp_id: str | None
    ems_no: str | None
    valid_from: date = Field(
        description="This version replaces the older ones from this day; until then those count."
    )
    valid_to: date | None
    source: str
    as_of: date
    synthetic: bool
    recorded_at: datetime = Field(description="When this version was entered.")

    @classmethod
    def of(cls, registration: Registration) -> "RegistrationOut":
        stated, tenant = registration.stated, registration.tenant_id
        shown = {name: getattr(stated, name) for name in Particulars.__dataclass_fields__}
        return cls.model_construct(
            id=registration.id,
            version=registration.version,
            owner="park" if tenant == PARK_TENANT else "merchant",
            merchant_id=None if tenant == PARK_TENANT else tenant,
            recorded_at=registration.recorded_at,
            **shown,
        )


class PartyOut(BaseModel):
    role: PartyRole
    code: str = Field(description="As messages name it.", examples=["4201960ABC", "无", "NO"])
    name: str
    owner: Literal["merchant", "park"] = Field(description="Whose registration it is.")
    registration_id: str
    version: int


class PartyFindingOut(BaseModel):
    """What keeps a declaration from naming an enterprise, and whose move it is."""

    code: str = Field(examples=["customs.party.own_missing"])
    owner: Literal["merchant", "park"]
    role: PartyRole
    detail: str
    fix: str

    @classmethod
    def of(cls, finding: PartyFinding, locale: Locale) -> "PartyFindingOut":
        return cls(
            code=finding.code,
            owner=finding.owner,
            role=finding.role,
            detail=finding.text(locale),
            fix=finding.fix(locale),
        )


class StorePlatformOut(BaseModel):
    """The platform of a store, as lists name it."""

    store: str = Field(description="As the order names it.", examples=["DE"])
    code: str = Field(description="ebpCode.", examples=["无"])
    name: str = Field(description="ebpName.", examples=["amazon.de"])


class PartiesCheckOut(BaseModel):
    """Either the enterprises that a declaration would name, or all that is missing."""

    mode: str
    day: date
    regime: str = Field(description="The version of the regime that was asked.")
    parties: list[PartyOut]
    platforms: list[StorePlatformOut] = Field(
        description="It depends on the store: an order of one of these names its platform, and not"
        " the party whose role is ecommerce_platform. All others name that party."
    )
    findings: list[PartyFindingOut]

    @classmethod
    def of(
        cls, check: PartiesCheck, platforms: Mapping[str, Party], locale: Locale
    ) -> "PartiesCheckOut":
        answer = check.answer
        parties: list[PartyOut] = []
        findings: list[PartyFindingOut] = []
        if isinstance(answer, Parties):
            parties = _parties_out(answer, check.own_ids)
        else:
            findings = [PartyFindingOut.of(one, locale) for one in answer]
        return cls(
            mode=check.regime.mode,
            day=check.day,
            regime=check.regime.version,
            parties=parties,
            platforms=[
                StorePlatformOut(store=store, code=platform.code, name=platform.name)
                for store, platform in platforms.items()
            ],
            findings=findings,
        )


def _parties_out(parties: Parties, own_ids: frozenset[str]) -> list[PartyOut]:
    return [
        PartyOut(
            role=used.role,
            code=party.code,
            name=party.name,
            owner="merchant" if used.registration_id in own_ids else "park",
            registration_id=used.registration_id,
            version=used.version,
        )
        for used in parties.used
        if (party := parties.of(used.role)) is not None
    ]
