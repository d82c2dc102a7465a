"""python -m bench: durable webhook intake as a share of an empty route."""

import argparse
import platform
import sqlite3

import uvloop

from bench.intake import compare, open_field


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 64])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--size", type=int, default=1000, help="webhooks in a round")
    given = parser.parse_args()
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, synchronous=FULL")
    print("connections  empty/s  intake/s  ratio  intake p50 ms  p99 ms")
    with open_field() as field:
        for connections in given.connections:
            row = uvloop.run(compare(field, connections, given.rounds, given.size))
            print(
                f"{connections:11d}  {row['empty']:7.0f}  {row['intake']:8.0f}  {row['ratio']:5.2f}"
                f"  {row['p50'] * 1000:13.2f}  {row['p99'] * 1000:6.2f}"
            )


if __name__ == "__main__":
    main()
