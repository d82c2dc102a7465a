"""The machine, in general words: what a reader needs to judge a figure, and nothing that names this one."""

import os
import platform
import re
import sqlite3
from importlib.metadata import version
from pathlib import Path


def machine(folder: Path) -> dict[str, str]:
    """`folder` is where the databases lie."""
    return {
        "processor": f"{os.cpu_count()} x {_processor()}",
        "memory": f"{_memory() / 1024 / 1024:.0f} GB",
        "kernel": f"{platform.system()} {'.'.join(platform.release().split('.')[:2])}",
        "file system": file_system(folder),
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "uvicorn": version("uvicorn"),
        "uvloop": version("uvloop"),
    }


def file_system(folder: Path) -> str:
    """The type of what `folder` lies on."""
    real = folder.resolve()
    best = ("", "unknown")
    for line in Path("/proc/mounts").read_text().splitlines():
        _, mounted, kind = line.split()[:3]
        if real.is_relative_to(mounted) and len(mounted) >= len(best[0]):
            best = (mounted, kind)
    return best[1]


def _processor() -> str:
    text = Path("/proc/cpuinfo").read_text()
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found.group(1).strip() if found else platform.machine()


def _memory() -> int:
    """In kB."""
    found = re.search(r"^MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text(), re.MULTILINE)
    return int(found.group(1)) if found else 0
