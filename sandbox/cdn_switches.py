"""What can go wrong when an output is fetched from its link."""

from dataclasses import dataclass
from typing import Annotated, Literal


@dataclass(frozen=True, kw_only=True)
class CdnSwitches:
    download: Annotated[
        Literal[
            "ok",
            "403",
            "404",
            "410",
            "429",
            "500",
            "truncated",
            "drip",
            "empty",
            "page",
            "lying",
            "packed",
            "huge",
            "redirect",
            "redirect_loop",
            "redirect_inside",
        ],
        "how the link to an output answers; drip: a byte, then nothing; page: HTML; lying: another "
        "content type; huge: announces 2 GiB; redirect_inside: to a private address",
    ] = "ok"
    download_times: Annotated[int, "only the first N downloads of a file are so; 0: all"] = 0
