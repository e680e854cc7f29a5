"""Documents of the message set, each under its number, and the attempts to get them to the port."""

from typing import Final

from sqlalchemy import (
    ARRAY,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.customs.tables.metadata import id_column, instant_column, key_column, metadata
from shared.db import Key

# One per number at customs. `declaration_id` is absent where a document covers many declarations
# (a departure); `covers` then has them. `send_at` is real time: when the document may leave next,
# absent if it is not to be sent; `send_parts`: which of its parts then, absent for all.
# `part_phases`: of each part, where it has several. `replaced_at`: since then others stand in the
# place of one that covers many declarations. `about`: the list that a
# cancellation or a return is about. `nodes_max`: how many parts of documents its next message may
# hold, absent if as many as any. `content` is what a message carries, less guid and appTime.
documents: Final = Table(
    "documents",
    metadata,
    id_column(),
    key_column("tenant_id", nullable=False),
    key_column("declaration_id"),
    Column("kind", Key, nullable=False),
    key_column("party_code", nullable=False),
    key_column("number", nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    key_column("replaces"),
    key_column("about"),
    Column("parts", SmallInteger, nullable=False, server_default=text("1")),
    Column("content", JSONB, nullable=False),
    Column("covers", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
    key_column("flight_id"),
    Column("phase", Text, nullable=False),
    instant_column("phase_at", nullable=False),
    Column("part_phases", ARRAY(Text)),
    instant_column("send_at"),
    Column("send_parts", ARRAY(SmallInteger)),
    Column("attempts", SmallInteger, nullable=False, server_default=text("0")),
    instant_column("app_time"),
    instant_column("submitted_at"),
    Column("pre_no", Text),
    key_column("invt_no"),
    Column("sum_no", Text),
    Column("unknown_receipts", Integer, nullable=False, server_default=text("0")),
    Column("illegal_receipts", Integer, nullable=False, server_default=text("0")),
    instant_column("replaced_at"),
    instant_column("created_at", nullable=False),
    Column("nodes_max", SmallInteger),
    Index(None, "number", "kind"),
    Index(None, "declaration_id", postgresql_where=text("declaration_id IS NOT NULL")),
    Index(None, "invt_no", postgresql_where=text("invt_no IS NOT NULL")),
    Index(
        "documents_reports_ix",
        "created_at",
        postgresql_where=text("kind IN ('arrival', 'bill', 'departure') AND phase <> 'accepted'"),
    ),
    Index("documents_bills_ix", "id", postgresql_where=text("kind = 'bill'")),
    Index(
        "documents_failed_ix",
        "id",
        postgresql_where=text(
            "declaration_id IS NULL AND phase IN ('send_failed', 'rejected_technical', 'returned')"
        ),
    ),
    Index("documents_to_send_ix", "kind", "id", postgresql_where=text("send_at IS NOT NULL")),
    Index("documents_summaries_ix", "id", postgresql_where=text("kind = 'summary'")),
    Index(
        "documents_summarised_ix",
        "id",
        postgresql_where=text(
            "kind = 'list' AND (content #>> '{parts,0,head,statisticsFlag}'::text[]) = 'B'"
        ),
    ),
    Index("documents_returns_ix", "id", postgresql_where=text("kind = 'return'")),
    postgresql_with={"fillfactor": "80"},
)
# One upload of one part of a document. `guid` is that of its node, `message_guid` that of the
# message it left in.
attempts: Final = Table(
    "attempts",
    metadata,
    key_column("tenant_id", nullable=False),
    key_column("document_id", nullable=False),
    Column("part", SmallInteger, nullable=False),
    Column("number", SmallInteger, nullable=False),
    Column("version", Integer, nullable=False),
    key_column("guid", nullable=False),
    key_column("message_guid", nullable=False),
    instant_column("app_time", nullable=False),
    PrimaryKeyConstraint("document_id", "part", "number"),
    Index(None, "message_guid"),
)
