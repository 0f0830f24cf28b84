"""The kit itself, and what the AppConfig of a ledger inherits."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerkitConfig(AppConfig):
    default = True
    name = "wutong.ledgerkit"
    label = "ledgerkit"
    verbose_name = _("台账底座")

    def ready(self) -> None:
        """Rungs of clocks and requests to be let past a gate tell people."""
        import_module("wutong.ledgerkit.clock_notices")
        import_module("wutong.ledgerkit.waiver_notices")


class LedgerConfig(AppConfig):
    """A ledger is an app whose module `ledger` holds the declaration `LEDGER`. Being installed switches it on."""

    default = False

    def ready(self) -> None:
        from wutong.ledgerkit.registry import install

        install(import_module(f"{self.name}.ledger").LEDGER)
