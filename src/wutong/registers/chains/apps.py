from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChainsConfig(AppConfig):
    name = "wutong.registers.chains"
    label = "chains"
    verbose_name = _("产业链")

    def ready(self) -> None:
        from wutong.registers.chains import rights  # noqa: F401  declares itself
        from wutong.registers.enterprises.carriers import declare_carrier

        declare_carrier("chains.ChainMember", "enterprise")
