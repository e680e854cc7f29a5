from services.webhooks.tables import metadata
from shared.db.migrate import run_env

run_env("webhooks", metadata)
