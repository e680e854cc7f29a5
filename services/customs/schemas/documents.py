"""Documents of the message set as REST clients see them."""

from datetime import datetime

from pydantic import BaseModel, Field

from services.customs.domain.documents.correlation import KeptReceipt
from services.customs.domain.documents.kinds import MESSAGE_TYPE, DocumentKind
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.documents.state import Mark
from services.customs.domain.documents.stored import StoredDocument
from services.customs.domain.receipts.meanings import Owner, meaning_of
from services.customs.queries.declarations.files import (
    DeclarationFile,
    UploadView,
)
from shared.kernel.errors import Locale


class ReceiptMeaning(BaseModel):
    """What a receipt means in our words, and what it did to its document."""

    detail: str
    cause: str
    owner: Owner = Field(description="Whose move it is next. us: the service and who runs it.")
    remedy: str = Field(description="What to do.")
    mark: Mark | None = Field(
        description="moved: it gave the document its status; history: it is about an earlier upload"
        " or was known; illegal: not allowed in that status; unknown: a code in no table."
    )

    @classmethod
    def of(cls, kept: KeptReceipt, mark: Mark | None, locale: Locale) -> "ReceiptMeaning":
        receipt = kept.receipt
        meaning = meaning_of(
            receipt.return_status, receipt.return_info, message_type=receipt.message_type
        )
        return cls(
            detail=meaning.text.render(locale, {}),
            cause=meaning.cause.render(locale, {}),
            owner=meaning.owner,
            remedy=meaning.remedy.render(locale, {}),
            mark=mark,
        )


class UploadOut(BaseModel):
    """One upload of one part of a document."""

    part: int
    number: int = Field(description="Counts the uploads of the part.")
    version: int = Field(description="Of the content that it carried.")
    guid: str
    message_guid: str
    app_time: datetime = Field(description="appTime: later in every upload of the document.")
    left_at: datetime | None = Field(description="Null: it has not left yet.")
    refused_at: datetime | None = Field(
        description="When its message was refused before it reached the port; the document goes"
        " again in another one."
    )
    door: str | None

    @classmethod
    def of(cls, upload: UploadView) -> "UploadOut":
        one = upload.attempt
        return cls(
            part=one.part,
            number=one.number,
            version=one.version,
            guid=one.guid,
            message_guid=one.message_guid,
            app_time=one.app_time,
            left_at=one.left_at,
            refused_at=one.refusal.at if one.refusal else None,
            door=upload.door,
        )


class DocumentOut(BaseModel):
    """One business document, under one number at customs."""

    id: str = Field(examples=["doc_0193…"])
    kind: DocumentKind
    message_type: str = Field(examples=["CEB603"])
    number: str = Field(description="copNo, orderNo, logisticsNo or coElNo, by its kind.")
    party_code: str = Field(description="Of the enterprise that gave the number; may be empty.")
    version: int = Field(description="Revision of the content; an amendment is a new one.")
    replaces: str | None = Field(description="Id of the document that it is a corrected copy of.")
    parts: int
    is_shared: bool = Field(description="It covers other declarations, too, such as a flight's.")
    status: DocumentPhase
    status_at: datetime
    waits_until: datetime | None = Field(
        description="Real time from which it may leave; null: it does not wait to be sent."
    )
    pre_no: str | None
    invt_no: str | None
    sum_no: str | None
    unknown_receipts: int
    illegal_receipts: int
    created_at: datetime
    uploads: list[UploadOut]

    @classmethod
    def of(cls, stored: StoredDocument, file: DeclarationFile) -> "DocumentOut":
        state = file.states[stored.id]
        return cls(
            id=stored.id,
            kind=stored.kind,
            message_type=MESSAGE_TYPE[stored.kind],
            number=stored.number,
            party_code=stored.party_code,
            version=stored.version,
            replaces=stored.replaces,
            parts=stored.parts,
            is_shared=stored.declaration_id is None,
            status=state.phase,
            status_at=state.phase_at or stored.phase_at,
            waits_until=stored.send_at,
            pre_no=stored.pre_no,
            invt_no=stored.invt_no,
            sum_no=stored.sum_no,
            unknown_receipts=stored.unknown_receipts,
            illegal_receipts=stored.illegal_receipts,
            created_at=stored.created_at,
            uploads=[UploadOut.of(one) for one in file.uploads if one.document_id == stored.id],
        )


class DocumentsOut(BaseModel):
    """In the order in which they were drawn up."""

    items: list[DocumentOut]

    @classmethod
    def of(cls, file: DeclarationFile) -> "DocumentsOut":
        return cls(items=[DocumentOut.of(one, file) for one in file.documents])
