"""What an operator may set about host names, and about what browsers may load.

A page needs little: scripts, styles and pictures of its own server, and a websocket to it. So all
answers tell the browser to take nothing else (a Content-Security-Policy).

Two things keep the policy from being stricter. The scripts of widgets come over the websocket, and
anywidget imports them from a `blob:` address, which has to be allowed. Widgets, JupyterLab and the
pictures that stand in for a page until it lives set styles inline, and the policy cannot tell these
apart from what somebody has slipped in: `style-src` has `'unsafe-inline'`.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from tornado.httputil import split_host_and_port
from traitlets import List, TraitError, Unicode, validate
from traitlets.config import LoggingConfigurable

#: The template whose scripts are known; another one may have any.
TEMPLATE_NAME = "lively"
INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
#: What Voilà writes into a page whose notebook is executed for the visit, while that takes long.
HEARTBEAT_SCRIPT = "window.voila_heartbeat()"
#: Words of a policy that stand between quotes there, and need none in a setting.
POLICY_KEYWORDS = {"self", "none", "unsafe-inline", "unsafe-eval", "wasm-unsafe-eval"}


def template_file(name: str, template_paths: list[str]) -> Path | None:
    """Return the file that pages are made from, or None if the template is not ours."""
    found = [Path(folder) / "index.html.j2" for folder in template_paths]
    return next((path for path in found if name == TEMPLATE_NAME and path.exists()), None)


def is_local(name: str) -> bool:
    """Return whether a name or an address is one by which only this machine reaches itself."""
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def normalized_host(name: str) -> str:
    """Return a name or an address in the form in which they are compared.

    Small letters, neither brackets nor a last dot, and addresses as short as browsers write them.
    """
    name = name.lower().strip("[]").rstrip(".")
    try:
        return ip_address(name).compressed
    except ValueError:
        return name


def ascii_host(name: str) -> str:
    """Return a name as browsers write it, where it has letters of other alphabets."""
    try:
        return name.encode("idna").decode()
    except UnicodeError:
        return name


def is_address(name: str) -> bool:
    """Return whether a name is an address in truth."""
    try:
        return ip_address(name) is not None
    except ValueError:
        return False


def script_hash(script: str) -> str:
    """Return how a policy names an inline script that it allows."""
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


def quote_keywords(sources: list[str]) -> list[str]:
    """Return sources as a policy has them."""
    return [f"'{source}'" if source in POLICY_KEYWORDS else source for source in sources]


@lru_cache(maxsize=10)
def inline_script_hashes(template: Path, changed: int) -> list[str]:
    """Return the names of a template's inline scripts, read anew when it has `changed`."""
    return [script_hash(script) for script in INLINE_SCRIPT.findall(template.read_text("utf-8"))]


class Protection(LoggingConfigurable):
    """What the operator of a server may set.

    Parameters
    ----------
    ip : str
        Where the server listens.
    template : Path or None
        The file that pages are made from, or None if it is not ours.
    """

    hosts = List(
        Unicode(),
        help="""Names by which the server may be asked for, without ports; `*` allows any.
        Those of the machine itself (localhost, 127.0.0.1, ::1) always are. If there are none, and
        the server can be reached from other machines, any name is.""",
    ).tag(config=True)
    frame_ancestors = List(
        Unicode(),
        ["self"],
        help="""Sites whose pages may show ours in a frame, such as `https://example.org`; `self` is
        this server, `none` nobody.""",
    ).tag(config=True)
    script_sources = List(
        Unicode(),
        help="""What else scripts may come from, for notebooks that bring some: sites, or
        `unsafe-inline` for scripts in the notebook's own HTML, or `unsafe-eval`.""",
    ).tag(config=True)

    def __init__(self, ip: str, template: Path | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._ip, self._template = ip, template

    @validate("hosts")
    def _are_names(self, proposal: Any) -> list[str]:
        names = [normalized_host(name.strip()) for name in proposal["value"]]
        for name, given in zip(names, proposal["value"], strict=True):
            if not is_address(name) and not re.fullmatch(r"[^\s:/]+", name):
                raise TraitError(
                    "hosts must be names or addresses without ports, as pages.example.org. "
                    f"Got {given!r} instead."
                )
        return [name if is_address(name) else ascii_host(name) for name in names]

    @validate("frame_ancestors", "script_sources")
    def _are_sources(self, proposal: Any) -> list[str]:
        for source in proposal["value"]:
            if not re.fullmatch(r"[^\s;,]+", source):
                raise TraitError(
                    f"{proposal['trait'].name} must be sources without spaces, commas and "
                    f"semicolons. Got {source!r} instead."
                )
        value: list[str] = proposal["value"]
        return value

    def allows(self, host: str) -> bool:
        """Return whether the server may be asked for by what a request's `Host` says."""
        try:
            name = normalized_host(split_host_and_port(host)[0])
        except ValueError:
            return False
        if is_local(name) or name in self.hosts or "*" in self.hosts:
            return True
        return not self.hosts and not is_local(self._ip)

    def policy(self) -> str:
        """Return the Content-Security-Policy."""
        return "; ".join(" ".join(parts) for parts in self._directives())

    def _directives(self) -> Iterator[list[str]]:
        yield ["default-src", "'self'"]
        yield [
            "script-src",
            "'self'",
            "blob:",
            *self._inline(),
            *quote_keywords(self.script_sources),
        ]
        yield ["style-src", "'self'", "'unsafe-inline'"]
        yield ["img-src", "'self'", "data:", "blob:"]
        yield ["font-src", "'self'", "data:"]
        yield ["object-src", "'none'"]
        yield ["base-uri", "'none'"]
        yield ["form-action", "'self'"]
        yield ["frame-ancestors", *quote_keywords(self.frame_ancestors or ["none"])]

    def _inline(self) -> list[str]:
        if self._template is None:
            return ["'unsafe-inline'", "'unsafe-eval'"]
        # A browser that sees the name of one inline script does not allow the others.
        if "unsafe-inline" in self.script_sources:
            return []
        known = inline_script_hashes(self._template, self._template.stat().st_mtime_ns)
        return [*known, script_hash(HEARTBEAT_SCRIPT)]

    def headers(self) -> dict[str, str]:
        """Return what every answer carries."""
        return {
            "Content-Security-Policy": self.policy(),
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        }
