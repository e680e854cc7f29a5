"""Rate contracts, exchange rates, last-mile tariffs and margins: what prices are made of."""

from alembic import op

revision = "0015"
down_revision = "0014"

_BASIS = "CHECK (basis IN ('reported', 'synthetic'))"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE routing.rate_book (
            id integer NOT NULL,
            version text NOT NULL,
            files_digest text,
            CONSTRAINT rate_book_pk PRIMARY KEY (id),
            CONSTRAINT rate_book_one_ck CHECK (id = 1)
        )
    """)
    op.execute("INSERT INTO routing.rate_book (id, version) VALUES (1, 'none')")
    op.execute(f"""
        CREATE TABLE routing.rate_contracts (
            id text COLLATE "C" NOT NULL,
            version integer NOT NULL,
            reference text NOT NULL,
            carrier text COLLATE "C" NOT NULL,
            product text COLLATE "C" NOT NULL,
            origin text COLLATE "C" NOT NULL,
            destination text COLLATE "C" NOT NULL,
            mode text COLLATE "C" NOT NULL,
            vehicle text NOT NULL,
            from_km integer NOT NULL,
            below_km integer,
            currency text NOT NULL,
            valid_from date NOT NULL,
            valid_to date,
            tariff jsonb NOT NULL,
            source text NOT NULL,
            as_of date NOT NULL,
            basis text NOT NULL,
            is_from_files boolean NOT NULL,
            is_current boolean NOT NULL,
            CONSTRAINT rate_contracts_pk PRIMARY KEY (id, version),
            CONSTRAINT rate_contracts_mode_ck CHECK (mode IN ('air', 'road')),
            CONSTRAINT rate_contracts_basis_ck {_BASIS},
            CONSTRAINT rate_contracts_validity_ck CHECK (valid_from <= valid_to),
            CONSTRAINT rate_contracts_band_ck CHECK (0 <= from_km AND from_km < below_km)
        )
    """)
    op.execute("""
        CREATE UNIQUE INDEX rate_contracts_current_uq ON routing.rate_contracts (id)
        WHERE is_current
    """)
    op.execute(f"""
        CREATE TABLE routing.exchange_rates (
            currency text COLLATE "C" NOT NULL,
            valid_from date NOT NULL,
            cny_per_unit_e8 bigint NOT NULL,
            source text NOT NULL,
            as_of date NOT NULL,
            basis text NOT NULL,
            CONSTRAINT exchange_rates_pk PRIMARY KEY (currency, valid_from),
            CONSTRAINT exchange_rates_above_zero_ck CHECK (cny_per_unit_e8 > 0),
            CONSTRAINT exchange_rates_basis_ck {_BASIS}
        )
    """)
    op.execute(f"""
        CREATE TABLE routing.last_mile_tariffs (
            country text COLLATE "C" NOT NULL,
            postal_prefix text COLLATE "C" NOT NULL,
            gateway text COLLATE "C" NOT NULL,
            valid_from date NOT NULL,
            valid_to date,
            currency text NOT NULL,
            base_minor bigint NOT NULL,
            rate_micros_per_kg bigint NOT NULL,
            cubic_cm_per_kg integer NOT NULL,
            rounding_g integer NOT NULL,
            source text NOT NULL,
            as_of date NOT NULL,
            basis text NOT NULL,
            CONSTRAINT last_mile_tariffs_pk
                PRIMARY KEY (country, postal_prefix, gateway, valid_from),
            CONSTRAINT last_mile_tariffs_validity_ck CHECK (valid_from <= valid_to),
            CONSTRAINT last_mile_tariffs_basis_ck {_BASIS}
        )
    """)
    op.execute(f"""
        CREATE TABLE routing.margins (
            merchant_id text COLLATE "C" NOT NULL,
            valid_from date NOT NULL,
            cost_permille integer NOT NULL,
            flat_minor bigint NOT NULL,
            source text NOT NULL,
            as_of date NOT NULL,
            basis text NOT NULL,
            CONSTRAINT margins_pk PRIMARY KEY (merchant_id, valid_from),
            CONSTRAINT margins_amounts_ck CHECK (cost_permille >= 0 AND flat_minor >= 0),
            CONSTRAINT margins_basis_ck {_BASIS}
        )
    """)
