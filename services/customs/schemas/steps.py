"""What people say when they take a step with a declaration."""

from typing import Annotated, Final

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from services.customs.domain.declarations.cancelling import REASON_CHARACTERS_MAX
from services.customs.domain.declarations.repairs import Repair
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.phases import DocumentPhase
from shared.documents.fields import Body, WholeNumber
from shared.documents.text import Line, visible_lines

_REPAIRS_MAX: Final = 200
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=REASON_CHARACTERS_MAX),
    AfterValidator(visible_lines),
]


class CancelIn(Body):
    reason: Reason = Field(description="Customs reads it, as one line.", examples=["买家取消订单"])
    confirm: bool = Field(
        default=False, description="Needed once customs has released the declaration."
    )


class ValueIn(Body):
    pointer: str = Field(
        pattern=r"^/order/[^\x00-\x1f]+$",
        max_length=200,
        description="JSON Pointer (RFC 6901) into the dossier, as findings name it.",
        examples=["/order/lines/0/hs_code"],
    )
    value: Line | WholeNumber | None = Field(description="What it is to say there.")

    def to_domain(self) -> Repair:
        return Repair(self.pointer, self.value)


class CorrectIn(Body):
    repairs: list[ValueIn] = Field(default_factory=list, max_length=_REPAIRS_MAX)

    def to_domain(self) -> tuple[Repair, ...]:
        return tuple(one.to_domain() for one in self.repairs)


class RepairIn(CorrectIn):
    apply_suggested: bool = Field(
        default=False,
        description="Apply what the findings suggest, before `repairs`; not what is a guess (basis"
        " `heading`): give that in `repairs` if it fits the goods.",
    )


RESENT_MAX: Final = 200
DocumentId = Annotated[str, Field(pattern=r"^doc_[0-9a-f]{32}$")]


class OfStatusIn(Body):
    kind: DocumentKind
    status: DocumentPhase
    limit: WholeNumber = Field(default=RESENT_MAX, ge=1, le=RESENT_MAX)


class ResendIn(Body):
    """Either the ids or what they have in common."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"of": {"kind": "list", "status": "transmitted"}}]}
    )

    document_ids: list[DocumentId] | None = Field(default=None, min_length=1, max_length=RESENT_MAX)
    of: OfStatusIn | None = Field(default=None, description="The oldest of this kind and status.")
