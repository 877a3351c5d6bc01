"""Write the exact versions of all that is installed into constraints.txt."""

import re
from importlib.metadata import distributions
from pathlib import Path

TARGET = Path(__file__).parent.parent / "constraints.txt"
HEADER = """\
# Exact versions of everything that lively, its tests and its checks install.
# Written by `make constraints`, from an environment that the tests have passed in.
"""


def main() -> None:
    found = {
        re.sub(r"[-_.]+", "-", dist.metadata["Name"]).lower(): dist.version
        for dist in distributions()
        if dist.metadata["Name"] not in ("lively", "setuptools")
    }
    lines = [f"{name}=={version}" for name, version in sorted(found.items())]
    TARGET.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} versions in {TARGET.name}")


if __name__ == "__main__":
    main()
