from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SiteConfig(AppConfig):
    """Comes last: when it is ready, all ledgers are installed and can be connected."""

    name = "wutong.site"
    label = "site_root"
    verbose_name = _("站点")

    def ready(self) -> None:
        from wutong.site import roles

        roles.declare()
        folder = Path(__file__).parent / "connections"
        for module in iter_modules([str(folder)]):
            import_module(f"wutong.site.connections.{module.name}")
