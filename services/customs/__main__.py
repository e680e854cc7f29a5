"""python -m services.customs api | worker | migrate | openapi | samples"""

from shared.runtime import OwnCommand, main

if __name__ == "__main__":
    main(
        "customs",
        own=[
            OwnCommand(
                "samples",
                "write sample messages of every kind that is sent into a folder",
                "services.customs.commands:write_samples",
                argument="folder",
                needs_settings=False,
            ),
        ],
    )
