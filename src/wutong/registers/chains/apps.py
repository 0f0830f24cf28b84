from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChainsConfig(AppConfig):
    name = "wutong.registers.chains"
    label = "chains"
    verbose_name = _("产业链")

    def ready(self) -> None:
        from wutong.registers.chains import rights, searching  # noqa: F401  rights declare themselves
        from wutong.registers.enterprises.carriers import declare_carrier

        searching.declare()
        declare_carrier("chains.ChainMember", "enterprise")
