"""The schema that the tables of webhooks are in.

Times are real time, except `occurred_at`, which is when a fact happened. Deliveries and attempts
carry the tenant of the endpoint's owner, messages that of the event.
"""

from sqlalchemy import MetaData

from shared.db import NAMING

metadata = MetaData(schema="webhooks", naming_convention=NAMING)
