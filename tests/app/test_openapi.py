"""schemathesis asks a running service all that its OpenAPI document allows, and much that it forbids.

By hand, longer and with another seed: start a sandbox and a service, then
`st --config-file tests/app/schemathesis.toml run URL/openapi.json -H "Authorization: Bearer lk_..." -H "Accept: application/json" --seed 7`.
"""

import re
import subprocess
import sys
from pathlib import Path

from tests.app.service import Service

CONFIG = Path(__file__).with_name("schemathesis.toml")
SEED = 20261121
EXAMPLES = 4
"""For each operation; what is at the edges of each schema comes besides."""
LONGEST = 100.0


def test_nothing_is_answered_that_the_document_does_not_tell(
    service: Service, tmp_path: Path
) -> None:
    """No 500, no status, header, media type or shape that is not described, no bad input that is taken,
    no method that is not allowed, nobody let in without a key, and no id that outlives its erasure."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG)),
            *(
                "run",
                f"{service.url}/openapi.json",
                "--header",
                f"Authorization: Bearer {service.key}",
            ),
            # A stream of events lasts as long as its submission waits for a person.
            *("--header", "Accept: application/json"),
            *("--seed", str(SEED), "--max-examples", str(EXAMPLES), "--continue-on-failure"),
            *("--no-shrink", "--no-color", "--request-timeout", "30"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    told = done.stdout.replace(service.key, "lk_...")
    assert done.returncode == 0, told + done.stderr
    tested = re.search(r"Selected: (\d+)/\1\s+Tested: \1\b", told)
    assert tested is not None, told
    assert int(tested[1]) > 15
