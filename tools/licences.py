"""Write down which packages are in the scripts that pages load, and under which licences.

Extensions of JupyterLab come with such a list. Voilà's own script has none: it names the packages
that it shares with extensions, and their licences are those that JupyterLab, which is made of the
same packages, says. To be done again when Voilà or one of the extensions has another version.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

from voila.utils import get_voila_labextensions_path

from lively.serving.http.script_bundle import (
    EXTENSIONS,
    LICENCES_FILE,
    USED_CHUNKS_FILE,
    installed_chunks,
    select_chunks,
)

HEADER = """\
The scripts that pages load are made of these packages, each under the licence that follows it.
Of Voilà's own script those are listed that it names. Written by `make licences`.
"""
#: Python packages that the scripts come with.
CARRIERS = ("voila", "jupyterlab_widgets", "ipympl", "anywidget")
#: What Voilà's script says of a package that it shares.
SHARED = re.compile(r'"(@?[a-z][\w./-]*)","(\d+\.\d+\.\d[\w.-]*)"')
LIST = "third-party-licenses.json"


@dataclass(frozen=True, order=True)
class Package:
    """A package, its version, the name of its licence, and the licence's text."""

    name: str
    version: str
    licence: str
    text: str


def text_of(name: str) -> str:
    """Return the text of the licence that a Python package comes with."""
    files = distribution(name).files or ()
    texts = [file.read_text().strip() for file in files if file.name.startswith("LICEN")]
    return "\n\n".join(texts)


def read(path: Path) -> Iterator[Package]:
    """Read a list that webpack has made; it has no text for packages of JupyterLab's own."""
    for found in json.loads(path.read_text("utf-8"))["packages"]:
        text = found["extractedText"].strip() or text_of("jupyterlab")
        yield Package(found["name"], found["versionInfo"], found["licenseId"], text)


def carried() -> Iterator[Package]:
    """Find the Python packages that the scripts come with."""
    for name in CARRIERS:
        said = distribution(name).metadata.json
        classes = (c for c in said.get("classifier", ()) if c.startswith("License ::"))
        licence = said.get("license_expression") or next(classes, "").rpartition(" :: ")[2]
        yield Package(name, str(said["version"]), str(licence), text_of(name))


def of_extensions() -> Iterator[Package]:
    """Find what the extensions say that they are made of."""
    for root in get_voila_labextensions_path():
        for extension in EXTENSIONS:
            path = Path(root) / extension / "static" / LIST
            if path.exists():
                yield from read(path)


def of_voila() -> Iterator[Package]:
    """Find what Voilà's script says that it shares."""
    path = distribution("jupyterlab").locate_file(f"jupyterlab/static/{LIST}")
    known = {package.name: package for package in read(Path(str(path)))}
    script = next(
        path.parent / "voila.js" for path in installed_chunks() if path.name.endswith(".voila.js")
    )
    for name, version in SHARED.findall(script.read_text("utf-8")):
        # Few are Voilà's and not JupyterLab's; they come from the same makers.
        same = known.get(name, Package(name, version, "BSD-3-Clause", text_of("jupyterlab")))
        yield Package(name, version, same.licence, same.text)


def notes() -> Iterator[str]:
    """Find what the scripts themselves say of licences."""
    for path in select_chunks(installed_chunks(), USED_CHUNKS_FILE.read_text("utf-8").split()):
        note = path.with_name(f"{path.name}.LICENSE.txt")
        if note.exists():
            yield note.read_text("utf-8").strip()


def written() -> str:
    """Return the whole list as text, each licence's text once."""
    packages = sorted({*carried(), *of_extensions(), *of_voila()})
    by_text: dict[str, list[Package]] = {}
    for package in packages:
        by_text.setdefault(package.text, []).append(package)
    sections = [
        "\n".join(f"{p.name} {p.version}: {p.licence}" for p in those) + f"\n\n{text}"
        for text, those in sorted(by_text.items(), key=lambda pair: pair[1])
    ]
    return ("\n\n" + 80 * "-" + "\n\n").join(
        [HEADER.strip(), *sections, *sorted({*notes()})]
    ) + "\n"


def main() -> None:
    LICENCES_FILE.write_text(written(), encoding="utf-8")
    print(f"{len({*carried(), *of_extensions(), *of_voila()})} packages in {LICENCES_FILE.name}")


if __name__ == "__main__":
    main()
