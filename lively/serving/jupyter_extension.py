"""Adds the routes of pages where Voilà is an extension of a Jupyter server, as on Binder."""

from functools import partial
from typing import Any

from jupyter_server.utils import url_path_join
from traitlets.config import Config
from voila.configuration import VoilaConfiguration
from voila.paths import collect_template_paths
from voila.server_extension import load_config_file

from lively.serving.built_pages import page_header
from lively.serving.built_pages.page_html import VoilaSite
from lively.serving.http.protection import Protection, template_file
from lively.serving.http.script_bundle import script_routes
from lively.serving.http.security_headers import SecurityHeadersTransform
from lively.serving.server import install_pages


def load_extension(server: Any) -> None:
    """Add the routes of pages to a Jupyter server, before Voilà adds its own.

    Parameters
    ----------
    server : jupyter_server.serverapp.ServerApp
    """
    app = server.web_app
    base_url = app.settings["base_url"]
    app.add_handlers(
        ".*$", [*script_routes(base_url), *page_header.install_page_header(app, base_url)]
    )
    # As Voilà has them.
    configuration = VoilaConfiguration(parent=server)
    configuration.update_config(load_config_file() or Config())
    paths = collect_template_paths(["voila", "nbconvert"], configuration.template)
    template = template_file(configuration.template, paths)
    if template is not None:
        # Whatever else the server has is not ours to change.
        ours = tuple(url_path_join(base_url, "voila", part) for part in ("render/", "tree"))
        protection = Protection(server.ip, template, parent=server)
        app.transforms.insert(0, partial(SecurityHeadersTransform, protection, app, ours))
    site = VoilaSite(configuration, server.config, paths, app.settings, server.log)
    # What lies in somebody's folder is not executed before it is asked for.
    install_pages(app, site, base_url, server, None, eager=False)
