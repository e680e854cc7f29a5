"""The words by which products are found. The worker makes those of products that exist already
(the job make-search-words): about ten thousand a second, and without locking anybody out.
"""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE catalog.product_search (
            product_id text COLLATE "C" NOT NULL,
            tenant_id text COLLATE "C" NOT NULL,
            words tsvector NOT NULL,
            folded text NOT NULL,
            edition smallint NOT NULL,
            CONSTRAINT product_search_pk PRIMARY KEY (product_id)
        )
        """
    )
    # Without row-level security on purpose: under a policy this index would not be used (ADR 22).
    op.execute("CREATE INDEX product_search_words_ix ON catalog.product_search USING gin (words)")
