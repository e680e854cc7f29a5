"""What a declaration still lacks, as REST clients see it."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, Field

from services.customs.domain.declarations.clocks import OF_GOODS
from services.customs.domain.declarations.missing import Owner
from services.customs.domain.declarations.outstanding import Outstanding, outstanding
from services.customs.domain.declarations.refusals import Refusal
from services.customs.domain.declarations.stops import Stops, stopped
from services.customs.domain.declarations.work import due_at, next_move
from services.customs.domain.documents.kinds import MESSAGE_TYPE, DocumentKind
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.receipts.receipt import FORMAT_RECEIPT, parse_return_info
from services.customs.queries.declarations.files import DeclarationFile
from services.customs.queries.work.clocks import ClockView
from services.customs.schemas.work.clock import ClockOut
from shared.contracts.customs.declarations import DeclarationStatus
from shared.kernel.errors import Locale


class RefusedOut(BaseModel):
    """What was refused or returned, and why."""

    document_id: str
    kind: DocumentKind
    message_type: str = Field(examples=["CEB303"])
    number: str
    status: DocumentPhase
    return_status: str | None = Field(description="Code of the receipt that says so.")
    info_code: str | None = Field(description="The code inside of its text.")
    said: str | None = Field(
        description="The words of the port or of customs, verbatim and mostly Chinese, or of the"
        " transfer service that does not take it. Null for a merchant where they may name the goods"
        " of others."
    )
    said_at: datetime | None = Field(description="By customs' clock, if they said it.")
    cause: str

    @classmethod
    def of(cls, refusal: Refusal, locale: Locale, *, is_shown: bool) -> "RefusedOut":
        receipt, of_message = refusal.receipt, refusal.of_message
        info = parse_return_info(receipt.return_info) if receipt else None
        said = of_message.said if of_message else info.text if info else None
        said_at = of_message.at if of_message else receipt.return_time if receipt else None
        return cls(
            document_id=refusal.document_id,
            kind=refusal.kind,
            message_type=MESSAGE_TYPE[refusal.kind],
            number=refusal.number,
            status=refusal.phase,
            return_status=receipt.return_status if receipt else None,
            info_code=info.code if info else None,
            said=(said or None) if is_shown else None,
            said_at=said_at,
            cause=refusal.meaning.cause.render(locale, {}),
        )


def is_about_message(refusal: Refusal) -> bool:
    """It speaks of a whole message, and may name the goods of others."""
    return refusal.of_message is not None or (
        refusal.receipt is not None and refusal.receipt.message_type == FORMAT_RECEIPT
    )


def refused_out(
    refusal: Refusal | None, file: DeclarationFile, locale: Locale, *, is_park: bool
) -> RefusedOut | None:
    """What is said about a whole message, or a document for many, may name the goods of others."""
    if refusal is None:
        return None
    is_own = refusal.document_id in file.state.documents
    is_shown = is_park or (is_own and not is_about_message(refusal))
    return RefusedOut.of(refusal, locale, is_shown=is_shown)


class MissingItem(BaseModel):
    """What is not there yet, whose move it is, until when, and what to do."""

    code: str = Field(examples=["receipt_800"])
    owner: Owner
    detail: str
    fix: str = Field(description="What to do.")
    due_at: datetime | None = Field(
        description="Of the next move, as in /v1/work: the cut-off of the flight or the end of the"
        " clock, whichever is first. Of later ones the cut-off; null: no flight depends on it."
    )
    refused: RefusedOut | None = Field(
        description="What the port refused or customs returned, if that is why."
    )


class MissingOut(BaseModel):
    """What is still missing, in the order in which it will come; empty when all is done."""

    declaration_id: str
    status: DeclarationStatus
    items: list[MissingItem]
    clocks: list[ClockOut] = Field(description="That run, by their ends.")

    @classmethod
    def of(
        cls,
        file: DeclarationFile,
        clocks: Sequence[ClockView],
        stops: Stops,
        locale: Locale,
        *,
        is_park: bool,
    ) -> "MissingOut":
        """`is_park`: others see the words of customs about their own documents only."""
        declaration = file.declaration
        move = next_move(file.state, declaration.goods)
        ends_at = next((one.breach_at for one in clocks if one.clock not in OF_GOODS), None)

        def shown(one: Outstanding) -> MissingItem:
            words = stopped(one, file.stop_of(one, stops))
            return MissingItem(
                code=one.code,
                owner=one.owner,
                detail=words.detail.render(locale, {}),
                fix=words.remedy.render(locale, {}),
                due_at=due_at(one.by, ends_at) if one == move else one.by,
                refused=refused_out(one.refusal, file, locale, is_park=is_park),
            )

        needed = outstanding(file.state, declaration.goods, file.shared_refusals)
        return cls(
            declaration_id=declaration.id,
            status=declaration.status,
            items=[shown(one) for one in needed],
            clocks=[ClockOut.of(one) for one in clocks],
        )
