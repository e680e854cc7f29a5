"""Messages to the Single Window."""

from typing import Final

from sqlalchemy import (
    ARRAY,
    Column,
    Index,
    Integer,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.customs.tables.metadata import id_column, instant_column, key_column, metadata

# status: composed (in the transaction of its documents' attempts) → signed → delivered | refused.
# `signature` says by which key and over which digest; `body` is then what was signed. next_try_at
# is real time. Without a note a composed message waits for its signature, by a certificate of
# `holder`. `dxp_id`: the address of the client that it leaves by. Both are absent in older rows.
# `refused_as` is the kind of the fault (Retry); without `refused_at` the documents of a refused one
# have not been settled yet.
outgoing_messages: Final = Table(
    "outgoing_messages",
    metadata,
    id_column("guid"),
    key_column("tenant_id", nullable=False),
    Column("message_type", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("documents", Integer, nullable=False),
    Column("declaration_ids", ARRAY(Text), nullable=False),
    Column("body", Text, nullable=False),
    key_column("holder_code"),
    Column("holder_name", Text),
    key_column("dxp_id"),
    Column("signature", JSONB),
    Column("note", Text, nullable=False),
    Column("door", Text),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("last_error", Text),
    instant_column("next_try_at"),
    instant_column("composed_at", nullable=False),
    instant_column("signed_at"),
    instant_column("delivered_at"),
    instant_column("refused_at"),
    Column("refused_as", Text),
    Index(
        "outgoing_messages_signed_ix",
        text("(signature ->> 'key_name')"),
        "guid",
        postgresql_where=text("signature IS NOT NULL"),
    ),
    Index("outgoing_messages_refused_ix", "guid", postgresql_where=text("status = 'refused'")),
    Index(
        "outgoing_messages_unsettled_ix",
        "guid",
        postgresql_where=text("status = 'refused' AND refused_at IS NULL"),
    ),
    Index(
        "outgoing_messages_to_deliver_ix",
        "guid",
        postgresql_where=text("status IN ('composed', 'signed')"),
    ),
)
