"""python -m services.catalog api|worker|migrate|openapi"""

from shared.runtime import main

main("catalog")
