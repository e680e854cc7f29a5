"""python -m services.routing api | worker | migrate | openapi"""

from shared.runtime import main

if __name__ == "__main__":
    main("routing")
