"""Write down which scripts pages ask for, so that only these are sent in one piece.

Serve the pages, open each without the piece, and note the scripts that the browser then asks for
one by one. To be done again when Voilà or one of the extensions has another version.
"""

import sys
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))

from served import chromium, serve  # noqa: E402

from lively.serving.http.script_bundle import USED_CHUNKS_FILE, installed_chunks  # noqa: E402

ALIVE = """() =>
  document.querySelector(".lively-page") && !document.querySelector(".lively-poster")"""


def name(address: str) -> str:
    """Return the name of a file that is asked for."""
    return Path(urlsplit(address).path).name


def main() -> None:
    asked: set[str] = set()
    pages = [f"voila/render/{path.name}" for path in (ROOT / "dashboards").glob("*.ipynb")]
    with serve(ROOT) as address, sync_playwright() as playwright:
        browser = chromium(playwright)
        for page in pages:
            tab = browser.new_page()
            tab.route("**/lively/scripts.js", lambda route: route.abort())
            tab.on("request", lambda request: asked.add(name(request.url)))
            tab.goto(address + page)
            tab.wait_for_function(ALIVE, timeout=90_000)
            tab.wait_for_timeout(2000)
            tab.close()
        browser.close()
    names = sorted({path.name for path in installed_chunks()} & asked)
    USED_CHUNKS_FILE.write_text("\n".join(names) + "\n")
    print(f"{len(names)} scripts of {len(list(installed_chunks()))}")


if __name__ == "__main__":
    main()
