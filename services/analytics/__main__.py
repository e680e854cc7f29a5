"""python -m services.analytics api | worker | migrate | openapi"""

from shared.runtime import main

if __name__ == "__main__":
    main("analytics")
