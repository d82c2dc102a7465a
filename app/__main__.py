"""The entry point `likeness`, and `python -m app`.

The command line is loaded inside: whoever presses Ctrl-C meanwhile is told so, without a traceback. What a
command does is loaded by the command, where Ctrl-C is told by `app/ending.py`.
"""

import os
import signal
import sys

INTERRUPTED = 3


def main() -> None:
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _leave)
    from app.cli import main as run

    signal.signal(signal.SIGINT, before)
    run()


def _leave(*_: object) -> None:
    """Nothing has begun yet, so there is nothing to be tidied up."""
    sys.stderr.write("Interrupted.\n")
    sys.stderr.flush()
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
