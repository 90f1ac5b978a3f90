"""`python -m pipelines` is the command `fazhi`."""

import sys

from pipelines.cli.commands import main

if __name__ == "__main__":
    sys.exit(main())
