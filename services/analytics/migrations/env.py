from services.analytics.tables import metadata
from shared.db.migrate import run_env

run_env("analytics", metadata)
