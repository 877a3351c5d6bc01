"""The pages as a service of a JupyterHub, which says who may come in.

A server that is such a service names the class as its identity provider. Nothing else needs
jupyterhub, and nothing else imports this module. The section *Behind JupyterHub* of SECURITY.md has
the Hub's side.
"""

import os
from typing import Any

from jupyter_server.utils import url_path_join
from jupyterhub.singleuser.extension import JupyterHubIdentityProvider
from traitlets import Unicode

from lively.serving.server import add_routes


class HubIdentityProvider(JupyterHubIdentityProvider):  # type: ignore[misc]
    """JupyterHub's own, which also adds what pages need to the server.

    Who asks has logged in to the Hub, with the right to this service.
    """

    # JupyterHub's class has the service's token here, which Jupyter's templates may show to whoever
    # is logged in. Nobody gets in by this one; Voilà sets it to what it has been told.
    token = Unicode("", help="Not used: the Hub says who may come in.")

    def get_handlers(self) -> list[Any]:
        """Return the handlers that the server adds to its own.

        Raises
        ------
        SystemExit
            If no Hub has started the server.
        """
        token = self.hub_auth.api_token
        if not token:
            raise SystemExit(
                "JUPYTERHUB_API_TOKEN must be set, as a JupyterHub does for its services."
            )
        # The processes of notebooks start later and must not inherit it. The Hub tells it twice.
        for name in [name for name, value in os.environ.items() if value == token]:
            del os.environ[name]
        # A link from elsewhere may lead to a page, but nobody else's script acts for who is in.
        self.hub_auth.cookie_options = {"samesite": "Lax", **self.hub_auth.cookie_options}
        add_routes(self.parent)
        # Their addresses are told as if nothing stood before them.
        return [
            (url_path_join(self.parent.server_url, address), *rest)
            for address, *rest in super().get_handlers()
        ]
