"""Writes docs/errors.md: `python -m handlers.codes > docs/errors.md`."""

import sys

from handlers.codes.tables import markdown

if __name__ == "__main__":
    sys.stdout.write(markdown())
