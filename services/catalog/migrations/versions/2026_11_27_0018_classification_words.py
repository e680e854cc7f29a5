"""What suggestions of HS headings are made from: Chinese names, words of the trade, families."""

from alembic import op

from services.catalog.migrations.reference import (
    load_classification_families,
    load_classification_words,
    name_hs_codes,
)

revision = "0018"
down_revision = "0017"

_SOURCE = "own wording"
_AS_OF = "2026-11-27"


def upgrade() -> None:
    op.execute("ALTER TABLE catalog.hs_codes ADD COLUMN name_zh text")
    op.execute(
        """
        CREATE TABLE catalog.classification_words (
            kind text COLLATE "C" NOT NULL,
            language text COLLATE "C" NOT NULL,
            word text COLLATE "C" NOT NULL,
            target text COLLATE "C" NOT NULL,
            feature text COLLATE "C" NOT NULL,
            source text NOT NULL,
            as_of date NOT NULL,
            CONSTRAINT classification_words_pk
                PRIMARY KEY (kind, language, word, target, feature)
        )
        """
    )
    op.execute(
        """
        CREATE TABLE catalog.classification_families (
            family text COLLATE "C" NOT NULL,
            features text COLLATE "C" NOT NULL,
            code text COLLATE "C" NOT NULL,
            chance double precision NOT NULL,
            source text NOT NULL,
            as_of date NOT NULL,
            CONSTRAINT classification_families_pk PRIMARY KEY (family, features)
        )
        """
    )
    name_hs_codes()
    load_classification_words(_SOURCE, _AS_OF)
    load_classification_families(_SOURCE, _AS_OF)
