"""What many workers did under random kills, and the proof that nothing was lost or done twice."""

import sys

# httpcore looks for it at every request, in vain.
sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]  # None is what says "not there"
