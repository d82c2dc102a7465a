"""Likeness killed at every boundary, and started again."""

import sys

# httpcore looks for it at every request, in vain: a quarter of all the time went into that search.
sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]  # None is what says "not there"
