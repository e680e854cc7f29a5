"""python -m services.routing api | worker | migrate | openapi | warm"""

from shared.runtime import OwnCommand, main

if __name__ == "__main__":
    main(
        "routing",
        own=[
            OwnCommand(
                "warm",
                "compile the search, so that no process has to when it starts",
                "services.routing.commands:warm_search",
                needs_settings=False,
            ),
        ],
    )
