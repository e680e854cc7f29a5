"""python -m services.customs api | worker | migrate | openapi | samples | verify"""

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
            OwnCommand(
                "verify",
                "check the signature of a message, and say whose it is",
                "services.customs.commands:verify_file",
                argument="file",
                needs_settings=False,
            ),
        ],
    )
