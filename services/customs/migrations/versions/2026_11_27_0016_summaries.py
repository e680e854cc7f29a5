"""Summaries of released lists, and what customs made of them."""

from typing import Final

from alembic import op

from shared.db.ddl import protect

revision = "0016"
down_revision = "0015"

STATEMENTS: Final = (
    """
    CREATE TABLE customs.summary_lists (
        tenant_id TEXT COLLATE "C" NOT NULL,
        summary_id TEXT COLLATE "C" NOT NULL,
        list_id TEXT COLLATE "C" NOT NULL,
        invt_no TEXT COLLATE "C" NOT NULL,
        month TEXT COLLATE "C" NOT NULL,
        CONSTRAINT summary_lists_pk PRIMARY KEY (summary_id, list_id)
    )
    """,
    "CREATE INDEX summary_lists_list_id_ix ON customs.summary_lists (list_id)",
    """
    CREATE TABLE customs.summary_results (
        tenant_id TEXT COLLATE "C" NOT NULL,
        sum_no TEXT COLLATE "C" NOT NULL,
        decl_seq_no TEXT COLLATE "C" NOT NULL,
        part INTEGER NOT NULL,
        op_date timestamptz NOT NULL,
        content_hash TEXT COLLATE "C" NOT NULL,
        content JSONB NOT NULL,
        inbound_digest TEXT COLLATE "C" NOT NULL,
        received_at timestamptz NOT NULL,
        CONSTRAINT summary_results_pk
            PRIMARY KEY (sum_no, decl_seq_no, part, op_date, content_hash)
    )
    """,
    "CREATE INDEX documents_summaries_ix ON customs.documents (id) WHERE kind = 'summary'",
    """
    CREATE INDEX documents_summarised_ix ON customs.documents (id)
        WHERE kind = 'list' AND content #>> '{parts,0,head,statisticsFlag}' = 'B'
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
    for table in ("summary_lists", "summary_results"):
        protect(op, "customs", table)
