"""Summaries of released lists: which lists are in which, and what customs made of them. The
summaries themselves are documents.
"""

from typing import Final

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, Table, text
from sqlalchemy.dialects.postgresql import JSONB

from services.customs.tables.metadata import instant_column, key_column, metadata

# `part`: of the summary, in which the list is. `month`: in which customs released it, in China.
summary_lists: Final = Table(
    "summary_lists",
    metadata,
    key_column("tenant_id", nullable=False),
    key_column("summary_id", nullable=False),
    key_column("list_id", nullable=False),
    key_column("invt_no", nullable=False),
    key_column("month", nullable=False),
    Column("part", Integer, nullable=False, server_default=text("1")),
    PrimaryKeyConstraint("summary_id", "list_id"),
    Index(None, "list_id"),
)
# Results of summaries (CEB792), each part as often as customs said something else of it.
summary_results: Final = Table(
    "summary_results",
    metadata,
    key_column("tenant_id", nullable=False),
    key_column("sum_no", nullable=False),
    key_column("decl_seq_no", nullable=False),
    Column("part", Integer, nullable=False),
    instant_column("op_date", nullable=False),
    key_column("content_hash", nullable=False),
    Column("content", JSONB, nullable=False),
    key_column("inbound_digest", nullable=False),
    instant_column("received_at", nullable=False),
    PrimaryKeyConstraint("sum_no", "decl_seq_no", "part", "op_date", "content_hash"),
)
