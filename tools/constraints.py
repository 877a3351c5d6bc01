"""Write the exact versions of all that is installed into constraints.txt."""

import re
import sys
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "constraints.txt"
HEADER = """\
# Exact versions of everything that lively, its tests, checks and benchmarks install.
# Written by `make constraints`, from an environment that the tests have passed in.
"""


def main() -> None:
    # The benchmark's peers and pip-audit have environments of their own, within these versions.
    others = map(str, ROOT.glob(".venv-*/lib/python*/site-packages"))
    found = {
        re.sub(r"[-_.]+", "-", dist.metadata["Name"]).lower(): dist.version
        for dist in distributions(path=[*others, *sys.path])
        if dist.metadata["Name"] not in ("lively", "setuptools")
    }
    lines = [f"{name}=={version}" for name, version in sorted(found.items())]
    TARGET.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} versions in {TARGET.name}")


if __name__ == "__main__":
    main()
