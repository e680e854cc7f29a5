"""python -m services.catalog api | worker | migrate | openapi | rotate-key | import"""

from shared.runtime import OwnCommand, main

if __name__ == "__main__":
    main(
        "catalog",
        own=[
            OwnCommand(
                "rotate-key",
                "let the next key sign access tokens, and publish the one after it",
                "services.catalog.commands:rotate_key",
            ),
            OwnCommand(
                "import",
                "work on an import; the worker starts this for each",
                "services.catalog.commands:run_import",
                argument="import_id",
            ),
        ],
    )
